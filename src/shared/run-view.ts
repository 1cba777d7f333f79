import { z } from 'zod';
import {
  AwayPart,
  ErrorClass,
  GenerationKind,
  NodeState,
  PlanReason,
  PlanTotals,
  RunCause,
  RunCounts,
  RunMode,
  RunStatus,
} from './domain.ts';

/**
 * A run as the window shows it. The main side keeps one `RunView` for each run, changes it only through
 * `applyRunChange`, and sends the same changes over the wire: both sides fold alike.
 */

export const CandidateView = z.object({
  row: z.number().int(),
  candidate: z.number().int(),
  state: z.enum([
    'missing',
    'waiting',
    'submitting',
    'generating',
    'downloading',
    'storing',
    'done',
    'cached',
    'failed',
  ]),
  attempt: z.number().int(),
  /** Opaque path below the face's media address (`media/…`), null until the bytes are on this machine. */
  media: z.string().nullable(),
  url: z.string().nullable(),
  file: z.string().nullable(),
  sha256: z.string().nullable(),
  taskId: z.string().nullable(),
  message: z.string().nullable(),
});
export type CandidateView = z.infer<typeof CandidateView>;

/** One try at a candidate, as a bar of the timeline. ISO times; null while it has not come to that. */
export const AttemptView = z.object({
  row: z.number().int(),
  candidate: z.number().int(),
  /** From 1, over the whole run: a re-roll goes on counting. */
  attempt: z.number().int(),
  /** Asked to go out: the bar begins here. */
  queuedAt: z.string(),
  /** G-Labs took it; later, when it says so, began to work on it. The lighter part of the bar ends here. */
  submittedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  outcome: z.enum(['working', 'done', 'failed', 'lost']),
  taskId: z.string().nullable(),
  message: z.string().nullable(),
});
export type AttemptView = z.infer<typeof AttemptView>;

export const NodeErrorView = z.object({
  error: ErrorClass,
  message: z.string(),
  attempts: z.number().int(),
  cure: z.string(),
});
export type NodeErrorView = z.infer<typeof NodeErrorView>;

/** A gate below a generation node: where a person picks. */
export const GateView = z.object({
  nodeId: z.number(),
  title: z.string(),
  /** The person's picks in the file, one per row at most; row and candidate count from 1. */
  picks: z.array(z.object({ row: z.number().int(), candidate: z.number().int() })),
  /** What the machine took for the rows without a person's pick. */
  machinePicks: z.array(z.object({ row: z.number().int(), candidate: z.number().int() })),
  /** A run is held here until a person picks. */
  held: z.boolean(),
});
export type GateView = z.infer<typeof GateView>;

export const RunNodeView = z.object({
  nodeId: z.number(),
  tab: z.string(),
  tabIndex: z.number().int(),
  title: z.string(),
  kind: GenerationKind,
  scene: z.number().int(),
  rows: z.number().int(),
  /** Candidates of one row (`outputCount`). */
  perRow: z.number().int(),
  aspectRatio: z.string(),
  model: z.string(),
  state: NodeState,
  /** A word to the state: `waiting for node 14`, `2 of 4`. */
  note: z.string().nullable(),
  reason: PlanReason,
  trusted: z.boolean(),
  short: z.boolean(),
  attempt: z.number().int(),
  /** One per row, placeholders filled. */
  prompts: z.array(z.string()),
  references: z.array(z.object({ label: z.string(), url: z.string(), media: z.string().nullable() })),
  /** Nodes whose output this one needs (gates resolved to what feeds them). */
  needs: z.array(z.number()),
  gates: z.array(GateView),
  candidates: z.array(CandidateView),
  /** In the order they began. */
  attempts: z.array(AttemptView).default([]),
  error: NodeErrorView.nullable(),
  /** ISO times of the node's own life in this run. */
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type RunNodeView = z.infer<typeof RunNodeView>;

export const RunSummary = z.object({
  runId: z.string(),
  workflow: z.string(),
  name: z.string(),
  mode: RunMode,
  status: RunStatus,
  demo: z.boolean(),
  server: z.string(),
  concurrency: z.number().int(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  counts: RunCounts,
  plan: PlanTotals,
  /** Candidates done of those this run set out to make. */
  done: z.number().int(),
  total: z.number().int(),
  /** Seconds left, from the pace so far; null while nothing can be said. */
  etaS: z.number().nullable(),
  costUSD: z.number(),
  savedUSD: z.number(),
  /** Gates at which the run waits for a person's pick. */
  picksOpen: z.number().int(),
  /** Outputs that are on this machine and still have to reach the store. */
  uploadsWaiting: z.number().int().default(0),
  output: z.string().nullable(),
  errorsFile: z.string().nullable(),
  message: z.string().nullable(),
  /** Why it ended before it was through; null: it did not. */
  cause: RunCause.nullable().default(null),
  /** This process drives the run: pause, resume, cancel and picks act at once. */
  live: z.boolean(),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const RunNotice = z.object({ at: z.string(), message: z.string(), nodeId: z.number().nullable() });
export type RunNotice = z.infer<typeof RunNotice>;

/** A time in which the run waited for its backend. */
export const OutageView = z.object({
  /** ISO; unlike that of any other outage of the run. */
  from: z.string(),
  /** Null: it lasts, or outlasted the run. */
  to: z.string().nullable(),
  what: AwayPart,
  /** What was the matter. */
  message: z.string(),
  /** A Flowdeck that lives mended it. */
  mended: z.boolean(),
  /** Seconds the run would have waited. */
  waitS: z.number(),
  /** Tasks that were found to be gone after it, and were made again. */
  lost: z.number().int(),
});
export type OutageView = z.infer<typeof OutageView>;

export const RunView = z.object({
  summary: RunSummary,
  tabs: z.array(z.string()),
  nodes: z.array(RunNodeView),
  notices: z.array(RunNotice),
  /** Oldest first. */
  outages: z.array(OutageView).default([]),
});
export type RunView = z.infer<typeof RunView>;

/**
 * One batch of changes: at most ten a second (ui.md). Nodes and outages are whole and replace their predecessor, which
 * has the same id or `from`.
 */
export const RunChange = z.object({
  summary: RunSummary.optional(),
  nodes: z.array(RunNodeView).optional(),
  notices: z.array(RunNotice).optional(),
  outages: z.array(OutageView).optional(),
});
export type RunChange = z.infer<typeof RunChange>;

/** Folds a change into a view; returns a new view that shares every untouched part. Pure. */
export function applyRunChange(view: RunView, change: RunChange): RunView {
  const changed = new Map((change.nodes ?? []).map((node) => [node.nodeId, node]));
  return {
    summary: change.summary ?? view.summary,
    tabs: view.tabs,
    nodes: changed.size === 0 ? view.nodes : view.nodes.map((node) => changed.get(node.nodeId) ?? node),
    notices: change.notices ? [...view.notices, ...change.notices] : view.notices,
    outages: change.outages ? mergeOutages(view.outages, change.outages) : view.outages,
  };
}

/** Outages with those that changed or came in their place. Pure. */
export function mergeOutages(before: readonly OutageView[], changed: readonly OutageView[]): OutageView[] {
  const merged = new Map([...before, ...changed].map((outage) => [outage.from, outage]));
  return [...merged.values()];
}

/** One row of a node's journal, for the side panel. */
export const JournalEntry = z.object({
  row: z.number().int(),
  candidate: z.number().int(),
  attempt: z.number().int(),
  state: z.string(),
  taskId: z.string().nullable(),
  at: z.string(),
  message: z.string().nullable(),
});
export type JournalEntry = z.infer<typeof JournalEntry>;
