import { dirname } from 'node:path';
import { hashOf } from '../../platform/content-hash.ts';
import type { Disk } from '../../platform/disk.ts';
import { findProjectFolder } from '../../platform/project-folder.ts';
import { addressOf } from '../../runner/reference-address.ts';

/**
 * Whether a reference became the address under which a run stored this very picture (behaviour.md §5, step 6). A picture
 * that is not on this machine any more is taken for the same: nobody can tell.
 */
export async function samePicture(
  workflow: string,
  before: string | null,
  after: string | null,
  disk: Pick<Disk, 'read' | 'list'>,
): Promise<boolean> {
  const stored = /\/refs\/([0-9a-f]{64})\.[a-z0-9]+$/.exec(after ?? '')?.[1];
  if (stored === undefined || before === null) return false;
  const address = addressOf(before, [dirname(workflow), await findProjectFolder(workflow, disk)]);
  if (address.kind !== 'local') return false;
  for (const path of address.paths) {
    const bytes = await disk.read(path);
    if (bytes !== null) return (await hashOf(bytes)) === stored;
  }
  return true;
}
