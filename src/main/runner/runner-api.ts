import type { FixResult } from '../../shared/contract.ts';
import type { Finding, Plan, RerollTarget, RunOptions } from '../../shared/domain.ts';
import type { Failure } from '../../shared/failure.ts';
import type { RunEvent, RunEventOf } from '../../shared/run-events.ts';
import type { RunGraph } from '../../shared/run-graph.ts';
import type { JournalEntry, RunChange, RunSummary, RunView } from '../../shared/run-view.ts';

/** What the faces may ask of the runner. Made by `createRunner` (runner.ts). */
export interface Runner {
  /**
   * The sanity check of the file as it is now; references on the web are asked whether they are there, unless
   * `askReferences` is false. Rejects with `workflow-missing` or `workflow-unreadable`.
   */
  check(path: string, how?: { askReferences?: boolean }): Promise<Finding[]>;
  /** Repairs what is safely repairable, after a backup; both backup fields are null when nothing was to be done. */
  fix(path: string): Promise<FixResult>;
  /**
   * What a run would do; touches nothing. Cached addresses on the web are asked whether they are still there, unless
   * `askStores` is false.
   */
  plan(path: string, options: RunOptions, how?: { askStores?: boolean }): Promise<Plan>;
  /**
   * Takes the lock, checks and plans, then begins. Rejects with `locked`, `workflow-…`, `check-failed`,
   * `backend-unreachable`, `backend-refused`, `folder` or `usage` before anything was changed; the lock is let go.
   */
  start(path: string, options: RunOptions, control?: StartControl): Promise<RunHandle>;
  /** A person's pick of a run that goes on or has ended, written into its workflow file; row and candidate count from 1. */
  pick(runId: string, gate: number, row: number, candidate: number): Promise<void>;
  /** Newest first. Runs of other processes and earlier days are in it, with `live: false`. */
  recentRuns(limit: number): Promise<RunSummary[]>;
  /** As recentRuns, of one workflow, by its real path. */
  runsOf(workflow: string, limit: number): Promise<RunSummary[]>;
  /**
   * The newest run of each workflow, where it was interrupted or could not go on, by whatever process. Newest first.
   */
  cutShort(): Promise<RunSummary[]>;
  /** A run's record: as it stands for a live one, as it ended for an old one. Null: no such run. */
  view(runId: string): Promise<RunView | null>;
  /** The live run of this process, if it is one. */
  handle(runId: string): RunHandle | null;
  journal(runId: string, nodeId: number): JournalEntry[];
  /** Whether every gate that held a run has a person's pick in the file now. Rejects as `check` does. */
  picksMade(runId: string): Promise<boolean>;
  /** What was asked of a run. Null: no such run. */
  optionsOf(runId: string): RunOptions | null;
  /** The workflow as it was drawn when the run began. Null: no such run, or one of an earlier version. */
  graph(runId: string): RunGraph | null;
  /** Last run of a workflow, by its real path. */
  lastRunOf(path: string): { runId: string; status: string; at: string } | null;
  /**
   * Sends outputs that runs left on this machine because their store was away; resolves with how many still wait.
   * Rejects with what keeps their addresses out of a workflow just now.
   */
  sendLeft(signal: AbortSignal): Promise<number>;
  /** Hears of every run of this process that begins. */
  onStarted(listener: (handle: RunHandle) => void): () => void;
  /** Cancels live runs and waits until they have written what they know. */
  close(): Promise<void>;
}

export interface StartControl {
  signal?: AbortSignal;
  /**
   * With `gates: hold`: stay and go on by itself when the picks are made, here or in the file, instead of ending as
   * `held`. A window waits, a command does not.
   */
  waitAtGates?: boolean;
  /** Outputs of a run without a journal, found in `Assets/` or in the store: taken instead of generated. */
  salvage?: Salvage;
  /** Nodes whose request of unknown fate is given up and made anew: a person said so. */
  asked?: ReadonlySet<number>;
}

/** What recovery found for places of a workflow that the journal knows nothing of (behaviour.md §7, §8). */
export interface Salvage {
  /** How many places it has something for. */
  readonly size: number;
  has(nodeId: number, row: number, candidate: number): boolean;
  /**
   * The file of this place, looked at anew: whole, of the right kind, with this hash; or `why` it cannot be taken after
   * all. `url`: where the store has it already.
   */
  take(
    nodeId: number,
    row: number,
    candidate: number,
    signal: AbortSignal,
  ): Promise<{ file: string; sha256: string; url: string | null } | { why: string }>;
}

export interface RunHandle {
  readonly runId: string;
  /** Real path of the workflow. */
  readonly workflow: string;
  view(): RunView;
  /** Every event, as it happens; the first listener of a run also gets those that came before it. */
  onEvent(listener: (event: RunEvent) => void): () => void;
  /** Changes of the view, gathered to at most ten a second. */
  onChange(listener: (change: RunChange) => void): () => void;
  /** No new submissions; what is in flight finishes. */
  pause(): void;
  resume(): void;
  /** Asks the backend to stop what it can, writes what is known, ends as `interrupted`. */
  cancel(): void;
  setConcurrency(nodes: number): void;
  pick(gate: number, row: number, candidate: number): Promise<void>;
  /** Makes nodes or candidates of this run anew. Rejects with `not-found`, or `usage` for what is in the making. */
  reroll(targets: readonly RerollTarget[]): Promise<void>;
  /** Never rejects. */
  readonly finished: Promise<{ event: RunEventOf<'run.finished'>; failure: Failure | null }>;
}
