import type { RunOptions } from '../../shared/domain.ts';
import { fail } from '../../shared/failure.ts';
import type {
  AfterCare,
  AfterCareDone,
  Diagnosis,
  RecoveryAction,
  RecoveryStep,
} from '../../shared/recovery.ts';
import type { Database } from '../db/database.ts';
import type { RecoveryRow } from '../db/recoveries.ts';
import type { Clock } from '../platform/clock.ts';
import { nodeDisk } from '../platform/disk.ts';
import { realPathOf } from '../platform/held-file.ts';
import type { DataPaths } from '../platform/paths.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { SettingsStore } from '../platform/settings-store.ts';
import type { RunHandle, Runner } from '../runner/runner-api.ts';
import type { Editing } from './editing.ts';
import type { Services } from './services.ts';

/** A plan of a diagnosis, to be carried out. */
export interface RecoveryWish {
  action: RecoveryAction;
  /** Nodes that lose their output first (`wipe`). */
  nodes: number[];
  /** The backup to put back (`restore`): its id, or its path. */
  backup: string | null;
  /** Nodes whose request of unknown fate is given up and made anew. */
  asked: number[];
}

export interface RecoveryHow {
  signal?: AbortSignal;
  /** What goes before the options of the interrupted run. */
  options?: Partial<RunOptions>;
}

export interface ApplyHow extends RecoveryHow {
  /** As of a run: stay at gates without a pick. */
  waitAtGates?: boolean;
}

export interface Applied {
  /** The run that carries it out; null: none was needed. */
  handle: RunHandle | null;
  /** The workflow as it was before; null: there was no file, or nothing was changed. */
  backupId: string | null;
}

/** What the faces may ask about interrupted runs (behaviour.md §8). All paths may be links. */
export interface Recovery {
  /**
   * Looks at everything and changes nothing. Rejects with `workflow-missing` for a file that is not there and has no
   * backup.
   */
  diagnose(path: string, how?: RecoveryHow): Promise<Diagnosis>;
  /**
   * Carries a plan out, after a backup; resolves when the run has begun. Rejects with `locked` while a run has the file,
   * with `usage` when the plan would now cost more than when it was shown, else as `Runner.start` does.
   */
  apply(path: string, wish: RecoveryWish, how?: ApplyHow): Promise<Applied>;
  /** Where a person is in it, so that it can be left and taken up again. */
  keep(path: string, step: RecoveryStep, action: RecoveryAction | null): Promise<void>;
  /** Takes it off the list; the run stays in the records. */
  dismiss(path: string): Promise<void>;
  afterCare(path: string): Promise<AfterCare>;
  doAfterCare(
    path: string,
    wish: { bump: boolean; note: string; registry: boolean; tracker: boolean },
  ): Promise<AfterCareDone>;
  /** Hears when a recovery of this process was begun, went on or ended. */
  onChanged(listener: () => void): () => void;
}

interface RecoveryParts {
  db: Database;
  settings: SettingsStore;
  secrets: Secrets;
  clock: Clock;
  paths: DataPaths;
  runner: Runner;
  editing: Editing;
  /** Those of this process, once somebody has opened them. */
  services: () => Promise<Services> | null;
}

export function openRecovery({ db, clock, runner }: RecoveryParts): Recovery {
  const listeners = new Set<() => void>();
  const remember = async (
    workflow: string,
    change: Partial<Omit<RecoveryRow, 'workflow' | 'changedAt'>>,
  ): Promise<void> => {
    const run = (await runner.cutShort()).find((summary) => summary.workflow === workflow) ?? null;
    await db.commits.write(() => {
      const known = db.recoveries.find(workflow);
      // Another run was cut short since: what was done about the one before is another story.
      const other = run !== null && run.runId !== known?.runId && run.runId !== known?.appliedRunId;
      const before = known === null || other ? { ...NOTHING_DONE, runId: run?.runId ?? null } : known;
      db.recoveries.put({ ...before, ...change, workflow, changedAt: clock.now() });
    });
    for (const listener of listeners) listener();
  };
  const notYet = () => fail('internal', 'This is being built.');

  return {
    diagnose: async () => {
      throw notYet();
    },
    apply: async () => {
      throw notYet();
    },
    keep: async (path, step, action) => remember(await realPathOf(path, nodeDisk), { step, action }),
    dismiss: async (path) => remember(await realPathOf(path, nodeDisk), { step: 'over' }),
    afterCare: async () => {
      throw notYet();
    },
    doAfterCare: async () => {
      throw notYet();
    },
    onChanged: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const NOTHING_DONE = {
  step: 'happened',
  action: null,
  appliedRunId: null,
  undoBackupId: null,
} satisfies Partial<RecoveryRow>;
