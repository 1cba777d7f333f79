import { z } from 'zod';

/**
 * The words of docs/glossary.md as types. Scenes, rows and candidates count from 1 everywhere outside the
 * workflow file; `approvedIndex` inside it counts from 0.
 */

export const NodeKind = z.enum(['prompt', 'media', 'image', 'video', 'gate', 'other']);
export type NodeKind = z.infer<typeof NodeKind>;

/** Kinds that cost money. */
export const GenerationKind = z.enum(['image', 'video']);
export type GenerationKind = z.infer<typeof GenerationKind>;

/** Node states of a run, in the order they usually come (cli.md). */
export const NodeState = z.enum([
  'waiting',
  'ready',
  'uploading-refs',
  'submitting',
  'generating',
  'downloading',
  'reviewing',
  'rerolling',
  'storing',
  'done',
  'cached',
  'held',
  'failed',
  'skipped',
]);
export type NodeState = z.infer<typeof NodeState>;

/** Why the plan will or will not generate a node (behaviour.md §4). `blocked by N` carries the node in its text. */
export const PlanReason = z.union([
  z.enum([
    'cached',
    'missing',
    'prompt changed',
    'reference changed',
    'model changed',
    'frame changed',
    'forced',
    'partial',
    'stale url',
    'not wanted (images mode)',
  ]),
  z.templateLiteral(['blocked by ', z.number()]),
]);
export type PlanReason = z.infer<typeof PlanReason>;

/** What is away when a run waits for its backend: G-Labs itself, or the tunnel the run goes through. */
export const AwayPart = z.enum(['glabs', 'tunnel']);
export type AwayPart = z.infer<typeof AwayPart>;

/** Error classes of behaviour.md §5; these are the `type` strings of errors.json. */
export const ErrorClass = z.enum([
  'content_policy',
  'timeout',
  'connection refused',
  'api_error',
  'model not available',
  'reference',
  'dangling link',
]);
export type ErrorClass = z.infer<typeof ErrorClass>;

export const RunMode = z.enum(['full', 'images', 'clean']);
export type RunMode = z.infer<typeof RunMode>;

export const GateMode = z.enum(['auto', 'hold']);
export type GateMode = z.infer<typeof GateMode>;

/** How a run ended (cli.md). */
export const RunOutcome = z.enum(['completed', 'failed-nodes', 'held', 'interrupted', 'aborted']);
export type RunOutcome = z.infer<typeof RunOutcome>;

/** Why a run ended before it was through (behaviour.md §8). */
export const RunCause = z.enum([
  /** Our process was killed, or died: it left no record of its end, and the machine has run on since. */
  'killed',
  /** The same, and the machine was started anew since. */
  'rebooted',
  /** G-Labs did not come back in time. */
  'backend',
  /** The tunnel did not come back in time. */
  'tunnel',
  /** This machine had no network. */
  'network',
  'cancelled',
  /** Something else, which the run's own message tells. */
  'other',
]);
export type RunCause = z.infer<typeof RunCause>;

/** What a run is doing, or how it ended. */
export const RunStatus = z.enum([
  'starting',
  'running',
  'paused',
  'waiting-backend',
  'stopping',
  ...RunOutcome.options,
]);
export type RunStatus = z.infer<typeof RunStatus>;

export const RunCounts = z.object({
  /** Generation nodes in the workflow. */
  nodes: z.number().int(),
  generated: z.number().int(),
  cached: z.number().int(),
  failed: z.number().int(),
  held: z.number().int(),
  skipped: z.number().int(),
  /** Generation requests that left this machine in this run. */
  submitted: z.number().int(),
  reattached: z.number().int(),
  adopted: z.number().int(),
  salvaged: z.number().int(),
  /** Objects really sent to the store. */
  uploaded: z.number().int(),
  /** Submissions that may have been paid for and are gone. */
  lost: z.number().int(),
});
export type RunCounts = z.infer<typeof RunCounts>;

export const emptyCounts = (): RunCounts => ({
  nodes: 0,
  generated: 0,
  cached: 0,
  failed: 0,
  held: 0,
  skipped: 0,
  submitted: 0,
  reattached: 0,
  adopted: 0,
  salvaged: 0,
  uploaded: 0,
  lost: 0,
});

/** Codes of the sanity check (cli.md). */
export const FindingCode = z.enum([
  'wrong-model',
  'wrong-output-count',
  'variable-name',
  'negative-prompt',
  'veo-slots',
  'object-rows',
  'template-slots',
  'dangling-link',
  'stale-link-copies',
  'duplicate-id',
  'length-mismatch',
  'cycle',
  'unresolved-placeholder',
  'short-gallery',
  'name-mismatch',
  'at-sign',
  'no-prompt',
  'dead-reference',
]);
export type FindingCode = z.infer<typeof FindingCode>;

export const Finding = z.object({
  code: FindingCode,
  /** 1-10 of the sanity check's ten rules, or null. */
  rule: z.number().int().min(1).max(10).nullable(),
  severity: z.enum(['error', 'warning']),
  tab: z.string().nullable(),
  nodeId: z.number().nullable(),
  title: z.string().nullable(),
  /** JSON place, e.g. `tabs[0].graphData.nodes[3].properties.model`. */
  where: z.string(),
  message: z.string(),
  cure: z.string(),
  /** `check --fix` repairs it. */
  fixable: z.boolean(),
});
export type Finding = z.infer<typeof Finding>;

/** What to make anew: a whole node, a row of it, or one candidate. Row and candidate count from 1. */
export const RerollTarget = z.object({
  nodeId: z.number(),
  row: z.number().int().min(1).optional(),
  candidate: z.number().int().min(1).optional(),
});
export type RerollTarget = z.infer<typeof RerollTarget>;

/** What a person or a script asks of a run (cli.md, run options). Undefined means: as the settings say. */
export const RunOptions = z.object({
  server: z.string().optional(),
  refImage: z.string().optional(),
  concurrency: z.number().int().min(1).max(5).optional(),
  mode: RunMode.default('full'),
  gates: GateMode.default('auto'),
  qa: z.enum(['off', 'on']).default('off'),
  qaAttempts: z.number().int().min(0).max(10).optional(),
  storage: z.string().optional(),
  outRoot: z.string().optional(),
  pollMs: z.number().int().min(1).max(600_000).optional(),
  imageTimeoutS: z.number().positive().max(86_400).optional(),
  videoTimeoutS: z.number().positive().max(86_400).optional(),
  waitBackendS: z.number().min(0).max(86_400).optional(),
  /** Makes exactly these anew, whatever the cache says, and leaves every other node alone (`regen`). */
  reroll: z.array(RerollTarget).min(1).max(20_000).optional(),
});
export type RunOptions = z.infer<typeof RunOptions>;

/** One generation node in a plan (cli.md, `plan.node`). */
export const PlanNode = z.object({
  nodeId: z.number(),
  tab: z.string(),
  title: z.string(),
  kind: GenerationKind,
  /** Scene number, from the title or the rank on the canvas (behaviour.md §6). */
  scene: z.number().int(),
  rows: z.number().int(),
  /** rows × outputCount. */
  candidates: z.number().int(),
  reason: PlanReason,
  /** Generation requests this node will need, if nothing is retried. */
  generations: z.number().int(),
  costUSD: z.number(),
  /** Cached without a fingerprint, made by another tool: trusted, and marked so. */
  trusted: z.boolean(),
});
export type PlanNode = z.infer<typeof PlanNode>;

export const PlanTotals = z.object({
  nodes: z.number().int(),
  generations: z.number().int(),
  /** Nodes whose output is reused. */
  cached: z.number().int(),
  costUSD: z.number(),
  images: z.number().int(),
  videos: z.number().int(),
  /** Rough time in seconds from the settings' usual durations and the concurrency. */
  estimateS: z.number(),
});
export type PlanTotals = z.infer<typeof PlanTotals>;

export const Plan = z.object({ nodes: z.array(PlanNode), totals: PlanTotals });
export type Plan = z.infer<typeof Plan>;
