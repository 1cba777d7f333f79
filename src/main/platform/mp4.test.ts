import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMp4 } from './mp4.ts';

/** Boxes as the standard lays them out: size, type, content. */
function box(type: string, ...content: Buffer[]): Buffer {
  const inside = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(inside.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, inside]);
}
function numbers(...words: number[]): Buffer {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, n) => {
    bytes.writeUInt32BE(word >>> 0, n * 4);
  });
  return bytes;
}

const ftyp = box('ftyp', Buffer.from('isom'), numbers(512), Buffer.from('isomiso2'));
const mvhd = (scale: number, ticks: number) => box('mvhd', numbers(0, 0, 0, scale, ticks), Buffer.alloc(80));
const upright = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];
const turned = [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000];
const tkhd = (width: number, height: number, matrix = upright) =>
  box(
    'tkhd',
    numbers(0, 0, 0, 1, 0, 0, 0, 0, 0, 0),
    numbers(...matrix),
    numbers(width * 65_536, height * 65_536),
  );
const hdlr = (kind: string) => box('hdlr', numbers(0, 0), Buffer.from(kind), Buffer.alloc(13));
const stco = (...offsets: number[]) => box('stco', numbers(0, offsets.length, ...offsets));
const trak = (header: Buffer, kind = 'vide', table = stco(40)) =>
  box('trak', header, box('mdia', hdlr(kind), box('minf', box('stbl', table))));
const mdat = box('mdat', Buffer.alloc(64, 1));
const clip = (...movie: Buffer[]) => Buffer.concat([ftyp, box('moov', ...movie), mdat]);

const good = clip(mvhd(1000, 2000), trak(tkhd(360, 640)));

describe('an MP4', () => {
  test('tells its size and length', () => {
    expect(readMp4(good)).toEqual({ width: 360, height: 640, durationS: 2 });
  });

  test('with its movie at the end, sound before pictures, and unknown boxes, is as good', () => {
    const movie = box(
      'moov',
      mvhd(90_000, 720_000),
      trak(tkhd(0, 0), 'soun'),
      trak(tkhd(1280, 720)),
      box('udta'),
    );
    expect(readMp4(Buffer.concat([ftyp, box('free'), mdat, movie]))).toEqual({
      width: 1280,
      height: 720,
      durationS: 8,
    });
  });

  test('that is turned is measured as it is shown', () => {
    expect(readMp4(clip(mvhd(1, 4), trak(tkhd(1280, 720, turned))))).toEqual({
      width: 720,
      height: 1280,
      durationS: 4,
    });
  });

  test('in the long form of the standard', () => {
    const long = numbers(0x01000000, 0, 0, 0, 0);
    const header = box('mvhd', long, numbers(1000, 0, 8000), Buffer.alloc(80));
    const track = box(
      'tkhd',
      numbers(0x01000000, 0, 0, 0, 0, 1, 0, 0, 8000, 0, 0, 0, 0),
      numbers(...upright),
      numbers(64 << 16, 32 << 16),
    );
    expect(readMp4(clip(header, trak(track)))).toEqual({ width: 64, height: 32, durationS: 8 });
  });

  test('whose last box reaches to the end of the file without saying how long it is', () => {
    const open = Buffer.concat([numbers(0), Buffer.from('mdat'), Buffer.alloc(50)]);
    const whole = Buffer.concat([ftyp, box('moov', mvhd(1, 4), trak(tkhd(8, 8), 'vide', stco(200))), open]);
    expect(readMp4(whole).durationS).toBe(4);
    expect(() => readMp4(whole.subarray(0, whole.length - 300))).toThrow();
  });

  test('that does not say how long it is has no duration', () => {
    expect(readMp4(clip(mvhd(1000, 0), trak(tkhd(8, 8)))).durationS).toBeNull();
    expect(readMp4(clip(mvhd(0, 7), trak(tkhd(8, 8)))).durationS).toBeNull();
  });
});

describe('not a whole clip', () => {
  test.each([
    ['no movie', Buffer.concat([ftyp, mdat]), 'moov'],
    ['no media', Buffer.concat([ftyp, box('moov', mvhd(1, 1), trak(tkhd(8, 8)))]), 'mdat'],
    ['empty media', Buffer.concat([ftyp, box('moov', mvhd(1, 1), trak(tkhd(8, 8))), box('mdat')]), 'mdat'],
    ['only sound', clip(mvhd(1, 1), trak(tkhd(0, 0), 'soun')), 'picture track'],
    ['no size', clip(mvhd(1, 1), trak(tkhd(0, 0))), 'without a size'],
    [
      'pieces beyond the end',
      clip(mvhd(1, 1), trak(tkhd(8, 8), 'vide', stco(40, 100_000))),
      'beyond its end',
    ],
    [
      'a table longer than its box',
      clip(mvhd(1, 1), trak(tkhd(8, 8), 'vide', box('stco', numbers(0, 9)))),
      'broken table',
    ],
    ['something else at the end', Buffer.concat([good, Buffer.from('<html>garbage')]), 'cut off'],
    ['something else at the beginning', good.subarray(ftyp.length), 'ftyp'],
    ['nothing', Buffer.alloc(0), 'ftyp'],
  ])('%s', (_what, bytes, words) => {
    expect(() => readMp4(bytes)).toThrow(words);
  });

  test('cut anywhere, it is never taken for whole', () => {
    for (let length = 0; length < good.length; length += 1) {
      expect(() => readMp4(good.subarray(0, length))).toThrow(/^(is|has|holds|ends) /);
    }
  });

  test('with any bytes changed, or of random bytes, it gives facts or a reason in words', () => {
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    const damaged = fc.array(change, { minLength: 1, maxLength: 8 }).map((changes) => {
      const bytes = Buffer.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
    const random = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.concat([ftyp, bytes]));
    fc.assert(
      fc.property(fc.oneof(damaged, random), (bytes) => {
        try {
          const { width, height } = readMp4(bytes);
          expect(width > 0 && height > 0).toBe(true);
        } catch (error) {
          if (!(error instanceof Error) || !/^(is|has|holds|ends) /.test(error.message)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });
});
