import type { RunOptions } from '../../shared/domain.ts';
import type {
  AfterCare,
  AfterCareDone,
  Diagnosis,
  RecoveryAction,
  RecoveryEntry,
  RecoveryPlan,
  RecoveryStep,
} from '../../shared/recovery.ts';
import type { Database } from '../db/database.ts';
import type { Clock } from '../platform/clock.ts';
import type { DataPaths } from '../platform/paths.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { SettingsStore } from '../platform/settings-store.ts';
import type { RunHandle, Runner } from '../runner/runner-api.ts';
import type { Editing } from './editing.ts';
import type { Services } from './services.ts';

/** A plan of a diagnosis, to be carried out. */
export interface RecoveryWish extends Pick<RecoveryPlan, 'action' | 'nodes' | 'backup'> {
  /** Nodes whose request of unknown fate is given up and made anew. */
  asked: number[];
}

export interface Applied {
  /** The run that carries it out; null: none was needed. */
  handle: RunHandle | null;
  /** The workflow as it was before; null: there was no file, or nothing was changed. */
  backupId: string | null;
}

export type RecoveryEvent =
  | { type: 'backup.created'; id: string; path: string | null; sha256: string; problem: string | null }
  | { type: 'restored'; backupId: string; path: string; undoBackupId: string | null };

export interface DiagnoseHow {
  signal?: AbortSignal;
  /** What goes before the options of the interrupted run. */
  options?: Partial<RunOptions>;
}

export interface ApplyHow extends DiagnoseHow {
  /** As of a run: stay at gates without a pick. */
  waitAtGates?: boolean;
  tell?: (what: RecoveryEvent) => void;
}

export interface AfterCareWish {
  bump: boolean;
  note: string;
  registry: boolean;
  tracker: boolean;
}

/** What the faces may ask about interrupted runs (behaviour.md §8). All paths may be links. */
export interface Recovery {
  /** Runs that were cut short, and recoveries that go on, as the topic has them. */
  entries(): Promise<RecoveryEntry[]>;
  /**
   * Looks at everything and changes nothing. Rejects with `workflow-missing` for a file that is not there and has no
   * backup, or went on as the next version.
   */
  diagnose(path: string, how?: DiagnoseHow): Promise<Diagnosis>;
  /** As diagnose, with what a run has to be asked that goes on where the last one was cut short. */
  look(path: string, how?: DiagnoseHow): Promise<{ diagnosis: Diagnosis; options: RunOptions }>;
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
  /** Does what is wished for, and then takes it off the list. What cannot be done is told, the rest is done. */
  doAfterCare(path: string, wish: AfterCareWish): Promise<AfterCareDone>;
  /** Hears when a recovery of this process was begun, went on or ended. */
  onChanged(listener: () => void): () => void;
}

export interface RecoveryParts {
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
