import { z } from 'zod';

export const RestoreResult = z.object({
  /** Bytes of the file that is put back. */
  bytes: z.number(),
  /** Milliseconds of each restore: lock, content, backup of what is there, write, commit. */
  restores: z.array(z.number()),
  /** The same with the cache wiped, in a thread that is started for it. */
  wiped: z.array(z.number()),
  /** Milliseconds of writing the same bytes twice with nothing but synced calls of the system, in turns with them. */
  bare: z.array(z.number()),
  /** Milliseconds of processor time of a restore, all threads. */
  cpu: z.number(),
  /** Milliseconds of processor time of the main thread between two turns of it. */
  held: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
});
export type RestoreResult = z.infer<typeof RestoreResult>;
