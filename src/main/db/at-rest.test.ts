import { describe, expect, it } from 'vitest';
import { headerFault, mentionsOther, newestPageOne, sizeByHeader, standardHeader } from './at-rest.ts';

const PAGE = 512;
const from = (bytes: Buffer) => (at: number, length: number) => bytes.subarray(at, at + length);

/** A log as SQLite writes it on a machine of this byte order; `frames`: page, version on it, whether it ends a commit. */
function logOf(frames: readonly (readonly [page: number, version: number, commits: boolean])[]): Buffer {
  let [a, b] = [0, 0];
  const sum = (bytes: Buffer) => {
    for (let i = 0; i < bytes.length; i += 8) {
      a = (a + bytes.readUInt32LE(i) + b) >>> 0;
      b = (b + bytes.readUInt32LE(i + 4) + a) >>> 0;
    }
  };
  const put = (bytes: Buffer, at: number, ...numbers: number[]) => {
    for (const [i, number] of numbers.entries()) bytes.writeUInt32BE(number, at + i * 4);
  };
  const header = Buffer.alloc(32);
  put(header, 0, 0x377f0682, 3007000, PAGE, 0, 11, 22);
  sum(header.subarray(0, 24));
  put(header, 24, a, b);
  const made = frames.map(([page, version, commits]) => {
    const frame = Buffer.alloc(24 + PAGE);
    put(frame, 0, page, commits ? 9 : 0, 11, 22);
    put(frame, 24 + 60, version);
    sum(frame.subarray(0, 8));
    sum(frame.subarray(24));
    put(frame, 16, a, b);
    return frame;
  });
  return Buffer.concat([header, ...made]);
}

const versionIn = (log: Buffer) => newestPageOne(from(log))?.readUInt32BE(60) ?? null;

describe('the newest page 1 of a log', () => {
  it('is the last one that was committed', () => {
    expect(
      versionIn(
        logOf([
          [1, 5, true],
          [2, 0, true],
          [1, 6, false],
          [3, 0, true],
          [1, 7, false],
        ]),
      ),
    ).toBe(6);
    expect(versionIn(logOf([[2, 0, true]]))).toBeNull();
    expect(versionIn(Buffer.alloc(0))).toBeNull();
  });

  it('ends where the log is torn, as for SQLite', () => {
    const log = logOf([
      [1, 5, true],
      [2, 0, false],
      [1, 6, true],
    ]);
    log[32 + 24 + PAGE + 24 + 100] = 1;
    expect(versionIn(log)).toBe(5);
    expect(versionIn(log.subarray(0, log.length - 1))).toBe(5);
    log[33] = 1;
    expect(versionIn(log)).toBeNull();
  });

  it('is not looked for when no page 1 tells another version', () => {
    expect(
      mentionsOther(
        5,
        from(
          logOf([
            [1, 5, true],
            [2, 9, true],
          ]),
        ),
      ),
    ).toBe(false);
    expect(
      mentionsOther(
        5,
        from(
          logOf([
            [1, 5, true],
            [1, 6, false],
          ]),
        ),
      ),
    ).toBe(true);
    expect(mentionsOther(5, from(Buffer.alloc(10)))).toBe(false);
  });
});

describe('the header of a database', () => {
  const standard = standardHeader(Buffer.alloc(100));

  it('is as SQLite writes it', () => {
    expect(headerFault(standard)).toBeNull();
    expect(headerFault(standard.subarray(0, 99))).toContain('shorter');
    expect(headerFault(Buffer.alloc(100))).toContain('does not begin');
  });

  it.each([16, 18, 19, 20, 21, 22, 23, 44, 56])('is damaged when byte %i is wrong', (at) => {
    const damaged = Buffer.from(standard);
    damaged[at] = (damaged[at] ?? 0) ^ 0xff;
    expect(headerFault(damaged)).toBe('its header is damaged');
  });

  it('tells how long the file should be, if the same program wrote both numbers', () => {
    const header = Buffer.from(standard);
    header.writeUInt32BE(10, 28);
    expect(sizeByHeader(header)).toBe(40_960);
    header.writeUInt32BE(1, 24);
    expect(sizeByHeader(header)).toBe(0);
  });
});
