import { z } from 'zod';

/** One side of a comparison. */
export const DiffRef = z.discriminatedUnion('of', [
  /** A workflow file as it is on disk now, or a copy of one: a page has no business with other files. */
  z.object({
    of: z.literal('file'),
    path: z
      .string()
      .max(4096)
      .regex(/\.nbflow(?:\.[^/\\]*)?$/i),
  }),
  /** A version or backup, by the id of its line in the history. */
  z.object({ of: z.literal('entry'), id: z.string().min(1).max(4096) }),
  /** What a run began with, or what it wrote. */
  z.object({
    of: z.literal('run'),
    runId: z.string().min(1).max(100),
    side: z.enum(['input', 'output']),
  }),
]);
export type DiffRef = z.infer<typeof DiffRef>;

export const DiffSide = z.object({
  /** For people: `XYZG3-V0-1`, `backup pre-run of XYZG3-V0-1`, `input of the run of …`. */
  label: z.string(),
  /** Null: the content is only in the database. */
  path: z.string().nullable(),
  /** ISO 8601; null: nobody knows. */
  at: z.string().nullable(),
  sha256: z.string(),
});
export type DiffSide = z.infer<typeof DiffSide>;

const change = <T extends z.ZodType>(value: T) =>
  z.object({ name: z.string(), before: value.nullable(), after: value.nullable() });

/** What became of one node. Lists are empty where nothing of that kind changed. */
export const NodeDiff = z.object({
  nodeId: z.number(),
  /** Index of the tab in the side that has the node; in the later one where both have it. */
  tabIndex: z.number().int(),
  tab: z.string(),
  title: z.string(),
  /** As `NodeKind`: prompt, media, image, gate, video, other. */
  kind: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  /** Texts, by property (`text`, `dynamicRows[2]`, `negativePrompt`); word by word is for who shows it. */
  prompts: z.array(change(z.string())),
  /** Addresses or paths of reference pictures. */
  references: z.array(change(z.string())),
  /** All other properties and the title, as JSON texts, cut where they are long. */
  settings: z.array(change(z.string())),
  /** At gates: the candidate from 1 that was picked, by row from 1. */
  picks: z.array(
    z.object({ row: z.number().int(), before: z.number().nullable(), after: z.number().nullable() }),
  ),
  /** Cached output: addresses before and after, row-major; null where they are alike. Holes are null. */
  cache: z
    .object({ before: z.array(z.string().nullable()), after: z.array(z.string().nullable()) })
    .nullable(),
  /** What feeds a slot: `Scene 3 prompt (12)`. */
  wiring: z.array(change(z.string())),
});
export type NodeDiff = z.infer<typeof NodeDiff>;

export const DiffTotals = z.object({
  added: z.number().int(),
  removed: z.number().int(),
  changed: z.number().int(),
  /** Nodes with a change of that kind, among all three. */
  prompts: z.number().int(),
  references: z.number().int(),
  settings: z.number().int(),
  picks: z.number().int(),
  cache: z.number().int(),
  wiring: z.number().int(),
});
export type DiffTotals = z.infer<typeof DiffTotals>;

/** Everything that is different between two workflows. Places on the canvas and the order in the file do not count. */
export const WorkflowDiff = z.object({
  totals: DiffTotals,
  /** In the order of the later file, removed ones where they stood. At most `MOST_NODES`. */
  nodes: z.array(NodeDiff),
  /** Nodes that differ and are not in `nodes`. */
  left: z.number().int(),
  tabs: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }),
  /** Of the file itself, such as its name. */
  file: z.array(change(z.string())),
});
export type WorkflowDiff = z.infer<typeof WorkflowDiff>;

/** Nodes of a diff that are told one by one. */
export const MOST_NODES = 2000;

export const Comparison = z.object({
  before: DiffSide,
  after: DiffSide,
  /** Byte for byte. */
  identical: z.boolean(),
  diff: WorkflowDiff,
});
export type Comparison = z.infer<typeof Comparison>;
