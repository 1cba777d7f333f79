import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { droppedPlaces, parseSettingPath, valueAt, withValueAt } from './setting-path.ts';

describe('a dotted key', () => {
  it('names a setting, or a place inside of one', () => {
    expect(parseSettingPath('glabs.url')).toEqual({ key: 'glabs.url', inside: [] });
    expect(parseSettingPath('storage.stores.r2.bucket')).toEqual({
      key: 'storage.stores',
      inside: ['r2', 'bucket'],
    });
  });

  it.each(['glabs', 'glabs.urls', '', 'glabs.url.', 'storage.stores.__proto__.x', 'constructor'])(
    'is refused when there is none: %j',
    (key) => {
      expect(() => parseSettingPath(key)).toThrow(
        expect.objectContaining({ failure: expect.objectContaining({ code: 'usage' }) }),
      );
    },
  );

  it('gets the near ones named, and a secret its own command', () => {
    expect(() => parseSettingPath('runner.concurency')).toThrow(/runner\.concurrency/);
    expect(() => parseSettingPath('glabs.apiKey')).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({ cure: expect.stringContaining('set-secret glabs.apiKey') }),
      }),
    );
  });
});

it('what is put at a place is found there, and everything else stays', () => {
  const name = fc.string({ minLength: 1, maxLength: 5 }).filter((text) => text !== '__proto__');
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.jsonValue()),
      fc.array(name, { minLength: 1, maxLength: 3 }),
      fc.integer(),
      (value, inside, next) => {
        fc.pre(
          !Array.isArray(valueAt(value, inside.slice(0, 1))) &&
            !Array.isArray(valueAt(value, inside.slice(0, 2))),
        );
        const before = structuredClone(value);
        const changed = withValueAt(value, inside, next) as Record<string, unknown>;
        expect(valueAt(changed, inside)).toBe(next);
        expect(value).toEqual(before);
        for (const key of Object.keys(value)) if (key !== inside[0]) expect(changed[key]).toEqual(value[key]);
        expect(valueAt(withValueAt(changed, inside, undefined), inside)).toBeUndefined();
      },
    ),
  );
});

it('a place in a list is its number, and one past the end adds', () => {
  expect(withValueAt({ prices: [{ usd: 1 }] }, ['prices', '0', 'usd'], 2)).toEqual({ prices: [{ usd: 2 }] });
  expect(withValueAt(['a'], ['1'], 'b')).toEqual(['a', 'b']);
  expect(withValueAt(['a', 'b'], ['0'], undefined)).toEqual(['b']);
  expect(() => withValueAt(['a'], ['7'], 'b')).toThrow(/not a place/);
  expect(() => withValueAt(['a'], ['x'], 'b')).toThrow(/not a place/);
});

it('sees what a schema dropped', () => {
  expect(
    droppedPlaces({ r2: { kind: 's3', extra: 1 }, list: [{ a: 1 }] }, { r2: { kind: 's3' }, list: [{}] }),
  ).toEqual(['r2.extra', 'list.0.a']);
});
