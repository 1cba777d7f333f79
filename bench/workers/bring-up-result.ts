import { z } from 'zod';

/** Milliseconds from Start of both. */
export const BringUpResult = z.object({
  healthyMs: z.number(),
  /** G-Labs answered through the tunnel's public address. */
  verifiedMs: z.number(),
  /** Processor time of Flowdeck, all threads. */
  cpuMs: z.number(),
});
export type BringUpResult = z.infer<typeof BringUpResult>;
