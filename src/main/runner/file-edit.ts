import { resolve } from 'node:path';
import type { Disk } from '../platform/disk.ts';
import { writeLockOf } from '../platform/lock.ts';
import { type OpenedWorkflow, openWorkflow, type PrepareDeps } from './prepare.ts';
import type { RunnerDeps } from './runner-deps.ts';

export type FileEditDeps = PrepareDeps & Pick<RunnerDeps, 'alone' | 'lock'>;

/** A workflow's new text, and what to tell of it. The text as it was: nothing is written. */
export interface FileEdit<T> {
  text: string;
  result: T;
}

/**
 * Reads, edits and writes a workflow while nothing else of ours writes to it. When a person saves it meanwhile, it begins
 * again with their version. `path` is the real one. Rejects as openWorkflow does, and with what the disk says.
 */
export async function editFile<T>(
  path: string,
  what: string,
  edit: (opened: OpenedWorkflow) => FileEdit<T> | Promise<FileEdit<T>>,
  deps: FileEditDeps,
): Promise<T> {
  return deps.alone(writeLockOf(path), what, async () => {
    for (;;) {
      const seen = await deps.disk.stat(path);
      const opened = await openWorkflow(path, deps);
      const { text, result } = await edit(opened);
      if (text === opened.workflow.text) return result;
      if (!isSame(seen, await deps.disk.stat(path))) continue;
      await deps.disk.write(path, text);
      return result;
    }
  });
}

/** Does the work while no run has the file; `work` gets its real path. Rejects with `locked`. */
export async function betweenRuns<T>(
  path: string,
  what: string,
  work: (real: string) => Promise<T>,
  deps: FileEditDeps,
): Promise<T> {
  const real = await realPathOf(path, deps.disk);
  const lock = await deps.lock(real, `${what} ${real}`);
  try {
    return await work(real);
  } finally {
    await lock.release();
  }
}

/** Links followed. One that is not there keeps its name: opening it tells. */
export const realPathOf = async (path: string, disk: Disk): Promise<string> =>
  (await disk.realPath(resolve(path))) ?? resolve(path);

type Stat = Awaited<ReturnType<Disk['stat']>>;
const isSame = (a: Stat, b: Stat): boolean =>
  a !== null && b !== null && a.mtimeMs === b.mtimeMs && a.size === b.size && a.ino === b.ino;
