import fc from 'fast-check';
import { expect, it } from 'vitest';
import { referenceName } from './references.ts';

it.each([
  ['refs/avatar-a.png', 'avatar-a'],
  ['https://r2.example/refs/José%20at%20work.png?X=1#f', 'Jos-at-work'],
  ['C:\\Users\\op\\face 1.jpeg', 'face-1'],
  ['CON.png', '_CON'],
  ['data:image/png;base64,AAAA', 'reference-1'],
  ['☕.png', 'reference-1'],
  ['https://r2.example/', 'r2'],
])('%s is called %s', (value, name) => {
  expect(referenceName(value, 'reference-1')).toBe(name);
});

it('is a plain word on every system, whatever the address', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (value) => {
      expect(referenceName(value, 'reference-1')).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,40}$/);
    }),
  );
});
