import { z } from 'zod';

/** One thing that was tried with a store, and what came of it. */
export const StoreStep = z.object({
  /** `open`, `write`, `find` or `address`. */
  name: z.string(),
  ok: z.boolean(),
  message: z.string(),
  cure: z.string().nullable(),
});
export type StoreStep = z.infer<typeof StoreStep>;

/** A store that was tried, step by step up to the first that failed. */
export const StoreTest = z.object({ ok: z.boolean(), steps: z.array(StoreStep) });
export type StoreTest = z.infer<typeof StoreTest>;
