import { z } from 'zod';

export const BareHeadsInput = z.object({ base: z.string(), count: z.number() });

export const BareHeadsResult = z.object({
  ms: z.number(),
  /** Processor time of all threads. */
  cpuMs: z.number(),
});
export type BareHeadsResult = z.infer<typeof BareHeadsResult>;
