import { z } from 'zod';

export const BareInput = z.object({
  server: z.string(),
  /** For its database. */
  folder: z.string(),
  candidates: z.number(),
  inFlight: z.number(),
  /** Five commits a candidate, each at FULL and by itself. */
  commits: z.boolean(),
});

/** Milliseconds. */
export const BareResult = z.object({ ms: z.number(), cpuMs: z.number() });
export type BareResult = z.infer<typeof BareResult>;
