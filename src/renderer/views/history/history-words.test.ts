import { describe, expect, it } from 'vitest';
import type { Kept } from '../../../shared/history.ts';
import {
  backupReason,
  entryFlags,
  entryTitle,
  firstChoice,
  isRestorable,
  keptWords,
  spaceWords,
} from './history-words.ts';
import { testEntry, testRestore, testRun, testVersion, testView } from './test-entries.ts';

const backup = testEntry('a').backup;

describe('what an entry is called', () => {
  it('is in words people know', () => {
    expect(entryTitle(testEntry('a'))).toBe('Backup before a run');
    expect(entryTitle(testEntry('a', { reason: 'pre-cache-wipe' }))).toBe('Backup before a wipe');
    expect(entryTitle(testVersion('v'))).toBe('Version V0-1, the file now');
    expect(entryTitle(testRun('r', { run: { status: 'failed-nodes', demo: false, finishedAt: null } }))).toBe(
      'Run finished with failures',
    );
    expect(entryTitle(testRestore('s', 'a', 'b'))).toBe('Restore with its cache');
  });

  it('is made of the words of a reason nobody knows', () => {
    expect(backupReason('pre-fanout')).toBe('before fanout');
    expect(backupReason('client-said-yes')).toBe('client said yes');
    expect(backupReason('')).toBe('without a reason');
    expect(backupReason('pre-run.damaged-2026-05-12')).toBe('before a run, damaged, put aside');
  });
});

describe('marks of an entry', () => {
  it('are none where a backup is in both places and proven', () => {
    expect(entryFlags(testEntry('a'))).toEqual([]);
    expect(entryFlags(testRun('r'))).toEqual([]);
  });

  it('tell what is damaged, lies in the database alone, or is somebody else’s', () => {
    const words = (over: Partial<NonNullable<typeof backup>>) =>
      entryFlags(testEntry('a', { backup: backup && { ...backup, ...over } })).map(({ word }) => word);
    expect(words({ problem: 'Its copy has another hash.', provenAt: null })).toEqual(['damaged']);
    expect(words({ onDisk: false })).toEqual(['only in the database']);
    expect(words({ onDisk: false, problem: 'It is gone.' })).toEqual(['damaged', 'only in the database']);
    expect(words({ known: false, provenAt: null })).toEqual(['not Flowdeck’s']);
  });
});

describe('why a backup is kept', () => {
  const kept = (why: Kept | null, note = '') =>
    keptWords(testEntry('a', { note, backup: backup && { ...backup, kept: why } }), {
      latest: 50,
      daily: 30,
      weekly: 26,
    });

  it('is told with the numbers of the setting', () => {
    expect(kept('latest')).toBe('One of the latest 50.');
    expect(kept('daily')).toContain('30 days');
    expect(kept('weekly')).toContain('26 weeks');
    expect(kept(null)).toContain('next thinning');
  });

  it('names what a person did for it', () => {
    expect(kept('named')).toBe('For ever: a person asked for it.');
    expect(kept('named', 'the good one')).toBe('For ever: it has a note.');
    expect(keptWords(testRun('r'), null)).toBeNull();
  });
});

describe('space', () => {
  it('is told in one line, thinning only where there is something to thin', () => {
    const space = { backups: 41, onDisk: 212_000_000, inDatabase: 3_000_000, thinnable: 6 };
    expect(spaceWords(space)).toBe(
      '41 backups · 212 MB on disk · 3.0 MB in the database · 6 will be thinned',
    );
    expect(spaceWords({ ...space, thinnable: 0 })).not.toContain('thinned');
    expect(spaceWords({ ...space, backups: 0 })).toBe('No backups of Flowdeck’s yet');
  });
});

describe('what is shown at first', () => {
  const live = { sha256: 'now'.padEnd(64, '0'), size: 1, version: 'V0-1' };

  it('is what was there before the last change of the file', () => {
    const entries = [
      testVersion('v'),
      testEntry('same', { sha256: live.sha256 }),
      testRun('r'),
      testEntry('wiped', { reason: 'pre-cache-wipe' }),
      testEntry('older'),
    ];
    expect(firstChoice(testView(entries, { live }))).toBe('wiped');
  });

  it('is never a damaged one, and none of somebody else', () => {
    const damaged = testEntry('bad', { backup: backup && { ...backup, problem: 'Its hash is another.' } });
    const foreign = testEntry('/p/backups/x', { backup: backup && { ...backup, known: false } });
    expect(firstChoice(testView([foreign, damaged, testEntry('good')], { live }))).toBe('good');
  });

  it('is the newest of all where nothing can be put back, and nothing where there is nothing', () => {
    expect(firstChoice(testView([testRun('r')], { live }))).toBe('r');
    expect(firstChoice(testView([]))).toBeNull();
  });
});

it('a run and a restore are not put back: they have backups of their own', () => {
  expect(
    [testEntry('a'), testVersion('v'), testRun('r'), testRestore('s', 'a', 'b')].map(isRestorable),
  ).toEqual([true, true, false, false]);
  expect(isRestorable(testEntry('a', { hasContent: false }))).toBe(false);
});
