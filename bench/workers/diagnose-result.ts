import { z } from 'zod';

export const DiagnoseInput = z.object({ dataDir: z.string(), workflow: z.string() });

export const DiagnoseResult = z.object({
  /** From the call to the diagnosis, everything cold. */
  ms: z.number(),
  /** Processor time of all threads. */
  cpuMs: z.number(),
  /** Longest time the main thread was held. */
  heldMs: z.number(),
  peakMB: z.number(),
  verdict: z.string(),
  nodes: z.number(),
  /** Candidates it has in the file, and in files that can be taken. */
  cached: z.number(),
  local: z.number(),
  /** What it could not look at in time. */
  unseen: z.array(z.string()),
});
export type DiagnoseResult = z.infer<typeof DiagnoseResult>;
