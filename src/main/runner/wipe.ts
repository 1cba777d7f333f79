import type { Clock } from '../platform/clock.ts';
import { betweenRuns } from '../platform/held-file.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { putAsideWords, type WipeCounts, type WipeTargets, wipeEdits } from '../workflow/wipe.ts';
import { editFile, type FileEditDeps } from './file-edit.ts';

export interface Wiped extends WipeCounts {
  /** Real path of the workflow. */
  path: string;
  /** Null: there was nothing to clear, and nothing was changed. */
  backup: { id: string; path: string | null; sha256: string; problem: string | null } | null;
}

export interface WipeDeps extends FileEditDeps {
  clock: Clock;
  backup: (
    workflow: string,
    content: Uint8Array,
    reason: string,
  ) => Promise<{ id: string; path: string | null; sha256: string; problem: string | null }>;
}

/**
 * Clears cached output and its fingerprints, after a backup (behaviour.md §4); picks, galleries, prompts and references
 * stay. A file with errors of the check can be wiped too. Rejects with `not-found` for a node or scene that is not there,
 * `locked`, and as openWorkflow does.
 */
export async function wipe(path: string, targets: WipeTargets, deps: WipeDeps): Promise<Wiped> {
  const { db, clock } = deps;
  return betweenRuns(
    path,
    'wipe',
    async (real) => {
      const { nodeIds, wiped } = await editFile(
        real,
        'wipe',
        async ({ workflow, bytes }) => {
          const { edits, nodeIds, counts } = wipeEdits(workflow, targets);
          const text = editWorkflow(workflow.text, edits);
          const backup = text === workflow.text ? null : await deps.backup(real, bytes, 'pre-cache-wipe');
          return { text, result: { nodeIds, wiped: { ...counts, path: real, backup } } };
        },
        deps,
      );
      // After the file: a process that dies in between leaves outputs that the next run takes up, which costs nothing
      // and which wiping again mends. The other way round it would leave a file that is not wiped, and paid outputs that
      // nobody finds any more. What is in flight stays: it is fresh. Also when the file had nothing to clear: the wipe
      // before may have ended here.
      await db.commits.write(() => {
        db.journal.putAside(real, nodeIds, putAsideWords(wiped.backup?.id ?? null), clock.now());
        db.fingerprints.remove(real, nodeIds);
      });
      return wiped;
    },
    deps,
  );
}
