import type { HistoryChange, HistoryEntry, HistoryView } from '../../shared/history.ts';

/** Entries of one message: folded and sent in a few milliseconds. */
export const PAGE = 1000;

/** What leads from one view of a history to a later one, in changes that are small enough; none where they are alike. Pure. */
export function historyChanges(before: HistoryView, now: HistoryView): HistoryChange[] {
  const old = new Map(before.entries.map((entry, at) => [entry.id, { entry, at }]));
  const ids = new Set(now.entries.map(({ id }) => id));
  const removed = before.entries.flatMap(({ id }) => (ids.has(id) ? [] : [id]));
  const stays = inPlace(now.entries, (id) => old.get(id)?.at ?? null);
  const placed: HistoryChange['placed'] = [];
  let anchor: string | null = null;
  for (const entry of now.entries.toReversed()) {
    const known = old.get(entry.id);
    if (known !== undefined && stays.has(entry.id) && isAlike(known.entry, entry)) anchor = entry.id;
    else placed.push({ entry, before: anchor });
  }
  return inPages(placed.reverse(), removed, headChange(before, now));
}

function headChange(before: HistoryView, now: HistoryView): HistoryChange['head'] {
  const [was, is] = [headOf(before), headOf(now)];
  return isAlike(was, is) ? null : is;
}

/** The same facts, two levels deep as entries and heads are: thousands of them are compared in a few milliseconds. */
function isAlike(a: object, b: object): boolean {
  const [left, right] = [Object.entries(a), b as Record<string, unknown>];
  return (
    left.length === Object.keys(b).length &&
    left.every(([key, value]) => {
      const other = right[key];
      if (value === other) return true;
      return isObject(value) && isObject(other) && isAlike(value, other);
    })
  );
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const headOf = ({ path: _path, entries: _entries, ...head }: HistoryView) => head;

/** Entries that come after all of a view: the older pages of it. Pure. */
export const olderPage = (entries: readonly HistoryEntry[]): HistoryChange => ({
  placed: entries.map((entry) => ({ entry, before: null })),
  removed: [],
  head: null,
});

function inPages(
  placed: HistoryChange['placed'],
  removed: string[],
  head: HistoryChange['head'],
): HistoryChange[] {
  const pages: HistoryChange[] = [];
  for (let at = 0; at < placed.length; at += PAGE) {
    pages.push({ placed: placed.slice(at, at + PAGE), removed: [], head: null });
  }
  if (pages.length === 0 && (removed.length > 0 || head !== null))
    pages.push({ placed: [], removed: [], head });
  const [first] = pages;
  if (first !== undefined) Object.assign(first, { removed, head });
  return pages;
}

/** As many as possible of those that were there before and are in the same order still: the others were moved. */
function inPlace(entries: readonly HistoryEntry[], placeOf: (id: string) => number | null): Set<string> {
  /** By length: the row of that many that ends soonest. */
  const ends: { id: string; at: number; before: Link }[] = [];
  for (const { id } of entries) {
    const at = placeOf(id);
    if (at === null) continue;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle]?.at ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    ends[low] = { id, at, before: ends[low - 1] ?? null };
  }
  const stays = new Set<string>();
  for (let link: Link = ends.at(-1) ?? null; link !== null; link = link.before) stays.add(link.id);
  return stays;
}

type Link = { id: string; at: number; before: Link } | null;
