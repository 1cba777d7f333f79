import { z } from 'zod';

export const StagesInput = z.object({ workflow: z.string() });

export const OpenStages = z.object({
  /** Milliseconds of processor time, in the order they are done. */
  stages: z.array(z.object({ what: z.string(), ms: z.number() })),
});
export type OpenStages = z.infer<typeof OpenStages>;
