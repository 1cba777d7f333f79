import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressIn, statusFailure } from './endpoint-store.ts';

const place = { name: 'press', where: 'https://press.example/upload' };
const refused = expect.objectContaining({ failure: expect.objectContaining({ code: 'store-refused' }) });

describe('the address in an answer', () => {
  test.each([
    ['/url', { url: 'https://a.example/x.png' }],
    ['/data/0/link', { data: [{ link: 'https://a.example/x.png' }] }],
    ['/a~1b/c~0d', { 'a/b': { 'c~d': 'https://a.example/x.png' } }],
    ['/', { '': 'https://a.example/x.png' }],
  ])('is found at %s', (pointer, answer) => {
    expect(addressIn(JSON.stringify(answer), pointer, place)).toBe('https://a.example/x.png');
  });

  test.each([
    ['{}'],
    ['{"url":null}'],
    ['{"url":7}'],
    ['{"url":"/relative.png"}'],
    ['{"url":"javascript:alert(1)"}'],
    ['{"url":"file:///etc/passwd"}'],
    ['<html>thanks</html>'],
    [''],
    ['null'],
  ])('is missed in %s, with the pointer and where to mend it', (text) => {
    expect(() => addressIn(text, '/url', place)).toThrow(refused);
    expect(() => addressIn(text, '/url', place)).toThrow(/\/url/);
  });

  test('is an http address or a refusal, whatever the answer is', () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), (text, pointer) => {
        try {
          expect(addressIn(text, `/${pointer}`, place)).toMatch(/^https?:\/\//);
        } catch (error) {
          expect(error).toEqual(refused);
        }
      }),
    );
  });
});

test.each([
  [401, 'store-refused', 'headers'],
  [403, 'store-refused', 'headers'],
  [302, 'store-refused', 'url of'],
  [404, 'store-refused', 'url'],
  [413, 'store-refused', 'limit'],
  [408, 'store-unreachable', 'Wait'],
  [429, 'store-unreachable', 'Wait'],
  [500, 'store-unreachable', 'Wait'],
  [503, 'store-unreachable', 'Wait'],
])('HTTP %i is %s, and is mended by a word on %s', (status, code, cure) => {
  expect(statusFailure(status, place).failure).toMatchObject({
    code,
    where: place.where,
    cure: expect.stringContaining(cure),
  });
});
