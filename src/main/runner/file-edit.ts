import { asOneWrite, SavedMeanwhile, sameFile, writeIfStill } from '../platform/held-file.ts';
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
 * again with their version. `real` is the real path. Rejects as openWorkflow does, and with what the disk says.
 */
export async function editFile<T>(
  real: string,
  what: string,
  edit: (opened: OpenedWorkflow) => FileEdit<T> | Promise<FileEdit<T>>,
  deps: FileEditDeps,
): Promise<T> {
  const { disk } = deps;
  const once = async (): Promise<T> => {
    const seen = await disk.stat(real);
    const opened = await openWorkflow(real, deps);
    const { text, result } = await edit(opened);
    if (text === opened.workflow.text) return result;
    try {
      await writeIfStill(real, text, (now) => sameFile(seen, now), disk);
    } catch (error) {
      if (error instanceof SavedMeanwhile) return once();
      throw error;
    }
    return result;
  };
  return asOneWrite(real, what, once, deps);
}
