import { z } from 'zod';

/** What a line of a workflow's history is about (behaviour.md §9, cli.md). */
export const HistoryKind = z.enum(['version', 'backup', 'run', 'restore']);
export type HistoryKind = z.infer<typeof HistoryKind>;

/** Where a backup comes from. What a person asked for, and what is a version, is never thinned. */
export const BackupOrigin = z.enum([
  'automatic', // before a destructive change
  'hand', // a person asked for it, with a reason
  'version', // the old file of a bump or a graduation
  'found', // somebody else's, adopted
]);
export type BackupOrigin = z.infer<typeof BackupOrigin>;

/** Why thinning leaves a backup (behaviour.md §9). Null in its place: the next thinning takes it. */
export const Kept = z.enum(['version', 'named', 'pinned', 'in-use', 'latest', 'daily', 'weekly', 'foreign']);
export type Kept = z.infer<typeof Kept>;

export const HistoryEntry = z.object({
  /**
   * Unique in the data folder: what `pin`, `restore` and `diff` take. An absolute path for what the database does not
   * know: the live file of a version, a copy somebody else put into `backups/`.
   */
  id: z.string(),
  kind: HistoryKind,
  /** ISO 8601, by the clock of then. Order is the list's, not the clock's: that may have been set back. */
  at: z.string(),
  /** File name without `.nbflow` of the workflow it is of: `XYZG3-V0-1`. */
  name: z.string(),
  /** Absolute path of that workflow, be it there or not. */
  workflow: z.string(),
  /** `V0-1`; null where the name does not follow the scheme. */
  version: z.string().nullable(),
  /** Slug: `pre-run`, `superseded`, `graduated`; of a run its status; of a restore `with-cache`, `wiped` or `copy`. */
  reason: z.string(),
  /** The file on disk: of a backup its copy, of a run what it wrote. Null: there is none. */
  path: z.string().nullable(),
  sha256: z.string().nullable(),
  /** Bytes of the content, not of what it takes up. */
  size: z.number().nullable(),
  pinned: z.boolean(),
  note: z.string(),
  /** A version whose file lies at its place now. */
  live: z.boolean(),
  /** What can be previewed, compared and restored. */
  hasContent: z.boolean(),
  /** Null: it is no backup. */
  backup: z
    .object({
      origin: BackupOrigin,
      /** False: somebody else's, which the database does not know (yet). */
      known: z.boolean(),
      /** The copy on disk is there. */
      onDisk: z.boolean(),
      kept: Kept.nullable(),
      /** When it was last proven readable, ISO 8601; null: never yet. */
      provenAt: z.string().nullable(),
      /** What the last proof found, one sentence; null: sound. */
      problem: z.string().nullable(),
    })
    .nullable(),
  /** Null: it is no run. */
  run: z.object({ status: z.string(), demo: z.boolean(), finishedAt: z.string().nullable() }).nullable(),
  /** Null: it is no restore. */
  restore: z
    .object({
      backupId: z.string(),
      /** What was there before; null: nothing was, or it went elsewhere. */
      undoBackupId: z.string().nullable(),
    })
    .nullable(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/** Whether the next version is due: a meaningful change since this one was last run (manual, "When to bump"). */
export const BumpAdvice = z.object({
  suggested: z.boolean(),
  /** `2 prompts changed`, `the cache was wiped`. */
  reasons: z.array(z.string()),
  /** `V0-3`. */
  from: z.string(),
  /** The version a bump would make. */
  to: z.string(),
  /** The version a graduation would make; null: it is approved already. */
  graduated: z.string().nullable(),
});
export type BumpAdvice = z.infer<typeof BumpAdvice>;

export const HistorySpace = z.object({
  /** Backups of this workflow. */
  backups: z.number().int(),
  /** Bytes of the copies on disk. */
  onDisk: z.number(),
  /** Bytes their contents take up in the database; shared ones count once. */
  inDatabase: z.number(),
  /** Backups the next thinning takes. */
  thinnable: z.number().int(),
});
export type HistorySpace = z.infer<typeof HistorySpace>;

/** All there is to know of a workflow and its versions. Changes bring the older entries, page by page. */
export const HistoryView = z.object({
  /** The file it was asked for; real path. */
  path: z.string(),
  /** `XYZG3`; the whole name where that does not follow the scheme. */
  code: z.string(),
  /** The file as it is; its hash is null until it was worked out. Null: it is not there. */
  live: z
    .object({ sha256: z.string().nullable(), size: z.number(), version: z.string().nullable() })
    .nullable(),
  /** Newest first. */
  entries: z.array(HistoryEntry),
  /** Entries there are, also those still to come. */
  total: z.number().int(),
  space: HistorySpace,
  /** What is odd: two files that claim a version, a folder that cannot be read. One sentence each. */
  problems: z.array(z.string()),
});
export type HistoryView = z.infer<typeof HistoryView>;

export const HistoryChange = z.object({
  /** New or different ones, and where each belongs: before the entry of this id, or at the end (null). */
  placed: z.array(z.object({ entry: HistoryEntry, before: z.string().nullable() })),
  removed: z.array(z.string()),
  /** All but the entries, as it is now; null: as it was. */
  head: HistoryView.omit({ path: true, entries: true }).nullable(),
});
export type HistoryChange = z.infer<typeof HistoryChange>;

/** What a restore would do, before anything is done. */
export const RestorePreview = z.object({
  backupId: z.string(),
  /** What the backup is of, and when. */
  name: z.string(),
  version: z.string().nullable(),
  at: z.string(),
  /** The file as it is now; null: it is not there. `restore` refuses when it is another by then. */
  live: z.object({ sha256: z.string() }).nullable(),
  /** Nothing would change. */
  identical: z.boolean(),
  /** It is of another version: the name inside becomes this one. Null: it stays. */
  renamedTo: z.string().nullable(),
  /** Prompts, references and settings that are other than in the file now. */
  promptsDiffer: z.number().int(),
  referencesDiffer: z.number().int(),
  nodesAdded: z.number().int(),
  nodesRemoved: z.number().int(),
  /** Image and video nodes of the backup with cached output. */
  cachedNodes: z.number().int(),
  /** Wiping is suggested: cached output may not match what is put back. */
  wipeSuggested: z.boolean(),
  /** Why it cannot be restored; null: it can. */
  problem: z.string().nullable(),
  /** The content is sound but no workflow Flowdeck can read: it can be put back as it is only. */
  unreadable: z.string().nullable(),
});
export type RestorePreview = z.infer<typeof RestorePreview>;

export const Restored = z.object({
  path: z.string(),
  /** What was there before; null: nothing was, or it went elsewhere. */
  undoBackupId: z.string().nullable(),
  /** Why what was there before has no copy on disk, one sentence; null: it has, or there was nothing. */
  problem: z.string().nullable(),
});
export type Restored = z.infer<typeof Restored>;

export const VersionMade = z.object({
  /** Versions: `V0-1`, `V0-2`. */
  from: z.string(),
  to: z.string(),
  /** The new file. */
  path: z.string(),
  /** Where the old file is now. */
  movedTo: z.string(),
  /** What is odd about it, and what of registry and tracker could not be written, one sentence each. */
  problems: z.array(z.string()),
});
export type VersionMade = z.infer<typeof VersionMade>;

export const VerifyEntry = z.object({
  id: z.string(),
  /** Both places were sound, as far as there are two. */
  ok: z.boolean(),
  /** What was wrong, one sentence; null: nothing. */
  problem: z.string().nullable(),
  /** It was made whole again from the other place. */
  repaired: z.boolean(),
});
export type VerifyEntry = z.infer<typeof VerifyEntry>;

export const VerifySums = z.object({
  checked: z.number().int(),
  damaged: z.number().int(),
  repaired: z.number().int(),
});
export type VerifySums = z.infer<typeof VerifySums>;

/** Lines of a verification as it goes; `total` is how many there are to check. */
export const VerifyMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('begun'), total: z.number().int() }),
  z.object({ kind: z.literal('entries'), entries: z.array(VerifyEntry) }),
  z.object({ kind: z.literal('finished'), sums: VerifySums }),
]);
export type VerifyMessage = z.infer<typeof VerifyMessage>;

/** Folds a change into a view. Pure; linear in the number of entries. */
export function applyHistoryChange(view: HistoryView, change: HistoryChange): HistoryView {
  const gone = new Set(change.removed);
  const following = new Map<string | null, HistoryEntry[]>();
  for (const { entry, before } of change.placed) {
    gone.add(entry.id);
    const placed = following.get(before);
    if (placed === undefined) following.set(before, [entry]);
    else placed.push(entry);
  }
  const entries: HistoryEntry[] = [];
  const place = (before: string | null): void => {
    for (const entry of following.get(before) ?? []) {
      place(entry.id);
      entries.push(entry);
    }
  };
  for (const entry of view.entries) {
    if (gone.has(entry.id)) continue;
    place(entry.id);
    entries.push(entry);
  }
  place(null);
  return { ...view, ...change.head, entries };
}
