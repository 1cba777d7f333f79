import { basename, dirname, join } from 'node:path';
import { graduatedVersion } from '../../shared/version.ts';
import type { Disk } from '../platform/disk.ts';
import { type BumpDeps, type Bumped, type Succession, succeedWith } from './bump.ts';

const graduating: Succession = {
  how: 'graduation',
  reason: 'graduated',
  nameAfter: graduatedVersion,
  folderFor: approvedFolder,
};

/**
 * A person approves a version under test (behaviour.md §9): `V0-5` goes on as `V1`, `V2-0-4` as `V2`. From `testing/` it
 * goes to `approved/`, from elsewhere beside itself. Only its name changes. Rejects with `usage` for one that is approved
 * already, else as `bump` does; what that promises of crashes holds here too.
 */
export const graduate = (path: string, note: string, deps: BumpDeps): Promise<Bumped> =>
  succeedWith(path, graduating, { note: () => note }, deps);

/** As the group spells it. */
async function approvedFolder(real: string, disk: Disk): Promise<string> {
  const own = dirname(real);
  if (basename(own).toLowerCase() !== 'testing') return own;
  const names = await disk.list(dirname(own));
  const there = names.filter((name) => name.toLowerCase() === 'approved').sort();
  return join(dirname(own), there.includes('approved') ? 'approved' : (there[0] ?? 'approved'));
}
