import { z } from 'zod';
import { Finding, GenerationKind, RunCause, RunOutcome, type RunStatus } from './domain.ts';

/** Recovery of an interrupted run (behaviour.md §8) as every face shows it. */

export const RecoveryVerdict = z.enum([
  'complete',
  'export only',
  'resume',
  'cache corrupt',
  'source damaged',
  'backend down',
  'tunnel down',
  'suspicious output',
  'give up',
]);
export type RecoveryVerdict = z.infer<typeof RecoveryVerdict>;

/** Whether a run that reads so ended before it was through, and not by a person's wish to wait for picks. */
export const isCutShort = (status: RunStatus): boolean => status === 'interrupted' || status === 'aborted';

/** What can be done about it. */
export const RecoveryAction = z.enum([
  /** Nothing is to be done. */
  'none',
  /** Everything is there: only the export is written. */
  'export',
  /** What is paid for is taken, what is missing or gone is made. */
  'resume',
  /** A backup is put back, then run: of what it had, nothing is made again. */
  'restore',
  /** Some nodes lose their output and are made anew; the rest is resumed. */
  'wipe',
  /** Everything is made anew. */
  'rebuild',
]);
export type RecoveryAction = z.infer<typeof RecoveryAction>;

/** Where the outputs of a node stand, the worst of its candidates. */
export const RecoveryNodeState = z.enum([
  /** All that is wanted is in the workflow file. */
  'done',
  /** Not in the file, but all of it is here or in the store: nothing is generated. */
  'salvage',
  /** Ordered, and with the backend still, as far as anyone knows: it is asked for, not ordered again. */
  'reattach',
  /** Some of it is to be generated. */
  'partial',
  /** All of it is to be generated. */
  'missing',
  /** The file names outputs that are not there any more. */
  'gone',
  /** Made from a prompt, reference, model or frame that is another now. */
  'stale',
  /** What it has does not look like its own. */
  'suspicious',
  /** Whether a request arrived nobody can tell: a person decides. */
  'parked',
  /** What it needs cannot be had. */
  'blocked',
  /** Not wanted by the run: `images` leaves clips for later. */
  'left',
]);
export type RecoveryNodeState = z.infer<typeof RecoveryNodeState>;

/** One row of the grid: node × {cache, local file, store, journal}. All but ids count candidates. */
export const RecoveryNode = z.object({
  nodeId: z.number(),
  tab: z.string(),
  title: z.string(),
  kind: GenerationKind,
  scene: z.number().int(),
  wanted: z.number().int(),
  /** In the workflow file, and not known to be gone. */
  cache: z.number().int(),
  /** In the workflow file, and gone or wrong. */
  bad: z.number().int(),
  /** Whole files of this node and version in `Assets/`; where only those in use lie there (`scene03.png`), these. */
  local: z.number().int(),
  /** Objects of this node and version in the store. */
  store: z.number().int(),
  /** Paid for by the journal: ordered, completed, fetched or stored. */
  journal: z.number().int(),
  /** Taken from files, store or journal without generating anything, by the recommended plan. */
  salvaged: z.number().int(),
  /** Left to generate by the recommended plan. */
  generations: z.number().int(),
  state: RecoveryNodeState,
  /** A word to the state: `2 of 4 are gone`. */
  note: z.string().nullable(),
});
export type RecoveryNode = z.infer<typeof RecoveryNode>;

/** Something that was seen, for "What happened": one line each. */
export const RecoveryFinding = z.object({
  /** `output-truncated`, `url-gone`, `asset-left-out`, `backup-found`… (recovery/diagnose-findings*.ts have all). */
  code: z.string(),
  severity: z.enum(['problem', 'note']),
  nodeId: z.number().nullable(),
  message: z.string(),
  /** A path or an address. */
  where: z.string().nullable(),
  cure: z.string().nullable(),
});
export type RecoveryFinding = z.infer<typeof RecoveryFinding>;

export const RecoveryPlan = z.object({
  action: RecoveryAction,
  /** `Resume: make what is missing`. */
  title: z.string(),
  /** Candidates to be generated. */
  generations: z.number().int(),
  images: z.number().int(),
  videos: z.number().int(),
  /** Candidates that need not be generated, as against making everything anew. */
  saved: z.number().int(),
  savedUSD: z.number(),
  costUSD: z.number(),
  /** What is done, in order, one sentence each. */
  steps: z.array(z.string()),
  /** Nodes that lose their output first (`wipe`). */
  nodes: z.array(z.number()),
  /** The backup that is put back (`restore`): its id, or its path where the database does not know it. */
  backup: z.string().nullable(),
});
export type RecoveryPlan = z.infer<typeof RecoveryPlan>;

export const RecoveryCause = z.object({ kind: RunCause, message: z.string() });
export type RecoveryCause = z.infer<typeof RecoveryCause>;

export const Diagnosis = z.object({
  path: z.string(),
  name: z.string(),
  /** ISO. */
  at: z.string(),
  verdict: RecoveryVerdict,
  /** The verdict in a sentence. */
  headline: z.string(),
  /** The newest run of this workflow that Flowdeck knows; null: made by another tool. */
  run: z
    .object({ runId: z.string(), status: z.string(), startedAt: z.string(), endedAt: z.string().nullable() })
    .nullable(),
  cause: RecoveryCause.nullable(),
  nodes: z.array(RecoveryNode),
  findings: z.array(RecoveryFinding),
  /** The sanity check of the file as it is now. */
  check: z.array(Finding),
  plan: RecoveryPlan,
  alternatives: z.array(RecoveryPlan),
});
export type Diagnosis = z.infer<typeof Diagnosis>;

/** Whether the run it is about still goes on, here or in another process. */
export const isStillRunning = ({ run }: Pick<Diagnosis, 'run'>): boolean =>
  run !== null && !RunOutcome.safeParse(run.status).success;

export const RecoveryStep = z.enum(['happened', 'have', 'plan', 'carry-out', 'after-care', 'over']);
export type RecoveryStep = z.infer<typeof RecoveryStep>;

/** A recovery somebody began, or an interrupted run nobody has looked at yet (`step: happened`). */
export const RecoveryEntry = z.object({
  path: z.string(),
  name: z.string(),
  /** The interrupted run; null: made by another tool. */
  runId: z.string().nullable(),
  cause: RecoveryCause.nullable(),
  /** ISO; when the run was last seen alive. */
  interruptedAt: z.string().nullable(),
  step: RecoveryStep,
  /** What was chosen. */
  action: RecoveryAction.nullable(),
  /** The run that carries it out. */
  appliedRunId: z.string().nullable(),
  /** The workflow as it was before the recovery: what `workflows.restore` takes to undo it. */
  undoBackupId: z.string().nullable(),
});
export type RecoveryEntry = z.infer<typeof RecoveryEntry>;

export const RecoveriesView = z.object({ entries: z.array(RecoveryEntry) });
export type RecoveriesView = z.infer<typeof RecoveriesView>;
/** The whole list again: there are never many. */
export const RecoveriesChange = z.object({ entries: z.array(RecoveryEntry) });
export type RecoveriesChange = z.infer<typeof RecoveriesChange>;

export const applyRecoveriesChange = (_: RecoveriesView, change: RecoveriesChange): RecoveriesView => change;

/** What is worth doing after a recovery (the manual: "Always do these"). */
export const AfterCare = z.object({
  /** Whether something was changed, so that the next version is in order, and why. */
  bump: z.object({ suggested: z.boolean(), why: z.string(), from: z.string(), to: z.string().nullable() }),
  /** `V0-1: runner crashed at Scene 06, recovered with cache reuse, full output now`. */
  note: z.string(),
  /** `reference/version-registry.json` that has this workflow or could have it; null: there is none above it. */
  registry: z.string().nullable(),
  /** Folder of the tracker's three CSV files. */
  tracker: z.string(),
});
export type AfterCare = z.infer<typeof AfterCare>;

export const AfterCareDone = z.object({
  /** The file of the next version, when it was bumped. */
  path: z.string().nullable(),
  movedTo: z.string().nullable(),
  registry: z.string().nullable(),
  tracker: z.array(z.string()),
  /** What could not be done, one sentence each; the rest was. */
  problems: z.array(z.string()),
});
export type AfterCareDone = z.infer<typeof AfterCareDone>;
