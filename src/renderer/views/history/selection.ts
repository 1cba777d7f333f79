import type { HistoryEntry, HistoryView } from '../../../shared/history.ts';
import type { DiffRef } from '../../../shared/workflow-diff.ts';

/** Which entry is shown, and which two are compared. Pure. */

/** Ids that are ticked for comparing: none, one that waits for its other, or two. The one ticked first comes first. */
export type Ticked = readonly string[];

/** Ticks an entry, or takes its tick away. A third one replaces the one that was ticked first. */
export function toggleTick(ticked: Ticked, id: string): Ticked {
  if (ticked.includes(id)) return ticked.filter((each) => each !== id);
  return [...ticked, id].slice(-2);
}

/** A click with Control, Command or Shift: the entry that is shown is compared with the one clicked. */
export function clickTick(ticked: Ticked, shown: string | null, id: string): Ticked {
  if (ticked.length === 0 && shown !== null && shown !== id) return [shown, id];
  return toggleTick(ticked, id);
}

/** The two sides of a comparison, the older one first. */
export interface Pair {
  before: DiffRef;
  after: DiffRef;
}

/** What can be one side of a comparison. */
export const isComparable = ({ hasContent }: HistoryEntry): boolean => hasContent;

/** What an entry stands for in a comparison: of a run what it wrote, of a restore what it put back. */
export function sideOf({ id, kind, path, restore }: HistoryEntry): DiffRef {
  if (kind === 'run') return { of: 'run', runId: id, side: path === null ? 'input' : 'output' };
  return { of: 'entry', id: restore?.backupId ?? id };
}

/** The two that are ticked, in the order of the list: newest first. Null: there are not two of them. */
export function tickedPair(entries: readonly HistoryEntry[], ticked: Ticked): Pair | null {
  const [newer, older, ...others] = entries.filter(({ id }) => ticked.includes(id));
  if (newer === undefined || older === undefined || others.length > 0) return null;
  return { before: sideOf(older), after: sideOf(newer) };
}

/**
 * The next older entry whose content is another one; runs and restores lie between such contents and are passed.
 * `liveHash`: of the file now, which its own entry does not tell.
 */
export function oneBefore(
  entries: readonly HistoryEntry[],
  id: string,
  liveHash: string | null,
): HistoryEntry | null {
  const at = entries.findIndex((entry) => entry.id === id);
  const entry = entries[at];
  if (entry === undefined) return null;
  const own = entry.sha256 ?? (entry.live ? liveHash : null);
  const isOther = ({ kind, sha256 }: HistoryEntry) =>
    (kind === 'backup' || kind === 'version') && (sha256 === null || sha256 !== own);
  return entries.slice(at + 1).find((each) => isComparable(each) && isOther(each)) ?? null;
}

/**
 * What a restore put back and replaced, as far as either is kept: ids of entries. `undo` null: there was nothing before, or
 * it was thinned since. `isUndoable`: the file is still there; one that went on as another version would come back beside
 * that. What is older than the entries that have come so far may still come.
 */
export function restoredPair(
  { restore, path }: Pick<HistoryEntry, 'restore' | 'path'>,
  { entries, total }: Pick<HistoryView, 'entries' | 'total'>,
): { put: string | null; undo: string | null; isUndoable: boolean } {
  const isThere = (holds: (entry: HistoryEntry) => boolean) => entries.length < total || entries.some(holds);
  const kept = (id: string | null | undefined): string | null =>
    typeof id === 'string' && isThere((entry) => entry.id === id) ? id : null;
  const undo = kept(restore?.undoBackupId);
  const isUndoable = undo !== null && isThere(({ live, id }) => live && id === path);
  return { put: kept(restore?.backupId), undo, isUndoable };
}
