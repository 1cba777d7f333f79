import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWorthIt, packDelta, packWhole, packWholeNow, takesDelta, unpack } from './packing.ts';
import { words } from './testing/words.ts';

const edited = (text: Buffer, at: number, length: number, put: Uint8Array): Buffer =>
  Buffer.concat([text.subarray(0, at), put, text.subarray(at + length)]);

describe('a content', () => {
  it('is the same to the byte when it is unpacked, also an empty one', async () => {
    for (const content of [Buffer.alloc(0), Buffer.from('é'), words(100_000, 1)]) {
      for (const zstd of [await packWhole(content), packWholeNow(content)])
        expect(content.equals((await unpack(zstd, content.length, null)) ?? Buffer.from('damaged'))).toBe(
          true,
        );
    }
  });

  it('is the same when it was packed as what differs, wherever it was edited', async () => {
    const base = words(60_000, 1);
    const edit = fc.record({
      at: fc.nat(base.length),
      length: fc.nat(2000),
      put: fc.uint8Array({ maxLength: 2000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 5 }), async (edits) => {
        const content = edits.reduce((text, { at, length, put }) => edited(text, at, length, put), base);
        const back = await unpack(await packDelta(content, base), content.length, base);
        expect(content.equals(back ?? Buffer.from('damaged'))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it.each([1, 5, 12])('of %s MB with one other prompt takes up less than 3 kB', async (megabytes) => {
    const base = words(megabytes * 2 ** 20, 1);
    const content = edited(base, base.length >> 1, 200, Buffer.from('a jar on a sunny windowsill'));
    expect((await packDelta(content, base)).byteLength).toBeLessThan(3000);
  });

  it('of which a bit was flipped does not unpack, or is not what it was', async () => {
    const base = words(40_000, 1);
    const content = edited(base, 20_000, 300, words(300, 2));
    const packed = [
      { zstd: await packWhole(content), base: null },
      { zstd: await packDelta(content, base), base },
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...packed), fc.nat(), fc.nat(7), async (one, where, bit) => {
        const zstd = Buffer.from(one.zstd);
        const at = where % zstd.length;
        zstd[at] = (zstd[at] ?? 0) ^ (1 << bit);
        const back = await unpack(zstd, content.length, one.base);
        // Some bits of the header mean nothing to who unpacks.
        expect(back === null || content.equals(back)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is not given back when its base is another one', async () => {
    const base = words(40_000, 1);
    const content = edited(base, 20_000, 300, words(300, 2));
    const other = edited(base, 100, 1, Buffer.from('#'));
    expect(await unpack(await packDelta(content, base), content.length, other)).toBeNull();
    expect(await unpack(await packDelta(content, base), content.length, null)).toBeNull();
  });

  it('that is longer than it should be is damaged, whatever the size says that lies beside it', async () => {
    const zstd = await packWhole(words(1000, 1));
    for (const size of [999, 0, -1, 2 ** 40, Number.MAX_SAFE_INTEGER, 2 ** 62])
      expect(await unpack(zstd, size, null)).toBeNull();
  });
});

describe('a difference', () => {
  it('is not looked for where it saves nothing, cannot be found, or zstd would take it for something else', () => {
    expect(takesDelta(words(40_000, 1))).toBe(true);
    expect(takesDelta(words(1000, 1))).toBe(false);
    expect(takesDelta(Buffer.alloc(2 ** 24))).toBe(false);
    expect(takesDelta(Buffer.concat([Buffer.from([0x37, 0xa4, 0x30, 0xec]), words(40_000, 1)]))).toBe(false);
  });

  it('is kept so long that a history takes up twice its bases at most', () => {
    const sizes = fc.array(fc.record({ whole: fc.integer({ min: 1, max: 1000 }), delta: fc.nat(1000) }));
    fc.assert(
      fc.property(sizes, (contents) => {
        let base: { bytes: number; deltas: number } | null = null;
        let bases = 0;
        let sum = 0;
        for (const { whole, delta } of contents) {
          if (base !== null && isWorthIt(delta, base)) {
            base.deltas += delta;
            sum += delta;
          } else {
            base = { bytes: whole, deltas: 0 };
            bases += whole;
            sum += whole;
          }
        }
        expect(sum).toBeLessThanOrEqual(2 * bases);
      }),
    );
    expect(isWorthIt(500, { bytes: 1000, deltas: 400 })).toBe(true);
    expect(isWorthIt(501, { bytes: 1000, deltas: 0 })).toBe(false);
    expect(isWorthIt(101, { bytes: 1000, deltas: 900 })).toBe(false);
  });
});
