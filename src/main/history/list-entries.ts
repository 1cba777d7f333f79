import type { HistoryEntry, Kept } from '../../shared/history.ts';
import { versionIn } from '../../shared/version.ts';
import type { Annotation } from '../db/annotations.ts';
import type { BackupRow } from '../db/backups.ts';
import type { ListedRun } from '../db/history-pages.ts';
import type { RestoreRow } from '../db/restores.ts';
import type { VersionRow } from '../db/versions.ts';
import type { CopyName } from './foreign-names.ts';
import { nameOf } from './lineage.ts';

/** What is said of an entry by people; asked by the id it is shown under. */
export type Said = (id: string) => Annotation;

/** A file of a version at its place. */
export interface LiveFile {
  path: string;
  size: number;
  mtimeMs: number;
}

/** A copy that only the disk knows. `size` is null until somebody looks at the file. */
export interface ForeignFile {
  path: string;
  named: CopyName;
  workflow: string;
  at: number;
  size: number | null;
}

const iso = (at: number): string => new Date(at).toISOString();

const NO_KIND = { backup: null, run: null, restore: null } as const;

/** `made`: how the file came to be, when we made it. */
export function liveEntry(file: LiveFile, made: VersionRow | null, said: Said): HistoryEntry {
  const name = nameOf(file.path);
  const { pinned, note } = said(file.path);
  return {
    ...{ id: file.path, kind: 'version', at: iso(file.mtimeMs), name, workflow: file.path },
    ...{
      version: versionIn(name),
      reason: made?.how ?? 'live',
      path: file.path,
      sha256: null,
      size: file.size,
    },
    ...{ pinned, note: note || (made?.note ?? ''), live: true, hasContent: true },
    ...NO_KIND,
  };
}

/** `made` as above: the note of a version stays with it when the next one has come. */
export function backupEntry(
  row: BackupRow,
  facts: {
    size: number | null;
    onDisk: boolean;
    kept: Kept | null;
    isVersion: boolean;
    made: VersionRow | null;
  },
  said: Said,
): HistoryEntry {
  const { id, workflow, reason, path, sha256, origin, provenAt, problem } = row;
  const { size, onDisk, kept, isVersion, made } = facts;
  const name = nameOf(workflow);
  const { pinned, note } = said(id);
  return {
    ...{ id, kind: isVersion ? 'version' : 'backup', at: iso(row.at), name, workflow },
    ...{ version: versionIn(name), reason, path: onDisk ? path : null, sha256, size },
    ...{ pinned, note: note || (isVersion ? (made?.note ?? '') : ''), live: false, hasContent: true },
    ...NO_KIND,
    backup: {
      ...{ origin, known: true, onDisk, kept, problem },
      provenAt: provenAt === null ? null : iso(provenAt),
    },
  };
}

export function foreignEntry({ path, named, workflow, at, size }: ForeignFile, said: Said): HistoryEntry {
  const { name, version, reason, plain } = named;
  const { pinned, note } = said(path);
  return {
    ...{ id: path, kind: plain && version !== null ? 'version' : 'backup', at: iso(at), name, workflow },
    ...{ version, reason: reason ?? FOUND, path, sha256: null, size },
    ...{ pinned, note, live: false, hasContent: true },
    ...NO_KIND,
    backup: { origin: 'found', known: false, onDisk: true, kept: 'foreign', provenAt: null, problem: null },
  };
}

/** Reason of a copy whose name tells none. */
const FOUND = 'found';

/** `now`: how it stands, and its end, where its row does not tell because it has none of its own. */
export function runEntry(
  run: ListedRun,
  now: { status: string; finishedAt: string | null } | null,
  said: Said,
): HistoryEntry {
  const { id, workflow, startedAt, output, demo } = run;
  const status = now?.status ?? run.status;
  const finishedAt = now?.finishedAt ?? (run.finishedAt === null ? null : iso(run.finishedAt));
  const name = nameOf(workflow);
  return {
    ...{ id, kind: 'run', at: iso(startedAt), name, workflow, version: versionIn(name) },
    ...{ reason: status, path: output, sha256: null, size: null, ...said(id) },
    ...{ live: false, hasContent: output !== null },
    ...NO_KIND,
    run: { status, demo, finishedAt },
  };
}

export function restoreEntry(row: RestoreRow, said: Said): HistoryEntry {
  const { id, workflow, how, path, sha256, backupId, undoBackupId } = row;
  const name = nameOf(workflow);
  return {
    ...{ id, kind: 'restore', at: iso(row.at), name, workflow, version: versionIn(name) },
    ...{ reason: how, path, sha256, size: null, ...said(id), live: false, hasContent: false },
    ...NO_KIND,
    restore: { backupId, undoBackupId },
  };
}
