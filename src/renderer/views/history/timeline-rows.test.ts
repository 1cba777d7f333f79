import { describe, expect, it } from 'vitest';
import { testEntry, testRun, testVersion } from './test-entries.ts';
import {
  anchorShift,
  DAY_HEIGHT,
  ENTRY_HEIGHT,
  everything,
  keptTexts,
  shownEntries,
  timelineRows,
} from './timeline-rows.ts';

/** Local times, so that days are those of whoever runs the tests. */
const at = (day: number, hour: number) => new Date(2026, 4, day, hour).toISOString();
const now = new Date(2026, 4, 20, 2).getTime();

describe('the timeline', () => {
  it('has a heading for each day, the last two by their names', () => {
    const rows = timelineRows(
      [
        testEntry('a', { at: at(20, 1) }),
        testEntry('b', { at: at(20, 0) }),
        testEntry('c', { at: at(19, 23) }),
        testEntry('d', { at: at(12, 10) }),
      ],
      now,
    );
    expect(rows.map((row) => (row.kind === 'day' ? row.label : row.key))).toEqual([
      'Today',
      'a',
      'b',
      'Yesterday',
      'c',
      expect.stringContaining('2026'),
      'd',
    ]);
  });

  it('keeps the order of the list where the clock was set back, with a key for each row', () => {
    const rows = timelineRows(
      [
        testEntry('a', { at: at(20, 1) }),
        testEntry('b', { at: at(19, 1) }),
        testEntry('c', { at: at(20, 0) }),
      ],
      now,
    );
    expect(rows.filter(({ kind }) => kind === 'day')).toHaveLength(3);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  });

  it('shows a time that is none as it is', () => {
    expect(timelineRows([testEntry('a', { at: 'long ago' })], now)[0]).toMatchObject({ label: 'long ago' });
  });
});

describe('what passes the filter', () => {
  const entries = [
    testVersion('v1', { note: 'The client likes scene 3' }),
    testEntry('b1', { reason: 'pre-cache-wipe', pinned: true }),
    testEntry('b2', { version: 'V0-2', path: '/p/backups/XYZG3-V0-2.nbflow.bak-2026-05-11-pre-run' }),
    testRun('r1'),
  ];
  const ids = (query: Partial<typeof everything>) =>
    shownEntries(entries, { ...everything, ...query }).map(({ id }) => id);

  it('is everything at first', () => {
    expect(ids({})).toEqual(['v1', 'b1', 'b2', 'r1']);
  });

  it('is found by what an entry says now, also where texts are kept', () => {
    const textOf = keptTexts();
    const [version] = entries;
    const search = (text: string, of = entries) =>
      shownEntries(of, { ...everything, search: text }, textOf).map(({ id }) => id);
    expect(search('client')).toEqual(['v1']);
    const renoted = entries.map((entry) => (entry === version ? { ...entry, note: 'approved' } : entry));
    expect(search('client', renoted)).toEqual([]);
    expect(search('approved', renoted)).toEqual(['v1']);
  });

  it('is of one kind, or pinned, or both', () => {
    expect(ids({ kind: 'backup' })).toEqual(['b1', 'b2']);
    expect(ids({ pinnedOnly: true })).toEqual(['b1']);
    expect(ids({ pinnedOnly: true, kind: 'run' })).toEqual([]);
  });

  it.each([
    ['before a wipe', ['b1']],
    ['pre-cache-wipe', ['b1']],
    ['CLIENT scene', ['v1']],
    ['v0-2', ['b2']],
    ['bak-2026-05-11', ['b2']],
    ['r1', ['r1']],
    ['wipe client', []],
  ])('has all words of %s', (search, found) => {
    expect(ids({ search })).toEqual(found);
  });
});

describe('a list that is scrolled', () => {
  const rows = (...ids: string[]) =>
    timelineRows(
      ids.map((id) => testEntry(id, { at: at(20, 1) })),
      now,
    );
  const before = rows('c', 'b', 'a');

  it('stays with the entry that is first in sight when others come above it', () => {
    expect(anchorShift(before, rows('e', 'd', 'c', 'b', 'a'), 0)).toBe(2 * ENTRY_HEIGHT);
    expect(anchorShift(before, rows('d', 'c', 'b', 'a'), DAY_HEIGHT + ENTRY_HEIGHT + 10)).toBe(ENTRY_HEIGHT);
  });

  it('does not move for what comes below', () => {
    expect(anchorShift(before, rows('c', 'b', 'a', 'z'), 40)).toBe(0);
  });

  it('goes up when entries above are gone, and stays where nothing in sight is left', () => {
    expect(anchorShift(before, rows('b', 'a'), DAY_HEIGHT + ENTRY_HEIGHT)).toBe(-ENTRY_HEIGHT);
    expect(anchorShift(before, rows('x'), 0)).toBe(0);
  });
});
