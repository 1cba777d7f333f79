import { z } from 'zod';
import { NodeKind } from './domain.ts';

/** The workflow as it was drawn when a run began: every node of every tab, with its place on the canvas. */
export const RunGraphNode = z.object({
  nodeId: z.number(),
  title: z.string(),
  /** As the file spells it. */
  type: z.string(),
  kind: NodeKind,
  /** Canvas units; x grows to the right, y downwards. */
  pos: z.tuple([z.number(), z.number()]),
});
export type RunGraphNode = z.infer<typeof RunGraphNode>;

export const RunGraphLink = z.object({
  from: z.number(),
  to: z.number(),
  /** Name of the input slot it ends in. */
  slot: z.string(),
});
export type RunGraphLink = z.infer<typeof RunGraphLink>;

export const RunGraph = z.object({
  tabs: z.array(z.object({ name: z.string(), nodes: z.array(RunGraphNode), links: z.array(RunGraphLink) })),
});
export type RunGraph = z.infer<typeof RunGraph>;
