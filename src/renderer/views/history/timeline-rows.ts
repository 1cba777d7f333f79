import type { HistoryEntry, HistoryKind } from '../../../shared/history.ts';
import { fileName } from '../../components/format.ts';
import { backupReason, entryTitle } from './history-words.ts';

/** Which entries the timeline shows, under which day, and how high each row is. Pure. */

export type KindFilter = 'all' | HistoryKind;

export interface TimelineQuery {
  search: string;
  kind: KindFilter;
  pinnedOnly: boolean;
}

export const everything: TimelineQuery = { search: '', kind: 'all', pinnedOnly: false };

export type TimelineRow =
  | { kind: 'day'; key: string; label: string }
  | { kind: 'entry'; key: string; entry: HistoryEntry };

/** Pixels; rows have one height each, so that a list of any length has its place for each at once. */
export const DAY_HEIGHT = 32;
export const ENTRY_HEIGHT = 52;
export const heightOf = (row: TimelineRow | undefined): number =>
  row?.kind === 'day' ? DAY_HEIGHT : ENTRY_HEIGHT;

/**
 * What passes the query, in its order. `textOf`: what an entry is found by, in small letters; who asks at every key
 * keeps it (`keptTexts`).
 */
export function shownEntries(
  entries: readonly HistoryEntry[],
  query: TimelineQuery,
  textOf: (entry: HistoryEntry) => string = searchText,
): HistoryEntry[] {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(
    (entry) =>
      (query.kind === 'all' || entry.kind === query.kind) &&
      (!query.pinnedOnly || entry.pinned) &&
      words.every((word) => textOf(entry).includes(word)),
  );
}

/** Texts of entries to search in, each made once. An entry that changes is another one. */
export function keptTexts(): (entry: HistoryEntry) => string {
  const known = new WeakMap<HistoryEntry, string>();
  return (entry) => {
    const text = known.get(entry) ?? searchText(entry);
    known.set(entry, text);
    return text;
  };
}

/**
 * A heading wherever the day is another than that of the entry above. The clock may have been set back, and order is
 * the list's: then a day comes twice.
 */
export function timelineRows(entries: readonly HistoryEntry[], nowMs: number): TimelineRow[] {
  const rows: TimelineRow[] = [];
  const dayOf = dayLabels(nowMs);
  let last: string | null = null;
  for (const entry of entries) {
    const label = dayOf(entry.at);
    if (label !== last) rows.push({ kind: 'day', key: `day before ${entry.id}`, label });
    last = label;
    rows.push({ kind: 'entry', key: entry.id, entry });
  }
  return rows;
}

function searchText(entry: HistoryEntry): string {
  const { id, reason, note, version, name, path, backup } = entry;
  const file = path === null ? '' : fileName(path);
  const why = backup === null ? '' : backupReason(reason);
  return `${entryTitle(entry)} ${why} ${reason} ${note} ${version ?? ''} ${name} ${id} ${file}`.toLowerCase();
}

const dayFormat = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

/** `Today`, `Yesterday`, else the day in full. Formatting is slow for thousands: once for each day. */
function dayLabels(nowMs: number): (iso: string) => string {
  const now = new Date(nowMs);
  const today = dayKey(now);
  const yesterday = dayKey(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1));
  const known = new Map([
    [today, 'Today'],
    [yesterday, 'Yesterday'],
  ]);
  return (iso) => {
    const at = new Date(iso);
    const key = dayKey(at);
    const label = known.get(key) ?? (Number.isNaN(at.getTime()) ? iso : dayFormat.format(at));
    known.set(key, label);
    return label;
  };
}

/** One number for each local day. */
const dayKey = (at: Date): number => (at.getFullYear() * 12 + at.getMonth()) * 31 + at.getDate();

/**
 * How far a list that is scrolled to `top` has to be scrolled on, in pixels, so that the first entry in sight stays
 * where it is although others came or went above it. Nothing, when none of those in sight is left.
 */
export function anchorShift(
  before: readonly TimelineRow[],
  after: readonly TimelineRow[],
  top: number,
): number {
  const now = new Map<string, number>();
  let start = 0;
  for (const row of after) {
    now.set(row.key, start);
    start += heightOf(row);
  }
  let place = 0;
  for (const row of before) {
    const next = row.kind === 'entry' && place + heightOf(row) > top ? now.get(row.key) : undefined;
    if (next !== undefined) return next - place;
    place += heightOf(row);
  }
  return 0;
}
