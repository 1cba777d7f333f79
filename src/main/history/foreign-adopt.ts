import { randomUUID } from 'node:crypto';
import { fail } from '../../shared/failure.ts';
import { type FindDeps, type FoundBackup, findBackup } from './find-backup.ts';
import type { Lineage } from './lineage.ts';

export interface AdoptWish {
  /** Whose copy it must be. */
  lineage?: Lineage | null;
}

/**
 * Takes a copy that somebody else put into `backups/` into the database; the file stays as it is. One that is known
 * already stays the one it is. Gives its id. Rejects as findBackup does, and with `not-found` for what is no copy.
 */
export async function adoptCopy(ref: string, deps: FindDeps, { lineage }: AdoptWish = {}): Promise<string> {
  return adoptFound(await findBackup(ref, deps, { lineage: lineage ?? null }), deps);
}

/** The same, of what was found. */
export async function adoptFound(found: FoundBackup, { db }: Pick<FindDeps, 'db'>): Promise<string> {
  if (found.id !== null) return found.id;
  const { what, path, workflow, at, reason } = found;
  const content = what === 'foreign' ? await found.read() : null;
  if (content === null || path === null) {
    throw fail('not-found', 'There is no copy to adopt.', {
      where: path ?? found.label,
      cure: 'Name a file in backups/ of the workflow.',
    });
  }
  const packed = await db.backups.pack(content, workflow);
  return db.commits.write(() => {
    // Adopted by another Flowdeck, or a second call, meanwhile.
    const known = db.historyPages.copyAt(path);
    if (known !== null) return known.id;
    const id = randomUUID();
    db.backups.put({ id, workflow, path, reason, origin: 'found', at }, packed);
    db.annotations.rename(path, id);
    return id;
  });
}
