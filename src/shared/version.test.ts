import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFailure } from './failure.ts';
import { graduatedVersion, nextVersion, versionOf } from './version.ts';

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return toFailure(error).code;
  }
  return null;
};

describe('the next version', () => {
  it.each([
    ['XYZG3-V0-3', 'XYZG3-V0-4'],
    ['XYZG3-V0-9', 'XYZG3-V0-10'],
    ['XYZG3-V1', 'XYZG3-V1-1'],
    ['XYZG3-V2', 'XYZG3-V2-1'],
    ['XYZG3-V1-1', 'XYZG3-V1-2'],
    ['XYZG4-V2-0-1', 'XYZG4-V2-0-2'],
    ['xyzs1-v0-1', 'xyzs1-v0-2'],
    ['May sale-A-V1-9', 'May sale-A-V1-10'],
  ])('of %s is %s', (name, next) => {
    expect(nextVersion(name)).toBe(next);
  });

  it.each([
    'XYZG3',
    'XYZG3-V0',
    'XYZG3-V2-0',
    'XYZG3-V1-2-3',
    'XYZG3-V0-1-2',
    'XYZG3-V1-0-0-1',
    'V0-1',
    '-V0-1',
    '',
  ])('of “%s” nobody can tell', (name) => {
    expect(codeOf(() => nextVersion(name))).toBe('usage');
    expect(codeOf(() => graduatedVersion(name))).toBe('usage');
  });

  it('ends where the numbers end', () => {
    expect(codeOf(() => nextVersion('XYZG3-V0-999999'))).toBe('usage');
  });
});

describe('graduation', () => {
  it.each([
    ['XYZG3-V0-5', 'XYZG3-V1'],
    ['XYZG4-V2-0-4', 'XYZG4-V2'],
  ])('makes %s %s', (name, approved) => {
    expect(graduatedVersion(name)).toBe(approved);
  });

  it.each(['XYZG3-V1', 'XYZG3-V1-2'])('is nothing for %s: it is approved', (name) => {
    expect(codeOf(() => graduatedVersion(name))).toBe('usage');
  });
});

it('whatever the version: the code stays, no name comes twice, and each has a next one', () => {
  const number = fc.integer({ min: 1, max: 9999 });
  const version = fc.oneof(
    number.map((n) => `V0-${n}`),
    number.map((n) => `V${n}`),
    fc.tuple(number, number).map(([a, b]) => `V${a}-${b}`),
    fc.tuple(number, number).map(([a, b]) => `V${a}-0-${b}`),
  );
  fc.assert(
    fc.property(version, (first) => {
      const chain = [`XYZG3-${first}`];
      for (let i = 0; i < 5; i++) chain.push(nextVersion(chain.at(-1) ?? ''));
      expect(new Set(chain).size).toBe(6);
      for (const name of chain) {
        expect(`XYZG3-${versionOf(name)}`).toBe(name);
      }
    }),
  );
});
