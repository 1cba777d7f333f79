import type { WipeResult } from '../../shared/contract.ts';
import { fail } from '../../shared/failure.ts';
import type { PromptEdit, PromptSource } from '../../shared/prompts.ts';
import type { Database } from '../db/database.ts';
import { takeBackup } from '../history/backup.ts';
import { type BumpChange, type Bumped, bump } from '../history/bump.ts';
import { restore } from '../history/restore.ts';
import type { Clock } from '../platform/clock.ts';
import { hashOf } from '../platform/content-hash.ts';
import { nodeDisk } from '../platform/disk.ts';
import { nodeFolders } from '../platform/folders.ts';
import { acquireLock, lockFileFor, withFileLock } from '../platform/lock.ts';
import { realPlaceOf } from '../platform/real-place.ts';
import type { SettingsStore } from '../platform/settings-store.ts';
import { accept } from '../runner/accept.ts';
import { assertEditedPrompts } from '../runner/edited-prompts.ts';
import { type Picked, type PickWish, pickInFile } from '../runner/file-pick.ts';
import { openWorkflow } from '../runner/prepare.ts';
import { type Wiped, wipe } from '../runner/wipe.ts';
import { promptEdits, promptSources } from '../workflow/prompt-sources.ts';
import { assertNotSetAside } from '../workflow/set-aside.ts';
import type { WipeTargets } from '../workflow/wipe.ts';
import { createBooks, editNote } from './after-bump.ts';

/**
 * What a person may do to a workflow file between two runs. All but a pick wait for no run: they reject with `locked`
 * while one has the file; and with `workflow-missing`, `workflow-unreadable` or what the disk says.
 * What lies in `backups/` is not changed: `usage`.
 */
export interface Editing {
  /** Clears cached output: of everything, of these nodes, or of these scenes. Picks stay (behaviour.md §4). */
  wipe(path: string, which: WipeTargets): Promise<Wiped & WipeResult>;
  /** Takes stale output as it is. Rejects with `not-found`, and with `usage` where there is nothing to accept. */
  accept(path: string, nodes: number[]): Promise<void>;
  /** Rejects with `not-found` for what is no generation node. */
  prompts(path: string, nodeId: number): Promise<PromptSource[]>;
  /** Puts a backup back, as the history does (history/restore.ts). */
  restore(path: string, backupId: string): Promise<{ undoBackupId: string | null }>;
  /** The next version of the file, unchanged but for its name; writes no books. Rejects as editPrompts does. */
  bump(path: string, change?: Pick<BumpChange, 'note' | 'ownBooks'>): Promise<Bumped>;
  /**
   * Changes prompts in the next version of the file; the old one goes to `backups/`, and a registered workflow's new
   * version into the registry and the tracker (behaviour.md §9). `problems`: what of the latter could not be done, one
   * sentence each. Rejects with `not-found`, with `usage` where the texts are as asked already, and with `check-failed`
   * for prompts that could not be run.
   */
  editPrompts(path: string, edits: PromptEdit[]): Promise<Bumped>;
  /** A person's pick, into the file, whether a run has it or not. Rejects with `not-found` and `usage`. */
  pick(path: string, wish: PickWish): Promise<Picked>;
}

interface EditingParts {
  db: Database;
  settings: SettingsStore;
  clock: Clock;
}

/** Editing on this machine's disk, with its locks. */
export function openEditing({ db, settings, clock }: EditingParts): Editing {
  const deps = {
    db,
    disk: nodeDisk,
    folders: nodeFolders,
    hash: hashOf,
    clock,
    setting: settings.get,
    fields: () => settings.get('workflow.fields'),
    lock: async (file: string, what: string) => acquireLock(await lockFileFor(file), { what }, { clock }),
    alone: <T>(file: string, what: string, work: () => Promise<T>) =>
      withFileLock(file, what, work, { clock }),
    backup: (workflow: string, content: Uint8Array, reason: string) =>
      takeBackup(workflow, content, reason, { db, disk: nodeDisk, clock }),
  };
  const keepBooks = createBooks(deps);
  return {
    wipe: (path, which) => inPlace(path, () => wipe(path, which, deps)),
    accept: (path, nodes) => inPlace(path, () => accept(path, nodes, deps)),
    prompts: async (path, nodeId) => promptSources((await openWorkflow(path, deps)).workflow, nodeId),
    restore: async (path, entry) => {
      const { undo } = await restore(path, { entry }, deps);
      return { undoBackupId: undo?.id ?? null };
    },
    bump: (path, change = {}) => bump(path, change, deps),
    editPrompts: async (path, edits) => {
      let titles: string[] = [];
      const bumped = await bump(
        path,
        {
          edit: (workflow) => {
            const changed = promptEdits(workflow, edits);
            const ids = new Set(changed.map(({ nodeId }) => nodeId));
            titles = [...ids].map((id) => workflow.nodes.get(id)?.title || `node ${id}`);
            if (changed.length > 0) return changed;
            throw fail('usage', 'The prompt is as asked already.', {
              where: path,
              cure: 'Change the text, or re-roll without an edit.',
            });
          },
          verify: assertEditedPrompts,
          note: ({ to }) => editNote(to, titles),
        },
        deps,
      );
      return { ...bumped, problems: [...bumped.problems, ...(await keepBooks())] };
    },
    pick: (path, wish) => inPlace(path, () => pickInFile(path, wish, deps)),
  };
}

/** What is kept in `backups/` is not changed where it lies. */
async function inPlace<T>(path: string, work: () => Promise<T>): Promise<T> {
  assertNotSetAside(await realPlaceOf(path, nodeDisk));
  return work();
}
