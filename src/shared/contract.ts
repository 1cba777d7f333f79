import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { Finding, Plan, RerollTarget, RunOptions } from './domain.ts';
import { Failure, failureCodes } from './failure.ts';
import {
  BumpAdvice,
  HistoryChange,
  HistoryView,
  Restored,
  RestorePreview,
  VerifyMessage,
  VersionMade,
} from './history.ts';
import { liveMessage } from './live.ts';
import { PromptEdit, PromptSource } from './prompts.ts';
import { QueueChange, QueueEntry, QueueView } from './queue.ts';
import {
  AfterCare,
  AfterCareDone,
  Diagnosis,
  RecoveriesChange,
  RecoveriesView,
  RecoveryAction,
  RecoveryStep,
} from './recovery.ts';
import { RunGraph } from './run-graph.ts';
import { JournalEntry, RunChange, RunSummary, RunView } from './run-view.ts';
import { ServiceName, ServicesChange, ServicesView } from './services.ts';
import { StoreTest } from './store-test.ts';
import { Comparison, DiffRef } from './workflow-diff.ts';
import { WorkflowsChange, WorkflowsView } from './workflows.ts';

/**
 * The one contract of the wire: the same over WebSocket, MessagePort and in-process (architecture.md, rule 5).
 * Every procedure can fail with a Failure, whose code is the error's code and whose `data` is the whole of it.
 */
const base = oc.errors(
  Object.fromEntries(failureCodes.map((code) => [code, { data: Failure }])) as {
    [K in (typeof failureCodes)[number]]: { data: typeof Failure };
  },
);

const path = z.string().min(1).max(4096);
const runId = z.string().min(1).max(100);
const id = z.string().min(1).max(100);
/** An id of the history: also a path. */
const entry = z.string().min(1).max(4096);

export const RunsView = z.object({ runs: z.array(RunSummary) });
export type RunsView = z.infer<typeof RunsView>;

/** Changed or new runs, whole; newest first after folding. */
export const RunsChange = z.object({ upserted: z.array(RunSummary) });
export type RunsChange = z.infer<typeof RunsChange>;

export function applyRunsChange(view: RunsView, change: RunsChange): RunsView {
  const ids = new Set(change.upserted.map((run) => run.runId));
  const runs = [...change.upserted, ...view.runs.filter((run) => !ids.has(run.runId))];
  return { runs: runs.sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0)) };
}

export const AppInfo = z.object({
  version: z.string(),
  platform: z.string(),
  dataDir: z.string(),
  /** Which face this window is. */
  face: z.enum(['electron', 'browser', 'test']),
  node: z.string(),
  /** A secret is kept in an encrypted file because this system has no keychain. */
  secretsInFile: z.boolean(),
  /** Things to tell a person once, such as a damaged settings file that was set aside. */
  warnings: z.array(z.string()),
});
export type AppInfo = z.infer<typeof AppInfo>;

export const WipeResult = z.object({
  /** Nodes that had output. */
  images: z.number().int(),
  videos: z.number().int(),
  tabs: z.number().int(),
  /** Null: there was nothing to clear, and nothing was changed. */
  backup: z
    .object({
      id: z.string(),
      path: z.string().nullable(),
      /** Why there is no copy on disk, one sentence; null: there is. */
      problem: z.string().nullable(),
    })
    .nullable(),
});
export type WipeResult = z.infer<typeof WipeResult>;

export const FixResult = z.object({
  /** What was repaired. */
  fixed: z.array(Finding),
  /** Path of the file as it was; null: no copy could be written, or there was nothing to repair. */
  backup: z.string().nullable(),
  /** The same backup as `workflows.restore` takes it; null: there was nothing to repair, and nothing was changed. */
  backupId: z.string().nullable(),
  /** Why there is no copy on disk, one sentence. */
  problem: z.string().nullable(),
});
export type FixResult = z.infer<typeof FixResult>;

export const Rerolled = z.object({
  /** The run that does it; null while it waits in the queue. */
  runId: z.string().nullable(),
  /** The file it is done in: the next version, when prompts were edited. */
  path: z.string(),
  /** What was not written into registry and tracker of that version, one sentence each. */
  problems: z.array(z.string()),
});
export type Rerolled = z.infer<typeof Rerolled>;

export const SettingEntry = z.object({
  key: z.string(),
  value: z.unknown(),
  default: z.unknown(),
  changed: z.boolean(),
  meaning: z.string(),
});
export type SettingEntry = z.infer<typeof SettingEntry>;

export const contract = {
  app: {
    info: base.output(AppInfo),
  },
  settings: {
    list: base.output(z.array(SettingEntry)),
    set: base.input(z.object({ key: z.string().max(200), value: z.unknown() })).output(SettingEntry),
    unset: base.input(z.object({ key: z.string().max(200) })).output(SettingEntry),
    /** Writes a tiny object to a store of the settings, finds it again, and fetches its public address. */
    testStore: base.input(z.object({ name: z.string().min(1).max(100) })).output(StoreTest),
  },
  services: {
    watch: base.output(eventIterator(liveMessage(ServicesView, ServicesChange))),
    start: base.input(z.object({ service: ServiceName })).output(z.void()),
    stop: base.input(z.object({ service: ServiceName })).output(z.void()),
    restart: base.input(z.object({ service: ServiceName })).output(z.void()),
    /** Tells a pending consumer of the tunnel's address at once. */
    tellConsumer: base.input(z.object({ id })).output(z.void()),
  },
  workflows: {
    watch: base.output(eventIterator(liveMessage(WorkflowsView, WorkflowsChange))),
    check: base.input(z.object({ path })).output(z.array(Finding)),
    /** Repairs what is safely repairable after a backup; tells what was changed. */
    fix: base.input(z.object({ path })).output(FixResult),
    plan: base.input(z.object({ path, options: RunOptions })).output(Plan),
    addRoot: base.input(z.object({ path })).output(z.void()),
    /** Clears cached output, of all nodes, of some, or of some scenes, after a backup (behaviour.md §4). */
    wipe: base
      .input(
        z.object({
          path,
          nodes: z.array(z.number()).optional(),
          scenes: z.array(z.number().int()).optional(),
        }),
      )
      .output(WipeResult),
    /** Takes the stale output of these nodes as it is: the plan calls them cached from now on. */
    accept: base.input(z.object({ path, nodes: z.array(z.number()).min(1) })).output(z.void()),
    /** Texts that make up a node's prompt, the ones nearest to it first. */
    prompts: base.input(z.object({ path, nodeId: z.number() })).output(z.array(PromptSource)),
    /** Puts a backup back, after backing up what is there: the undo of a destructive change. */
    restore: base
      .input(z.object({ path, backupId: z.string().min(1).max(100) }))
      .output(z.object({ undoBackupId: z.string().nullable() })),
  },
  runs: {
    watch: base.output(eventIterator(liveMessage(RunsView, RunsChange))),
    start: base.input(z.object({ path, options: RunOptions })).output(z.object({ runId })),
    watchOne: base.input(z.object({ runId })).output(eventIterator(liveMessage(RunView, RunChange))),
    pause: base.input(z.object({ runId })).output(z.void()),
    resume: base.input(z.object({ runId })).output(z.void()),
    cancel: base.input(z.object({ runId })).output(z.void()),
    setConcurrency: base
      .input(z.object({ runId, concurrency: z.number().int().min(1).max(5) }))
      .output(z.void()),
    /** A person's pick at a gate; row and candidate count from 1. */
    pick: base
      .input(
        z.object({
          runId,
          gate: z.number(),
          row: z.number().int().min(1),
          candidate: z.number().int().min(1),
        }),
      )
      .output(z.void()),
    /**
     * Makes nodes or candidates anew, in the run if it goes on in this process, else in a new run of its file.
     * With `edits` the prompts are changed first, in the next version of the file: not while a run holds it.
     */
    reroll: base
      .input(
        z.object({
          runId,
          targets: z.array(RerollTarget).min(1).max(20_000),
          edits: z.array(PromptEdit).max(1000).default([]),
        }),
      )
      .output(Rerolled),
    /** The workflow as it was drawn when the run began. */
    graph: base.input(z.object({ runId })).output(RunGraph),
    /** What was asked of the run when it began. */
    options: base.input(z.object({ runId })).output(RunOptions),
    journal: base.input(z.object({ runId, nodeId: z.number() })).output(z.array(JournalEntry)),
  },
  /** Interrupted runs, and what becomes of them (behaviour.md §8). */
  recovery: {
    watch: base.output(eventIterator(liveMessage(RecoveriesView, RecoveriesChange))),
    /** Looks at everything, changes nothing. Takes seconds: addresses are asked for. */
    diagnose: base.input(z.object({ path })).output(Diagnosis),
    /** Where a person is in the wizard, so that it can be left and taken up again. */
    keep: base
      .input(z.object({ path, step: RecoveryStep, action: RecoveryAction.nullable() }))
      .output(z.void()),
    /**
     * Carries a plan out, after a backup. `asked`: nodes with a request of unknown fate that a person wants made anew.
     * The answer comes when the run has begun; null: no run was needed.
     */
    apply: base
      .input(
        z.object({
          path,
          action: RecoveryAction,
          /** As the plan has them. */
          nodes: z.array(z.number()).max(20_000).default([]),
          backup: z.string().max(4096).nullable().default(null),
          asked: z.array(z.number()).max(20_000).default([]),
        }),
      )
      .output(z.object({ runId: runId.nullable(), backupId: z.string().nullable() })),
    /** What the wizard's last step offers. */
    afterCare: base.input(z.object({ path })).output(AfterCare),
    doAfterCare: base
      .input(
        z.object({
          path,
          bump: z.boolean(),
          note: z.string().max(2000),
          registry: z.boolean(),
          tracker: z.boolean(),
        }),
      )
      .output(AfterCareDone),
    /** Takes a recovery off the list; the run stays in the records. */
    dismiss: base.input(z.object({ path })).output(z.void()),
  },
  /** Versions, backups and restores of a workflow (behaviour.md §9). `entry`: the id of a line of the history. */
  history: {
    /** The newest entries at once, the older ones as changes, page by page. */
    watch: base.input(z.object({ path })).output(eventIterator(liveMessage(HistoryView, HistoryChange))),
    /** A backup a person asks for; `reason` in words of theirs, which become a slug. */
    backup: base
      .input(z.object({ path, reason: z.string().max(200), note: z.string().max(2000).default('') }))
      // `problem`: why there is no copy on disk, one sentence; null: there is.
      .output(z.object({ id, path: z.string().nullable(), problem: z.string().nullable() })),
    /** Takes a copy that somebody else put into `backups/` into the database. */
    adopt: base.input(z.object({ path, entry })).output(z.object({ id })),
    /** Pins and notes; what is left out stays. A pinned copy of somebody else is adopted: the answer is its id now. */
    annotate: base
      .input(z.object({ entry, pinned: z.boolean().optional(), note: z.string().max(2000).optional() }))
      .output(z.object({ id: entry })),
    preview: base.input(z.object({ path, entry })).output(RestorePreview),
    /**
     * Puts a backup or a version in place of the file, after backing up what is there; or writes it to `to`, where
     * nothing may be yet. `seen`: the file's hash as the preview had it, null where there was none; left out: whatever
     * it is. Rejects with `locked` when it is another by now.
     */
    restore: base
      .input(
        z.object({
          path,
          entry,
          wipeCache: z.boolean().default(false),
          to: path.nullable().default(null),
          seen: z.string().length(64).nullable().optional(),
        }),
      )
      .output(Restored),
    /** Whether the next version is due. Null: the name follows no scheme. */
    advice: base.input(z.object({ path })).output(BumpAdvice.nullable()),
    bump: base.input(z.object({ path, note: z.string().max(2000) })).output(VersionMade),
    /** Approval, by a person: `V0-5` → `V1`, into `approved/`. */
    graduate: base.input(z.object({ path, note: z.string().max(2000) })).output(VersionMade),
    /**
     * The undo of a bump or a graduation, while the new file is as it was made. Gives the old file's path, and what of
     * registry and tracker could not be written, one sentence each.
     */
    undoVersion: base
      .input(z.object({ path }))
      .output(z.object({ path: z.string(), problems: z.array(z.string()) })),
    compare: base.input(z.object({ before: DiffRef, after: DiffRef })).output(Comparison),
    /**
     * Ids of the pictures and clips behind addresses of a workflow, as the window shows media; null: this machine has no
     * copy. `beside`: the workflow files they stand in, for relative paths.
     */
    pictures: base
      .input(z.object({ addresses: z.array(z.string().max(4096)).max(200), beside: z.array(path).max(4) }))
      .output(z.array(z.string().nullable())),
    /** Re-hashes every backup, of one workflow or of all (null), and repairs what has a sound twin. */
    verify: base.input(z.object({ path: path.nullable() })).output(eventIterator(VerifyMessage)),
  },
  /** Runs that wait their turn (behaviour.md §5). */
  queue: {
    watch: base.output(eventIterator(liveMessage(QueueView, QueueChange))),
    /**
     * Starts at once when nothing is in the way. Rejects with `locked` when the file is queued or running already.
     * With a place `to`, from 0, it only waits its turn there, or is held: the undo of a removal.
     */
    add: base
      .input(
        z.object({
          path,
          options: RunOptions,
          to: z.number().int().min(0).optional(),
          held: z.boolean().optional(),
        }),
      )
      .output(z.object({ entry: QueueEntry, runId: z.string().nullable() })),
    /** `to` counts from 0. */
    move: base.input(z.object({ id, to: z.number().int().min(0) })).output(z.void()),
    hold: base.input(z.object({ id })).output(z.void()),
    /** Lets a held or failed one wait for its turn again. */
    release: base.input(z.object({ id })).output(z.void()),
    remove: base.input(z.object({ id })).output(z.void()),
    pause: base.output(z.void()),
    resume: base.output(z.void()),
  },
};
export type Contract = typeof contract;
