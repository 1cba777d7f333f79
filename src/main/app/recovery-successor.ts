import { basename, dirname, join } from 'node:path';
import { fail } from '../../shared/failure.ts';
import { nextVersion } from '../../shared/version.ts';
import type { Database } from '../db/database.ts';
import type { Disk } from '../platform/disk.ts';

/**
 * Rejects with `workflow-missing` for a file that is not there because it went on as the next version: what was ordered
 * and fetched for it belongs to that one now, and putting the old one back would pay for it again.
 */
export async function refuseSuperseded(
  workflow: string,
  { db, disk }: { db: Pick<Database, 'backups' | 'versions'>; disk: Pick<Disk, 'stat'> },
): Promise<void> {
  let path = workflow;
  while ((await disk.stat(path)) === null) {
    const made = db.versions.successorOf(path);
    if (made === null && !db.backups.of(path).some(({ origin }) => origin === 'version')) return;
    path = made?.workflow ?? bumpedFrom(path);
  }
  if (path === workflow) return;
  throw fail('workflow-missing', `${basename(workflow)} went on as ${basename(path)}.`, {
    where: path,
    cure: `Recover ${basename(path)}: what was paid for is taken there. The old version lies in backups/.`,
  });
}

/** Of before there was a table of versions. */
function bumpedFrom(path: string): string {
  const name = basename(path).replace(/\.nbflow$/i, '');
  return join(dirname(path), `${nextVersion(name)}${basename(path).slice(name.length)}`);
}
