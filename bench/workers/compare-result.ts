import { z } from 'zod';

export const CompareInput = z.object({ dataDir: z.string(), before: z.string(), after: z.string() });

export const CompareResult = z.object({
  /** Of the first comparison, the start of its thread included; and of the one after it. */
  firstMs: z.number(),
  secondMs: z.number(),
  /** Processor time of the first, all threads. */
  cpuMs: z.number(),
  /** Longest the main thread was busy at a stretch meanwhile, in its own processor time. */
  heldMs: z.number(),
  peakMB: z.number(),
  /** Nodes that are told to be different. */
  changed: z.number(),
});
export type CompareResult = z.infer<typeof CompareResult>;
