import { z } from 'zod';

export const PlanInput = z.object({ dataDir: z.string(), workflow: z.string() });

export const PlanResult = z.object({
  ms: z.number(),
  /** Processor time of all threads. */
  cpuMs: z.number(),
  /** Largest resident size of the process. */
  peakMB: z.number(),
  /** The same before it began. */
  emptyMB: z.number(),
  generations: z.number(),
});
export type PlanResult = z.infer<typeof PlanResult>;
