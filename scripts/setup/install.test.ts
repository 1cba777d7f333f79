import { describe, expect, it } from 'vitest';
import { compareVersions, explainNpm, sameTree } from './install.mjs';

describe('what npm says', () => {
  it.each([
    ['npm error code ENOSPC\nnpm error nospc There appears to be insufficient space', 'disk is full'],
    [
      'npm error code ENOTFOUND\nnpm error network request to https://packages.example failed',
      'registry cannot be reached',
    ],
    ['npm error code ECONNREFUSED', 'registry cannot be reached'],
    ['npm error code EACCES\nnpm error syscall mkdir', 'cannot be written'],
    [
      'npm error `npm ci` can only install packages when your package.json and package-lock.json',
      'does not fit',
    ],
    ['sh: 1: npm: not found', 'npm was not found'],
    ['npm error code E404\nnpm error 404 Not Found - GET https://x/y', '404 Not Found'],
  ])('%j becomes one sentence with a cure', (output, sentence) => {
    const { message, cure } = explainNpm(output);
    expect(message).toContain(sentence);
    expect(message).not.toContain('\n');
    expect(cure.length).toBeGreaterThan(10);
  });
});

describe('a node_modules that somebody installed by hand', () => {
  const wanted = {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/a-win32': { version: '1.0.0', optional: true },
  };

  it('fits when every package is there; those for other systems may be missing', () => {
    expect(sameTree(wanted, { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } })).toBe(true);
  });

  it.each([
    ['a package is missing', {}],
    ['a version differs', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }],
    ['the content differs', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } }],
    [
      'there is one more',
      { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' }, 'node_modules/b': {} },
    ],
  ])('does not when %s', (_what, found) => {
    expect(sameTree(wanted, found)).toBe(false);
  });
});

describe('versions', () => {
  it('compare by number, part by part', () => {
    expect(compareVersions('20.19.0', '24.21.0')).toBeLessThan(0);
    expect(compareVersions('24.9.0', '24.21.0')).toBeLessThan(0);
    expect(compareVersions('24.21.0', '24.21.0')).toBe(0);
    expect(compareVersions('26.0.0', '24.21.0')).toBeGreaterThan(0);
  });
});
