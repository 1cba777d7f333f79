import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsedValue } from './config.ts';
import { judgeSpace } from './doctor-checks.ts';
import { canShowBrowser } from './serve.ts';
import { decimal, numberList, serverAddress, wholeNumber } from './values.ts';

describe('values of options', () => {
  it('a whole number within its bounds is taken, everything else refused with what is allowed', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), (n) => wholeNumber(1, 5)(String(n)) === n));
    for (const text of ['0', '6', '2.5', '-1', '', ' ', '1e0', '0x1', 'three', '1 ']) {
      expect(() => wholeNumber(1, 5)(text), text).toThrow('from 1 to 5');
    }
  });

  it('a number may have a fraction, and no more', () => {
    expect(decimal(0, 10)('0.5')).toBe(0.5);
    for (const text of ['-1', '11', '.5', '1.', 'Infinity', 'NaN', '']) {
      expect(() => decimal(0, 10)(text), text).toThrow(InvalidArgumentError);
    }
  });

  it('a list is whole numbers with commas, each once', () => {
    expect(numberList('4,13, 4,100022')).toEqual([4, 13, 100022]);
    for (const text of ['', ',', '4,', '4;5', '4 5', '-4', '1.5', 'four', '9'.repeat(16)])
      expect(() => numberList(text), text).toThrow('such as 4,13,22');
  });

  it('a G-Labs is reached at an http or https address, or at the one that is local or behind the tunnel', () => {
    for (const word of ['local', 'tunnel']) expect(serverAddress(word)).toBe(word);
    expect(serverAddress('https://x.example/g')).toBe('https://x.example/g');
    for (const text of ['ftp://x', 'x.example', '', 'javascript:alert(1)'])
      expect(() => serverAddress(text), text).toThrow('http');
  });

  it('a setting is JSON where it parses, else a string', () => {
    expect(['3', 'true', '["a"]', '"3"', 'dark', '{a'].map(parsedValue)).toEqual([
      3,
      true,
      ['a'],
      '3',
      'dark',
      '{a',
    ]);
  });
});

describe('what the machine is like', () => {
  it('a browser opens for a person with a screen: not in CI, not without a display', () => {
    expect(canShowBrowser({ DISPLAY: ':0' }, 'linux')).toBe(true);
    expect(canShowBrowser({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
    expect(canShowBrowser({}, 'linux')).toBe(false);
    expect(canShowBrowser({}, 'darwin')).toBe(true);
    expect(canShowBrowser({ CI: 'true' }, 'darwin')).toBe(false);
  });

  it('a disk is good, nearly full, or full', () => {
    expect(judgeSpace(50 * 1024 ** 3, '/data').verdict).toBe('good');
    expect(judgeSpace(1024 ** 3, '/data').verdict).toBe('warning');
    expect(judgeSpace(1024 ** 2, '/data')).toMatchObject({ verdict: 'broken', code: 'store-unreachable' });
  });
});
