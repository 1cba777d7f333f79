import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyHistoryChange, type HistoryEntry, type HistoryView } from '../../shared/history.ts';
import { historyChanges, olderPage, PAGE } from './list-change.ts';

const entry = (id: string, note = ''): HistoryEntry => ({
  ...{
    id,
    kind: 'backup',
    at: '2026-05-12T10:00:00.000Z',
    name: 'XYZG3-V0-1',
    workflow: '/p/XYZG3-V0-1.nbflow',
  },
  ...{ version: 'V0-1', reason: 'manual', path: null, sha256: null, size: null, pinned: false, note },
  ...{ live: false, hasContent: true, backup: null, run: null, restore: null },
});
const view = (entries: HistoryEntry[], total = entries.length): HistoryView => ({
  ...{ path: '/p/XYZG3-V0-1.nbflow', code: 'XYZG3', live: null, entries, total, problems: [] },
  space: { backups: 0, onDisk: 0, inDatabase: 0, thinnable: 0 },
});
const fold = (before: HistoryView, now: HistoryView): HistoryView =>
  historyChanges(before, now).reduce(applyHistoryChange, before);

describe('the changes from one view of a history to the next', () => {
  it('are none where nothing changed', () => {
    expect(historyChanges(view([entry('a')]), view([entry('a')]))).toEqual([]);
  });

  it('tell a new entry with its place, and nothing of the others', () => {
    const [change, ...more] = historyChanges(view([entry('b')], 1), view([entry('a'), entry('b')], 2));
    expect(more).toEqual([]);
    expect(change?.placed).toEqual([{ entry: entry('a'), before: 'b' }]);
    expect(change?.head?.total).toBe(2);
  });

  it('tell one that moved, and not those it passed', () => {
    const entries = ['a', 'b', 'c', 'd'].map((id) => entry(id));
    const moved = [...entries.slice(1), ...entries.slice(0, 1)];
    expect(historyChanges(view(entries), view(moved))[0]?.placed).toEqual([
      { entry: entry('a'), before: null },
    ]);
  });

  it('lead from any view to any other', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 30 });
    const entries = ids.chain((some) =>
      fc.tuple(...some.map((id) => fc.constantFrom('', 'note').map((note) => entry(String(id), note)))),
    );
    fc.assert(
      fc.property(entries, entries, (before, now) => {
        expect(fold(view(before), view(now))).toEqual(view(now));
      }),
    );
  });

  it('are small, however much is new, and lead there all the same', () => {
    const many = Array.from({ length: 2 * PAGE + 5 }, (_, i) => entry(`e${i}`));
    const changes = historyChanges(view(many.slice(0, 3)), view(many));
    expect(changes.map(({ placed }) => placed.length)).toEqual([PAGE, PAGE, 2]);
    expect(fold(view(many.slice(0, 3)), view(many))).toEqual(view(many));
    const older = applyHistoryChange(view(many.slice(0, 3), many.length), olderPage(many.slice(3)));
    expect(older).toEqual(view(many));
  });
});
