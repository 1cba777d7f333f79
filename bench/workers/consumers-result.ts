import { z } from 'zod';

/** Milliseconds until all files have a new address; one entry for each address. */
export const ConsumersResult = z.object({
  confirmedMs: z.array(z.number()),
  /** Of them, the processor time of Flowdeck, all threads. */
  cpuMs: z.array(z.number()),
  /** The same files with as many synced writes, by nothing but writeFileAtomic. */
  bareMs: z.array(z.number()),
});
export type ConsumersResult = z.infer<typeof ConsumersResult>;
