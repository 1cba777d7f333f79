import { z } from 'zod';

/** Milliseconds of each write, from asking until it is committed. */
export const CommitsResult = z.object({ waits: z.array(z.number()) });
export type CommitsResult = z.infer<typeof CommitsResult>;
