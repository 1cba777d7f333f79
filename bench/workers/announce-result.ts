import { z } from 'zod';

export const AnnounceResult = z.object({
  /** Milliseconds from the start of the process until a window would show the interrupted run. */
  toldMs: z.number(),
});
export type AnnounceResult = z.infer<typeof AnnounceResult>;
