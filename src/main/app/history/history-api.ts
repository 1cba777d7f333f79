import type {
  BumpAdvice,
  HistoryChange,
  HistoryView,
  RestorePreview,
  VerifyEntry,
  VerifySums,
  VersionMade,
} from '../../../shared/history.ts';
import type { Comparison, DiffRef } from '../../../shared/workflow-diff.ts';
import type { RestoreDone } from '../../history/restore.ts';
import type { Topic } from '../topic.ts';

/** Versions that are made of a workflow (behaviour.md §9). All reject with `locked` while a run has the file. */
export interface Versions {
  /** Null: the name follows no scheme, so there is no next version. */
  advice(path: string): Promise<BumpAdvice | null>;
  bump(path: string, note: string): Promise<VersionMade>;
  graduate(path: string, note: string): Promise<VersionMade>;
  /** The undo of either, while the new file is as it was made: by its path, or by that of the old one. */
  undoVersion(path: string): Promise<{ path: string; problems: string[] }>;
  /** Writes what a process that died did not write into registry and tracker. */
  catchUp(): Promise<void>;
}

export interface RestoreWish {
  /** An id, the beginning of one, or the path of a copy. */
  entry: string;
  wipeCache?: boolean;
  /** Writes it there instead, where nothing may be yet. */
  to?: string | null;
  /** The file's hash as it was when the person decided; null: it was not there. Left out: whatever it is. */
  seen?: string | null | undefined;
  /** Until the file is written. Rejects with `interrupted`, and all is as it was. */
  signal?: AbortSignal | undefined;
}

export interface Restoring {
  /** Changes nothing. */
  preview(path: string, entry: string): Promise<RestorePreview>;
  restore(path: string, wish: RestoreWish): Promise<RestoreDone>;
}

export interface Proofs {
  /** Re-hashes every backup, of one workflow's lineage or of all (null), and repairs what has a sound twin. */
  verify(
    path: string | null,
    tell: (entry: VerifyEntry, progress: { total: number }) => void,
    signal?: AbortSignal,
  ): Promise<Verified>;
  /**
   * What is done once a day, in small steps: old backups are thinned, a part of the others is proven, and books that
   * were left unwritten are written. Nothing when it was done today, or another process is at it. What `signal` cuts
   * short is done another time.
   */
  upkeep(signal: AbortSignal): Promise<void>;
}

export interface Verified extends VerifySums {
  /** Bytes of the contents that were proven. */
  bytes: number;
  /** Whose copy on disk could not be read; their content in the database is whole. */
  unchecked: number;
  /** Without a copy on disk. */
  inDatabaseOnly: number;
}

export interface Comparing {
  compare(before: DiffRef, after: DiffRef): Promise<Comparison>;
}

export interface Listing {
  /** All of it. */
  list(path: string): Promise<HistoryView>;
  /** The newest at once, the older ones as changes. One topic a lineage, as long as somebody watches. */
  watch(path: string): Promise<Topic<HistoryView, HistoryChange>>;
  /** `reason`: words that become a slug; none: `manual`. `problem`: why there is no copy on disk, a sentence. */
  backup(
    path: string,
    wish: { reason?: string | undefined; note?: string | undefined },
  ): Promise<{ id: string; path: string | null; sha256: string; problem: string | null }>;
  adopt(path: string, copy: string): Promise<{ id: string }>;
  /** The id it is shown under from now on: a pinned copy of somebody else is adopted. */
  annotate(
    entry: string,
    what: { pinned?: boolean | undefined; note?: string | undefined },
  ): Promise<{ id: string }>;
}

/** What the faces may ask about backups, versions and restores (behaviour.md §9). All paths may be links. */
export interface History extends Versions, Restoring, Proofs, Comparing, Listing {}
