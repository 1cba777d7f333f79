import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { box, formatEntry, goDuration, isShown, readGoDuration } from './log.ts';

const noon = new Date('2026-11-20T12:00:00.900Z');

describe('a message', () => {
  it('has its time in whole seconds, the error first and the other fields by name', () => {
    const fields = { ip: '127.0.0.1', error: 'no route', connIndex: 0 };
    expect(formatEntry({ level: 'error', message: 'Lost', fields }, 'default', noon)).toBe(
      '2026-11-20T12:00:00Z ERR Lost error="no route" connIndex=0 ip=127.0.0.1',
    );
  });

  it('without words keeps its place between the level and the fields', () => {
    const entry = { level: 'error', message: '', fields: { error: 'x' } } as const;
    expect(formatEntry(entry, 'default', noon)).toBe('2026-11-20T12:00:00Z ERR  error=x');
  });

  it('as JSON has all keys by name, and a value is what it was', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (message, value) => {
        const line = formatEntry({ level: 'info', message, fields: { zone: value, a: 1 } }, 'json', noon);
        expect(Object.keys(JSON.parse(line))).toEqual(['a', 'level', 'message', 'time', 'zone']);
        expect(JSON.parse(line)).toMatchObject({ message, zone: value, level: 'info' });
      }),
    );
  });

  it('is left out below the level that was asked for', () => {
    const info = { level: 'info', message: 'x' } as const;
    expect([isShown(info, 'info'), isShown(info, 'warn'), isShown(info, 'debug')]).toEqual([
      true,
      false,
      true,
    ]);
    expect(isShown({ level: 'error', message: 'x' }, 'fatal')).toBe(false);
  });
});

describe('a frame', () => {
  it('is as wide for every line, whatever is in it', () => {
    const line = fc.string({ maxLength: 90 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.option(line), (lines, title) => {
        const framed = box(lines, title);
        expect(new Set(framed.map((one) => one.length)).size).toBe(1);
        expect(framed).toHaveLength(lines.length + (title === null ? 2 : 4));
      }),
    );
  });
});

describe('a duration', () => {
  it('is written as Go writes it', () => {
    expect([1000, 32_000, 64_000, 0].map(goDuration)).toEqual(['1s', '32s', '1m4s', '0s']);
  });

  it('that was written is read as the same, whatever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (seconds) => {
        expect(readGoDuration(goDuration(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });

  it('is read with a unit only, but for 0', () => {
    expect(['1m30s', '250ms', '1.5s', '0'].map(readGoDuration)).toEqual([90_000, 250, 1500, 0]);
    expect(['5', 'soon', '', '-1s'].map(readGoDuration)).toEqual([null, null, null, null]);
  });
});
