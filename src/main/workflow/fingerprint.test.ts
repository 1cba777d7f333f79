import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type FingerprintInput, fingerprint } from './fingerprint.ts';

const base: FingerprintInput = {
  kind: 'image',
  prompts: ['a'],
  negativePrompt: '',
  model: 'nano_banana_2',
  aspectRatio: '9:16',
  perRow: 4,
  references: [],
  frames: [],
};

const input: fc.Arbitrary<FingerprintInput> = fc.record({
  kind: fc.constantFrom('image', 'video'),
  prompts: fc.array(fc.string(), { maxLength: 3 }),
  negativePrompt: fc.string(),
  model: fc.string(),
  aspectRatio: fc.string(),
  perRow: fc.nat({ max: 4 }),
  references: fc.array(fc.string(), { maxLength: 3 }),
  frames: fc.array(fc.string(), { maxLength: 3 }),
});

it('is v1 and a SHA-256, the same for ever', () => {
  expect(fingerprint(base)).toBe('v1:f8eab55adf954c4972555f225d184b7c3959de07650dbc6a2b3161fe26f7c34d');
});

it('is the same for the same, and another for anything else', () => {
  fc.assert(
    fc.property(input, input, (a, b) => {
      expect(fingerprint(structuredClone(a))).toBe(fingerprint(a));
      expect(fingerprint(a) === fingerprint(b)).toBe(
        JSON.stringify(Object.entries(a)) === JSON.stringify(Object.entries(b)),
      );
    }),
  );
});

it.each<[string, Partial<FingerprintInput>, Partial<FingerprintInput>]>([
  ['two prompts are not one', { prompts: ['a', 'b'] }, { prompts: ['a,b'] }],
  ['a quote in a prompt fools nobody', { prompts: ['a","b'] }, { prompts: ['a', 'b'] }],
  ['references are not frames', { references: ['x'] }, { frames: ['x'] }],
  ['order of references counts', { references: ['x', 'y'] }, { references: ['y', 'x'] }],
  [
    'neighbours do not run together',
    { negativePrompt: 'ab', model: 'c' },
    { negativePrompt: 'a', model: 'bc' },
  ],
])('%s', (_what, a, b) => {
  expect(fingerprint({ ...base, ...a })).not.toBe(fingerprint({ ...base, ...b }));
});
