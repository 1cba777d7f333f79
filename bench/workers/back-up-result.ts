import { z } from 'zod';

export const BackUpResult = z.object({
  /** Bytes of the workflow file. */
  bytes: z.number(),
  /** Milliseconds of each backup, the first of which has nothing to build on. */
  backups: z.array(z.number()),
  /** Milliseconds of writing the same bytes with nothing but two synced calls of the system, in turns with them. */
  bare: z.array(z.number()),
  /** Milliseconds of a backup of what is there already. */
  again: z.array(z.number()),
  /** Milliseconds of processor time a backup, all threads. */
  cpu: z.number(),
  /** Milliseconds of processor time of the main thread between two turns of it. */
  held: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
  /** Bytes of the contents in the database, and of its file. */
  contents: z.number(),
  file: z.number(),
  /** Bytes of the largest content. */
  largest: z.number(),
});
export type BackUpResult = z.infer<typeof BackUpResult>;
