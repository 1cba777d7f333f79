import { describe, expect, it } from 'vitest';
import { readCopyName } from './foreign-names.ts';

describe('the name of a copy in backups/', () => {
  const plain = { file: 'XYZS1-V0-5.nbflow', name: 'XYZS1-V0-5', version: 'V0-5' };
  const loose = { version: null, file: 'XYZS1-V0-5.nbflow', day: null, reason: null, plain: false };

  it('tells workflow, day and reason where it follows the pattern', () => {
    expect(readCopyName('XYZS1-V0-5.nbflow.bak-2026-05-12-pre-fanout', 'XYZS1')).toEqual({
      ...plain,
      day: '2026-05-12',
      reason: 'pre-fanout',
      plain: false,
    });
    expect(readCopyName('XYZS1-V0-5.nbflow', 'XYZS1')).toEqual({
      ...plain,
      day: null,
      reason: null,
      plain: true,
    });
  });

  it.each([
    'XYZS1-V0-5-broken-2026-05-12',
    'XYZS1-V0-5-20260512.nbflow',
    'copy of XYZS1-V0-5.nbflow',
    'XYZS1-V0-5 - Copy.nbflow',
    'XYZS1-V0-5.zip',
    'XYZS1-V0-5.nbflow.bak',
  ])('is taken as people give it: %s', (name) => {
    expect(readCopyName(name, 'XYZS1')).toEqual({ ...loose, name });
  });

  it.each([
    'XYZS10-V0-5.nbflow',
    'AXYZS1-V0-5.nbflow',
    'BIG-XYZS1-V0-5.nbflow',
    'XYZS1-B-V0-5-broken',
    'XYZS1-notes.txt',
    '.flowdeck-12-uuid.tmp',
  ])('is of another workflow, or of none: %s', (name) => {
    expect(readCopyName(name, 'XYZS1')).toBeNull();
  });

  it('is the whole of it for a workflow that follows no scheme', () => {
    expect(readCopyName('My ad.nbflow.bak-2026-05-12-manual', 'My ad')).toMatchObject({
      ...{ name: 'My ad', version: null, reason: 'manual', plain: false },
    });
    expect(readCopyName('My ad 2.nbflow', 'My ad')).toBeNull();
  });
});
