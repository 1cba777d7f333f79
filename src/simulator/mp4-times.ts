/** Boxes that hold others on the way to those with times. */
const containers: readonly string[] = ['moov', 'trak', 'mdia'];
const timed: readonly string[] = ['mvhd', 'tkhd', 'mdhd'];

/**
 * Sets every creation and modification time of an MP4 to zero, in place: the encoder writes the time of day,
 * and equal requests have to give equal bytes.
 */
export function clearTimes(bytes: Uint8Array): void {
  clearIn(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.byteLength);
}

function clearIn(view: DataView, from: number, end: number): void {
  let at = from;
  while (at + 8 <= end) {
    const announced = view.getUint32(at);
    const wide = announced === 1 && at + 16 <= end;
    const header = wide ? 16 : 8;
    const size = wide ? Number(view.getBigUint64(at + 8)) : announced === 0 ? end - at : announced;
    if (size < header || at + size > end) return;
    const type = String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)));
    const body = at + header;
    if (containers.includes(type)) clearIn(view, body, at + size);
    if (timed.includes(type) && size >= header + 20) {
      // Version 1 has two times of 8 bytes, version 0 two of 4, after 4 bytes of version and flags.
      const length = view.getUint8(body) === 1 ? 16 : 8;
      for (let offset = 0; offset < length; offset++) view.setUint8(body + 4 + offset, 0);
    }
    at += size;
  }
}
