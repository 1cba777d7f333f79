import { RunStatus } from '../../../shared/domain.ts';
import type { HistoryEntry, HistorySpace, HistoryView } from '../../../shared/history.ts';
import { bytes, counted } from '../../components/format.ts';
import { type Marked, runMark } from '../../components/marks.ts';

/** What the history says of its entries, in words people know. Pure. */

const backupReasons: Readonly<Record<string, string>> = {
  'pre-run': 'before a run',
  'pre-cache-wipe': 'before a wipe',
  'pre-fix': 'before a repair',
  'pre-restore': 'before a restore',
  'pre-recovery': 'before a recovery',
  superseded: 'superseded by the next version',
  graduated: 'as it was approved',
  manual: 'made by hand',
  found: 'found in backups/',
};

/** Why a backup was made: of a known slug in words, of another one its words. */
export function backupReason(slug: string): string {
  const [own = '', damaged] = slug.split('.damaged-');
  if (damaged !== undefined) return `${backupReason(own)}, damaged, put aside`;
  const words = slug.replaceAll('-', ' ').trim();
  return backupReasons[slug] ?? (words === '' ? 'without a reason' : words.replace(/^pre /, 'before '));
}

const restoreReasons: Readonly<Record<string, string>> = {
  'with-cache': 'with its cache',
  wiped: 'cache wiped',
  copy: 'as a copy',
};

const versionReasons: Readonly<Record<string, string>> = {
  superseded: 'superseded by the next one',
  graduated: 'as it was approved',
  found: 'found in backups/',
};

/** What an entry is, beside its mark: `before a run`, `completed`, `with its cache`. */
export function reasonWords(entry: HistoryEntry): string {
  switch (entry.kind) {
    case 'backup':
      return backupReason(entry.reason);
    case 'run':
      return runState(entry).word;
    case 'restore':
      return restoreReasons[entry.reason] ?? entry.reason.replaceAll('-', ' ');
    case 'version':
      return entry.live
        ? 'the file now'
        : (versionReasons[entry.reason] ?? entry.reason.replaceAll('-', ' '));
  }
}

/** A run's status with its mark; one that this window does not know by its word alone. */
export function runState({ reason, run }: HistoryEntry): Marked {
  const status = RunStatus.safeParse(run?.status ?? reason);
  return status.success ? runMark(status.data) : { mark: 'waiting', word: reason };
}

export const kindWords: Readonly<Record<HistoryEntry['kind'], string>> = {
  version: 'Version',
  backup: 'Backup',
  run: 'Run',
  restore: 'Restore',
};

/** `Backup before a run`, `Version V0-3, the file now`: one line for a heading, a list and a screen reader. */
export function entryTitle(entry: HistoryEntry): string {
  const words = reasonWords(entry);
  if (entry.kind === 'version') return `Version ${entry.version ?? entry.name}, ${words}`;
  return `${kindWords[entry.kind]} ${words}`;
}

/** What is worth a mark on an entry, worst first. */
export function entryFlags({ backup }: HistoryEntry): Marked[] {
  if (backup === null) return [];
  if (!backup.known) return [{ mark: 'needs-you', word: 'not Flowdeck’s' }];
  return [
    ...(backup.problem === null ? [] : [{ mark: 'failed', word: 'damaged' } as const]),
    ...(backup.onDisk ? [] : [{ mark: 'cached', word: 'only in the database' } as const]),
  ];
}

/** How many of each are kept; as the setting `history.retention`. */
export interface Retention {
  latest: number;
  daily: number;
  weekly: number;
}

/** Why thinning leaves a backup, or that it does not; null: it is no backup. `retention` null: not known yet. */
export function keptWords({ backup, note }: HistoryEntry, retention: Retention | null): string | null {
  switch (backup?.kept) {
    case undefined:
      return null;
    case null:
      return 'The next thinning takes it. Pin it to keep it.';
    case 'version':
      return 'For ever: it is a version.';
    case 'named':
      if (note !== '') return 'For ever: it has a note.';
      return backup?.origin === 'found' ? 'For ever: it was adopted.' : 'For ever: a person asked for it.';
    case 'pinned':
      return 'For ever, while it is pinned.';
    case 'foreign':
      return 'Flowdeck never removes what it did not make.';
    case 'in-use':
      return 'While something can be undone with it.';
    case 'latest':
      return retention ? `One of the latest ${retention.latest}.` : 'One of the latest.';
    case 'daily':
      return retention
        ? `The last of its day; so for ${counted(retention.daily, 'day')} that have backups.`
        : 'The last of its day.';
    case 'weekly':
      return retention
        ? `The last of its week; so for ${counted(retention.weekly, 'week')} that have backups.`
        : 'The last of its week.';
  }
}

/** `41 backups · 212 MB on disk · 3 MB in the database · 6 will be thinned`. */
export function spaceWords({ backups, onDisk, inDatabase, thinnable }: HistorySpace): string {
  // Copies of somebody else may be there: they are in the list, with a mark.
  if (backups === 0) return 'No backups of Flowdeck’s yet';
  return [
    counted(backups, 'backup'),
    `${bytes(onDisk)} on disk`,
    `${bytes(inDatabase)} in the database`,
    ...(thinnable > 0 ? [`${thinnable} will be thinned`] : []),
  ].join(' · ');
}

/** What can be put back: a run has a backup of its own, and a restore is undone instead. */
export const isRestorable = ({ kind, hasContent }: HistoryEntry): boolean =>
  hasContent && (kind === 'backup' || kind === 'version');

/** Its content is that of the file whose history is looked at. The entry of a live file does not tell its hash. */
export const isTheFileNow = ({ live, workflow, sha256 }: HistoryEntry, view: HistoryView): boolean =>
  (live && workflow === view.path) || (sha256 !== null && sha256 === view.live?.sha256);

/**
 * What a person looks for at first: the newest that can be put back and is other than the file now, such as what was
 * there before a wipe. Copies of somebody else are of times that nobody is sure of. Where there is none, the newest of all.
 */
export function firstChoice(view: HistoryView): string | null {
  const other = view.entries.find(
    (entry) =>
      isRestorable(entry) &&
      !entry.live &&
      entry.backup?.known !== false &&
      !isTheFileNow(entry, view) &&
      (entry.backup?.problem ?? null) === null,
  );
  return (other ?? view.entries[0])?.id ?? null;
}
