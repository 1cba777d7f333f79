import { basename } from 'node:path';
import { fail } from '../../shared/failure.ts';
import type { BackupDeps } from './backup.ts';
import { wholeContent } from './contents.ts';
import { isOf, lineageOf } from './lineage.ts';

/** A backup that can be put back. */
export interface Restorable {
  id: string;
  /** Whose it is: the path of then. */
  workflow: string;
  /** The copy on disk; null: there is none. */
  path: string | null;
  reason: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** Null: neither of its twins is whole. */
  read(): Promise<Uint8Array | null>;
}

/** The backup of this workflow, or of another version of it, that is meant. Rejects with `not-found`. */
export async function restorable(workflow: string, entry: string, deps: BackupDeps): Promise<Restorable> {
  const row = deps.db.backups.find(entry);
  if (row !== null && isOf(row.workflow, lineageOf(workflow)))
    return { ...row, read: () => wholeContent(row, deps) };
  throw fail('not-found', `There is no backup ${entry} of ${basename(workflow)}.`, {
    where: workflow,
    cure: `"flowdeck history ${workflow}" lists them.`,
  });
}
