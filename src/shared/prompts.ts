import { z } from 'zod';

/** One text of the file that goes into a node's prompt, and that a person can edit. */
export const PromptSource = z.object({
  /** The node the text stands in: a Prompt node, or the generation node itself. */
  nodeId: z.number(),
  title: z.string(),
  role: z.enum(['plain', 'template', 'row']),
  /** For `row`: its place in the node's rows as they stand in the file, from 1. Else null. */
  row: z.number().int().min(1).nullable(),
  text: z.string(),
  /** Other generation nodes whose prompt it is part of: they become stale with an edit. */
  alsoUsedBy: z.array(z.number()),
});
export type PromptSource = z.infer<typeof PromptSource>;

/** A new text for a PromptSource, found by its node and row. */
export const PromptEdit = z.object({
  nodeId: z.number(),
  row: z.number().int().min(1).nullable(),
  text: z.string().max(100_000),
});
export type PromptEdit = z.infer<typeof PromptEdit>;
