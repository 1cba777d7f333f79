import { expect, it } from 'vitest';
import { secretPattern } from '../../../shared/settings.ts';
import { secretCommand, shownAddress, stepWords, storePlace } from './store-fields.ts';

it('the place of a store shows nothing that may be secret', () => {
  const url = 'https://me:secret@up.example.com/take?key=secret#secret';
  const store = {
    kind: 'endpoint' as const,
    url,
    fileField: 'f',
    pathField: 'p',
    headers: {},
    urlPointer: '/u',
  };
  expect(storePlace(store)).toBe('https://up.example.com/take');
  expect(shownAddress('http://127.0.0.1:9000/')).toBe('http://127.0.0.1:9000');
});

it('the place of a folder is its path, or the usual one', () => {
  expect(storePlace({ kind: 'local', root: '/ads' })).toBe('/ads');
  expect(storePlace({ kind: 'local' })).toBe('objects, in the data folder');
});

it('the command for a secret names one that the command line takes', () => {
  expect(secretCommand('my-r2').split(' ').at(-1)).toMatch(secretPattern);
});

it('a step this version does not know keeps its name', () => {
  expect(stepWords('find')).toBe('Find again');
  expect(stepWords('later')).toBe('later');
});
