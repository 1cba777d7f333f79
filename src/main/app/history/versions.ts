import type { WorkflowDiff } from '../../../shared/workflow-diff.ts';
import type { Database } from '../../db/database.ts';
import { lookForAdvice } from '../../history/advice-look.ts';
import { type Bumped, bump } from '../../history/bump.ts';
import { graduate } from '../../history/graduate.ts';
import { undoVersion } from '../../history/undo-version.ts';
import type { Clock } from '../../platform/clock.ts';
import { nodeDisk } from '../../platform/disk.ts';
import { realPathOf } from '../../platform/held-file.ts';
import { acquireLock, lockFileFor, withFileLock } from '../../platform/lock.ts';
import type { SettingsStore } from '../../platform/settings-store.ts';
import { createBooks } from '../after-bump.ts';
import type { Versions } from './history-api.ts';
import { createRestoringWork } from './restoring-thread.ts';
import { samePicture } from './same-picture.ts';

export interface VersionsParts {
  db: Database;
  settings: SettingsStore;
  clock: Clock;
  /** Off this thread. Rejects with `workflow-unreadable`. */
  diffContents: (before: Uint8Array, after: Uint8Array, file: string) => Promise<WorkflowDiff>;
  /** Entry of the thread that reads large files (restoring-worker.ts). */
  restoringWorker: string;
  /** Hears what could not be written into registry and tracker where nobody waits for it, a sentence each. */
  onProblem: (problem: string) => void;
}

/** Versions on this machine's disk, with its locks and the books people keep. */
export function openVersions({ db, settings, clock, diffContents, ...parts }: VersionsParts): Versions {
  const deps = {
    db,
    disk: nodeDisk,
    clock,
    diffContents,
    samePicture: (workflow: string, before: string | null, after: string | null) =>
      samePicture(workflow, before, after, nodeDisk),
    fields: () => settings.get('workflow.fields'),
    prepare: createRestoringWork(parts.restoringWorker).content,
    lock: async (file: string, what: string) => acquireLock(await lockFileFor(file), { what }, { clock }),
    alone: <T>(file: string, what: string, work: () => Promise<T>) =>
      withFileLock(file, what, work, { clock }),
  };
  const keepBooks = createBooks(deps);
  const booked = async (made: Bumped): Promise<Bumped> => ({
    ...made,
    problems: [...made.problems, ...(await keepBooks(made.path))],
  });
  return {
    advice: (path) => lookForAdvice(path, deps),
    bump: async (path, note) => booked(await bump(path, { note: () => note.trim() }, deps)),
    graduate: async (path, note) => booked(await graduate(path, note.trim(), deps)),
    undoVersion: async (path) => {
      // People name the file they bumped, too; that is gone.
      const real = await realPathOf(path, nodeDisk);
      const isThere = (await nodeDisk.stat(real)) !== null;
      const made = isThere ? real : (db.versions.successorOf(real)?.workflow ?? real);
      const old = await undoVersion(made, deps);
      return { ...old, problems: await keepBooks() };
    },
    catchUp: async () => {
      for (const problem of await keepBooks()) parts.onProblem(problem);
    },
  };
}
