import { realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { fail } from '../../shared/failure.ts';

/** The folders to watch: a person's own, or the sample as long as there are none. Pure. */
export function projectRoots(own: readonly string[], sample: string | null): readonly string[] {
  if (own.length > 0 || sample === null) return own;
  return [sample];
}

/**
 * The roots with one more; the same array when it lies within one already. Rejects with `folder` for what is not a
 * folder, and with `usage` for one too large to watch.
 */
export async function withRoot(roots: readonly string[], added: string): Promise<readonly string[]> {
  if (!path.isAbsolute(added)) {
    throw fail('usage', 'A project folder needs its whole path.', {
      where: added,
      cure: 'Begin at the top of the disk.',
    });
  }
  const root = path.resolve(added);
  const isFolder = await stat(root).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw fail('folder', 'There is no such folder.', {
      where: root,
      cure: 'Look at the spelling, or make the folder first.',
    });
  }
  if (root === path.parse(root).root || root === homedir()) {
    throw fail('usage', 'This folder is too large to watch.', {
      where: root,
      cure: 'Add the folder of a project instead.',
    });
  }
  if (roots.some((known) => root === known || root.startsWith(known + path.sep))) return roots;
  return [...roots, root];
}

/** The same folders with links resolved, as runs name their workflows; one that is not there stays as it is written. */
export function realRoots(roots: readonly string[]): Promise<string[]> {
  return Promise.all(roots.map((root) => realpath(root).catch(() => root)));
}
