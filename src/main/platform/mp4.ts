/**
 * Just enough of an MP4 (ISO 14496-12) to know that a clip is whole: its boxes follow one another to the end of the
 * file, there is a movie with a picture track, and media for it.
 */
export interface Mp4Facts {
  width: number;
  height: number;
  /** Seconds; null when the file does not say (fragmented files). */
  durationS: number | null;
}

interface Box {
  type: string;
  /** Where the content begins and ends in the file. */
  start: number;
  end: number;
}

/** Throws an Error with a reason in words for anything that is not a whole MP4 with a picture. */
export function readMp4(bytes: Uint8Array): Mp4Facts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const top = boxesIn(view, 0, bytes.byteLength);
  if (top[0]?.type !== 'ftyp') throw new Error('is not an MP4 (it does not begin with ftyp)');
  const moov = top.find((box) => box.type === 'moov');
  if (moov === undefined) throw new Error('has no movie box (moov): it is not whole');
  if (!top.some((box) => box.type === 'mdat' && box.end > box.start)) {
    throw new Error('holds no media (mdat)');
  }
  const movie = boxesIn(view, moov.start, moov.end);
  const track = movie.find((box) => box.type === 'trak' && handlerOf(view, box) === 'vide');
  if (track === undefined) throw new Error('has no picture track');
  const { width, height } = sizeOf(view, track);
  if (width <= 0 || height <= 0) throw new Error('has a picture track without a size');
  assertChunks(view, track);
  return { width, height, durationS: durationOf(view, movie) };
}

function boxesIn(view: DataView, from: number, to: number): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at < to; ) {
    if (to - at < 8) throw new Error('ends in the middle of a box');
    const type = textAt(view, at + 4);
    let header = 8;
    let size = view.getUint32(at);
    if (size === 1) {
      if (to - at < 16) throw new Error('ends in the middle of a box');
      header = 16;
      size = Number(view.getBigUint64(at + 8));
    } else if (size === 0) {
      size = to - at; // to the end of the file
    }
    if (size < header || !/^[\x20-\x7e\xa9]{4}$/.test(type))
      throw new Error('holds something that is not a box');
    if (at + size > to) throw new Error(`is cut off: its ${type} box is ${at + size - to} bytes short`);
    boxes.push({ type, start: at + header, end: at + size });
    at += size;
  }
  return boxes;
}

function find(view: DataView, box: Box, ...path: string[]): Box | undefined {
  const [type, ...rest] = path;
  if (type === undefined) return box;
  const inner = boxesIn(view, box.start, box.end).find((each) => each.type === type);
  return inner === undefined ? undefined : find(view, inner, ...rest);
}

function handlerOf(view: DataView, trak: Box): string | null {
  const hdlr = find(view, trak, 'mdia', 'hdlr');
  return hdlr === undefined || hdlr.end - hdlr.start < 12 ? null : textAt(view, hdlr.start + 8);
}

/** Pixels as shown: a track turned by 90° has its sides swapped. */
function sizeOf(view: DataView, trak: Box): { width: number; height: number } {
  const tkhd = find(view, trak, 'tkhd');
  const long = tkhd !== undefined && tkhd.end > tkhd.start && view.getUint8(tkhd.start) === 1;
  const matrix = long ? 52 : 40;
  if (tkhd === undefined || tkhd.end - tkhd.start < matrix + 44)
    throw new Error('has a picture track without a header');
  const at = tkhd.start + matrix;
  const width = view.getUint32(at + 36) / 65_536;
  const height = view.getUint32(at + 40) / 65_536;
  const turned = view.getInt32(at) === 0 && view.getInt32(at + 4) !== 0;
  return turned ? { width: height, height: width } : { width, height };
}

function durationOf(view: DataView, movie: Box[]): number | null {
  const mvhd = movie.find((box) => box.type === 'mvhd');
  if (mvhd === undefined || mvhd.end - mvhd.start < 20) throw new Error('has a movie without a header');
  const long = view.getUint8(mvhd.start) === 1;
  if (long && mvhd.end - mvhd.start < 32) throw new Error('has a movie without a header');
  const scale = view.getUint32(mvhd.start + (long ? 20 : 12));
  const ticks = long ? Number(view.getBigUint64(mvhd.start + 24)) : view.getUint32(mvhd.start + 16);
  return scale === 0 || ticks === 0 || ticks === 0xffffffff ? null : ticks / scale;
}

/** The track's pieces must lie inside the file. A fragmented file has none here. */
function assertChunks(view: DataView, trak: Box): void {
  const stbl = find(view, trak, 'mdia', 'minf', 'stbl');
  if (stbl === undefined) throw new Error('has a picture track without a table of its pieces');
  const tables = boxesIn(view, stbl.start, stbl.end);
  for (const [type, width] of [
    ['stco', 4],
    ['co64', 8],
  ] as const) {
    const table = tables.find((box) => box.type === type);
    if (table === undefined) continue;
    const count = table.end - table.start < 8 ? 0 : view.getUint32(table.start + 4);
    if (table.start + 8 + count * width > table.end) throw new Error('has a broken table of its pieces');
    for (let n = 0; n < count; n += 1) {
      const at = table.start + 8 + n * width;
      const offset = width === 4 ? view.getUint32(at) : Number(view.getBigUint64(at));
      if (offset >= view.byteLength) throw new Error('is cut off: a piece of it lies beyond its end');
    }
  }
}

const textAt = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
