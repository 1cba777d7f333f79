import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clearTimes } from './mp4-times.ts';

function box(type: string, ...content: (Uint8Array | number[])[]): Uint8Array {
  const body = content.flatMap((part) => [...part]);
  const bytes = new Uint8Array(8 + body.length);
  new DataView(bytes.buffer).setUint32(0, bytes.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(body, 8);
  return bytes;
}

const ones = (count: number) => Array<number>(count).fill(1);
const header = (version: number, timeBytes: number, times: number) => [
  version,
  0,
  0,
  0,
  ...Array<number>(timeBytes).fill(times),
  ...ones(20),
];

describe('times of an MP4', () => {
  const movie = (times: number) =>
    box(
      'moov',
      box('mvhd', header(0, 8, times)),
      box('trak', box('tkhd', header(1, 16, times)), box('mdia', box('mdhd', header(0, 8, times)))),
    );
  const file = (times: number) =>
    Uint8Array.from([...box('ftyp', ones(8)), ...box('mdat', box('mvhd', header(0, 8, 9))), ...movie(times)]);

  it('are set to zero in every header, and nothing else is touched', () => {
    const bytes = file(7);
    clearTimes(bytes);
    expect(bytes).toEqual(file(0));
  });

  it('are looked for in anything without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const length = bytes.length;
        clearTimes(bytes);
        expect(bytes.length).toBe(length);
      }),
    );
  });
});
