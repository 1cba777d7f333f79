import { join, sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { badKeyReason } from './object-key.ts';

describe('a key', () => {
  test.each(['XYZG3/V0-1/scene03-c1-0123456789ab.png', 'refs/0a1b.jpg', 'Übung/V1/ä b.png', '.hidden/x'])(
    '%s is good',
    (key) => {
      expect(badKeyReason(key)).toBeNull();
    },
  );

  test.each([
    '',
    '/etc/passwd',
    'a//b',
    'a/',
    '.',
    '..',
    '../a',
    'a/../../b',
    'a/./b',
    'a\\..\\b',
    'C:/a',
    'a\u0000b',
    'a\nb',
    'a/b.',
    'a/b ',
    'a/nul',
    'COM1.png',
    'what?.png',
    `${'x'.repeat(250)}.png`,
    'x/'.repeat(600).concat('y'),
  ])('%j is refused with a reason', (key) => {
    expect(badKeyReason(key)).toMatch(/^(it|")/);
  });

  test('what is good lies below the root', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom('..', '.', '', 'a'), fc.string()), { maxLength: 6 }),
        (parts) => {
          const key = parts.join('/');
          fc.pre(badKeyReason(key) === null);
          expect(join('/root', key).startsWith(`/root${sep}`)).toBe(true);
        },
      ),
    );
  });
});
