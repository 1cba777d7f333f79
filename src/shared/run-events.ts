import { z } from 'zod';
import { AwayPart, ErrorClass, NodeState, PlanTotals, RunCounts, RunMode, RunOutcome } from './domain.ts';

/**
 * What a run tells while it goes. One schema serves the command line, the run's record and the live view of the
 * window, so that the faces cannot tell different stories. All but `run.notice` and `run.status` are the NDJSON
 * of cli.md, word for word; those two are for people (standard error, window).
 */

const base = { at: z.iso.datetime(), runId: z.string() };

/** Where a candidate belongs; row and candidate count from 1. */
const place = { nodeId: z.number(), row: z.number().int(), candidate: z.number().int() };
const task = { taskId: z.string(), attempt: z.number().int() };

export const RunEvent = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('run.started'),
    workflow: z.string(),
    name: z.string(),
    mode: RunMode,
    server: z.string(),
    /** The backend is the built-in simulator: nothing is real, nothing is paid. */
    demo: z.boolean(),
    concurrency: z.number().int(),
    plan: PlanTotals,
  }),
  z.object({
    ...base,
    type: z.literal('node.state'),
    nodeId: z.number(),
    tab: z.string(),
    title: z.string(),
    state: NodeState,
    attempt: z.number().int().optional(),
    row: z.number().int().optional(),
    candidate: z.number().int().optional(),
    /** Finished with at least one candidate a row, but not all that were asked for. */
    short: z.boolean().optional(),
    /** With `waiting` and a candidate: its task is gone and may have been paid for; it is made again. */
    lost: z.boolean().optional(),
    /** Why, where a state needs a word: `waiting for node 14`, `picked by the machine`. */
    reason: z.string().optional(),
  }),
  z.object({ ...base, ...place, ...task, type: z.literal('task.submitted') }),
  z.object({ ...base, ...place, ...task, type: z.literal('task.reattached') }),
  z.object({
    ...base,
    ...place,
    type: z.literal('candidate.stored'),
    url: z.string(),
    file: z.string(),
    sha256: z.string(),
  }),
  z.object({
    ...base,
    type: z.literal('review.verdict'),
    nodeId: z.number(),
    row: z.number().int(),
    candidate: z.number().int(),
    verdict: z.enum(['pass', 'fail', 'unknown']),
    message: z.string(),
  }),
  z.object({
    ...base,
    type: z.literal('backend.down'),
    server: z.string(),
    message: z.string(),
    what: AwayPart,
    /** A Flowdeck that lives mends it. */
    mended: z.boolean(),
    /** Seconds the run waits at most. */
    waitS: z.number(),
  }),
  z.object({ ...base, type: z.literal('backend.up'), server: z.string(), downMs: z.number() }),
  /** Something worth a line that changes no state (a video's negative prompt was left out, a pick taken back …). */
  z.object({ ...base, type: z.literal('run.notice'), message: z.string(), nodeId: z.number().optional() }),
  z.object({
    ...base,
    type: z.literal('run.status'),
    status: z.enum(['running', 'paused', 'waiting-backend', 'held', 'stopping']),
    concurrency: z.number().int(),
  }),
  z.object({
    ...base,
    type: z.literal('node.failed'),
    nodeId: z.number(),
    tab: z.string(),
    title: z.string(),
    error: ErrorClass,
    message: z.string(),
    attempts: z.number().int(),
    cure: z.string(),
  }),
  z.object({
    ...base,
    type: z.literal('run.finished'),
    status: RunOutcome,
    output: z.string().nullable(),
    errorsFile: z.string().nullable(),
    counts: RunCounts,
    costUSD: z.number(),
    savedUSD: z.number(),
    /** Why a run ended early, for `aborted` and `interrupted`. */
    message: z.string().optional(),
  }),
]);
export type RunEvent = z.infer<typeof RunEvent>;
export type RunEventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
