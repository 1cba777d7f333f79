import fc from 'fast-check';
import { expect, it } from 'vitest';
import { slugOf } from './backup-slug.ts';

it.each([
  ['My reason!', 'my-reason'],
  ['  before the client call ', 'before-the-client-call'],
  ['Größe: 2×', 'große-2'],
  ['../../etc/passwd', 'etc-passwd'],
  ['', 'manual'],
  ['!!!', 'manual'],
  ['superseded', 'manual-superseded'],
  ['До съёмки', 'до-съемки'],
])('%j becomes %j', (reason, slug) => {
  expect(slugOf(reason)).toBe(slug);
});

it('is always a part of a file name, and its own slug', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (reason) => {
      const slug = slugOf(reason);
      expect(slug).toMatch(/^[\p{L}\p{N}]+(-[\p{L}\p{N}]+)*$/u);
      expect(Buffer.byteLength(slug)).toBeLessThanOrEqual(180);
      expect(slugOf(slug.replace(/^manual-/, ''))).toBe(slug);
    }),
  );
});
