import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../../shared/history.ts';
import { clickTick, oneBefore, restoredPair, sideOf, tickedPair, toggleTick } from './selection.ts';
import { testEntry, testRestore, testRun, testVersion, testView } from './test-entries.ts';

describe('ticks', () => {
  it('are two at most, and a third takes the place of the first', () => {
    expect(toggleTick([], 'a')).toEqual(['a']);
    expect(toggleTick(['a'], 'b')).toEqual(['a', 'b']);
    expect(toggleTick(['a', 'b'], 'c')).toEqual(['b', 'c']);
    expect(toggleTick(['a', 'b'], 'a')).toEqual(['b']);
  });

  it('are never more than two and never the same twice, whatever is pressed', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.option(id), id)), (presses) => {
        let ticked: readonly string[] = [];
        for (const [byClick, shown, pressed] of presses) {
          ticked = byClick ? clickTick(ticked, shown, pressed) : toggleTick(ticked, pressed);
          expect(ticked.length).toBeLessThanOrEqual(2);
          expect(new Set(ticked).size).toBe(ticked.length);
        }
      }),
    );
  });

  it('of a click with Control compare with the entry that is shown', () => {
    expect(clickTick([], 'a', 'b')).toEqual(['a', 'b']);
    expect(clickTick([], 'a', 'a')).toEqual(['a']);
    expect(clickTick([], null, 'b')).toEqual(['b']);
    expect(clickTick(['c'], 'a', 'b')).toEqual(['c', 'b']);
  });
});

describe('a comparison', () => {
  const entries = [
    testVersion('v'),
    testEntry('b'),
    testRun('r'),
    testRestore('s', 'a', 'b'),
    testEntry('a'),
  ];

  it('has the older one first, however they were ticked', () => {
    const pair = { before: { of: 'entry', id: 'a' }, after: { of: 'entry', id: 'b' } };
    expect(tickedPair(entries, ['a', 'b'])).toEqual(pair);
    expect(tickedPair(entries, ['b', 'a'])).toEqual(pair);
  });

  it('needs two that are there', () => {
    expect(tickedPair(entries, ['a'])).toBeNull();
    expect(tickedPair(entries, ['a', 'gone'])).toBeNull();
  });

  it('takes of a run what it wrote, else what it began with; of a restore what it put back', () => {
    expect(sideOf(testRun('r'))).toEqual({ of: 'run', runId: 'r', side: 'output' });
    expect(sideOf(testRun('r', { path: null }))).toEqual({ of: 'run', runId: 'r', side: 'input' });
    expect(sideOf(testRestore('s', 'a', 'b'))).toEqual({ of: 'entry', id: 'a' });
  });

  it('with the one before passes runs, restores and what has the same content', () => {
    expect(oneBefore(entries, 'b', null)?.id).toBe('a');
    const same = [
      testVersion('v', { sha256: null }),
      testEntry('b', { sha256: 'x' }),
      testRun('r'),
      testEntry('a'),
    ];
    expect(oneBefore(same, 'v', 'x')?.id).toBe('a');
    expect(oneBefore(same, 'v', 'another')?.id).toBe('b');
    expect(oneBefore(same, 'a', null)).toBeNull();
    expect(oneBefore(same, 'gone', null)).toBeNull();
  });
});

describe('a restore', () => {
  const restore = testRestore('r', 'put', 'undo');
  const [put, undo] = [testEntry('put'), testEntry('undo')];
  const live = testVersion(restore.path ?? '');
  const pairOf = (...entries: HistoryEntry[]) => restoredPair(restore, testView([restore, ...entries]));

  it('offers its undo as long as what was there is kept', () => {
    expect(pairOf(live, undo, put)).toEqual({ put: 'put', undo: 'undo', isUndoable: true });
    expect(pairOf(live, put)).toEqual({ put: 'put', undo: null, isUndoable: false });
    expect(pairOf(live, undo)).toEqual({ put: null, undo: 'undo', isUndoable: true });
  });

  it('offers none where the file went on as another version', () => {
    const next = testVersion('/p/may/testing/XYZG3-V0-2.nbflow');
    expect(pairOf(next, undo, put)).toEqual({ put: 'put', undo: 'undo', isUndoable: false });
  });

  it('may have what has not come yet', () => {
    expect(restoredPair(restore, testView([restore], { total: 4 }))).toEqual({
      ...{ put: 'put', undo: 'undo', isUndoable: true },
    });
  });
});
