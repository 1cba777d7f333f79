import type { HistoryEntry, Kept } from '../../shared/history.ts';
import { versionIn } from '../../shared/version.ts';
import type { Annotation } from '../db/annotations.ts';
import type { BackupRow } from '../db/backups.ts';
import type { Folders } from '../platform/folders.ts';
import { readCopyName } from './foreign-names.ts';
import { type Lineage, nameOf } from './lineage.ts';
import {
  backupEntry,
  type ForeignFile,
  foreignEntry,
  type LiveFile,
  liveEntry,
  restoreEntry,
  runEntry,
  type Said,
} from './list-entries.ts';
import { type ListFacts, lookedAt } from './list-facts.ts';
import { lifted, newestFirst, type Timed } from './list-order.ts';

/** What is known of the runs that have no end of their own, by their ids. */
export type RunsNow = ReadonlyMap<string, { status: string; finishedAt: string | null }>;

export interface ListInput {
  lineage: Lineage;
  facts: ListFacts;
  annotations: ReadonlyMap<string, Annotation>;
  /** Why retention leaves a backup; null: the next thinning takes it. */
  kept: ReadonlyMap<string, Kept | null>;
  runsNow: RunsNow;
}

/** A line of the list that is still to be made; null when what it is about is gone. */
export interface Line extends Timed {
  /** Hash of its content, where the database knows its size. */
  sha256: string | null;
  /** `size` of that content; null: nobody knows. */
  entry(size: number | null): HistoryEntry | Promise<HistoryEntry | null>;
}

/** Every line, newest first (list-order.ts). Nothing is read. */
export function listLines(
  { lineage, facts, annotations, kept, runsNow }: ListInput,
  folders: Folders,
): Line[] {
  const said: Said = (id) => annotations.get(id) ?? NOTHING_SAID;
  const { made, isOnDisk } = facts;
  // A name may have been given again after its copy was gone: what lies there is the newest one's.
  const owners = new Map(facts.backups.map(({ path, id }) => [path, id]));
  const inOrder = <T>(rows: readonly T[], at: (row: T) => number, entry: (row: T) => HistoryEntry) => {
    const times = lifted(rows.map(at));
    return rows.map((row, i): Line => ({ time: times[i] ?? 0, sha256: null, entry: () => entry(row) }));
  };
  // Made just before the old file went, but it is the newer one.
  const since = ({ path, mtimeMs }: LiveFile): number => Math.max(mtimeMs, made.get(path)?.at ?? 0);
  const live = facts.live.toSorted((a, b) => since(a) - since(b));
  const backup = (row: BackupRow, time: number): Line => ({
    time,
    sha256: row.sha256,
    entry: (size) =>
      backupEntry(
        row,
        {
          size,
          onDisk: row.path !== null && owners.get(row.path) === row.id && isOnDisk(row.path),
          kept: kept.get(row.id) ?? null,
          isVersion: isVersion(row, lineage),
          made: made.get(row.workflow) ?? null,
        },
        said,
      ),
  });
  const foreign = async (copy: ForeignFile) => {
    const seen = await lookedAt(copy, folders);
    return seen && foreignEntry(seen, said);
  };
  // Those that others made have no order but that of their times: when one was adopted says nothing.
  const others = facts.foreign.map(
    (copy): Line => ({ time: copy.at, sha256: null, entry: () => foreign(copy) }),
  );
  const own: BackupRow[] = [];
  for (const row of facts.backups) {
    if (row.origin === 'found') others.push(backup(row, row.at));
    else own.push(row);
  }
  const times = lifted(own.map(({ at }) => at));
  return newestFirst([
    others.sort((a, b) => a.time - b.time),
    own.map((row, i) => backup(row, times[i] ?? 0)),
    inOrder(
      facts.runs,
      ({ startedAt }) => startedAt,
      (run) => runEntry(run, runsNow.get(run.id) ?? null, said),
    ),
    inOrder(
      facts.restores,
      ({ at }) => at,
      (row) => restoreEntry(row, said),
    ),
    inOrder(live, since, (file) => liveEntry(file, made.get(file.path) ?? null, said)),
  ]);
}

const NOTHING_SAID: Annotation = { pinned: false, note: '' };

/** The old file of a bump or a graduation; or an adopted one that lies in `backups/` under a version's own name. */
function isVersion({ origin, path, workflow }: BackupRow, { code }: Lineage): boolean {
  if (versionIn(nameOf(workflow)) === null) return false;
  if (origin === 'version') return true;
  return origin === 'found' && path !== null && readCopyName(fileOf(path), code)?.plain === true;
}

const fileOf = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
