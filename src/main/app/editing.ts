import type { WipeResult } from '../../shared/contract.ts';
import { fail } from '../../shared/failure.ts';
import type { PromptEdit, PromptSource } from '../../shared/prompts.ts';

/** What a person may do to a workflow file between two runs. Each takes the file's lock and a backup first. */
export interface Editing {
  /** Clears cached output: of everything, of these nodes, or of these scenes. Picks stay (behaviour.md §4). */
  wipe(
    path: string,
    which: { nodes?: number[] | undefined; scenes?: number[] | undefined },
  ): Promise<WipeResult>;
  /** Takes stale output as it is. Rejects with `not-found`, and with `usage` where there is nothing to accept. */
  accept(path: string, nodes: number[]): Promise<void>;
  prompts(path: string, nodeId: number): Promise<PromptSource[]>;
  /** Puts a backup back after backing up what is there. Rejects with `not-found`, `locked`. */
  restore(path: string, backupId: string): Promise<{ undoBackupId: string }>;
  /** Changes prompts in the next version of the file; the old one goes to `backups/` (behaviour.md §9). */
  editPrompts(
    path: string,
    edits: PromptEdit[],
  ): Promise<{ path: string; from: string; to: string; movedTo: string }>;
}

const notYet = async (): Promise<never> => {
  throw fail('usage', 'This comes with a later version.');
};

export function openEditing(): Editing {
  return { wipe: notYet, accept: notYet, prompts: notYet, restore: notYet, editPrompts: notYet };
}
