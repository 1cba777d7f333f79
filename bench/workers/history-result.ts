import { z } from 'zod';

/** Milliseconds of one look at a history, from the question. */
const Look = z.object({
  /** Until the first page is there. */
  first: z.number(),
  /** Until all entries are there. */
  all: z.number(),
  /** Processor time until the first page, all threads. */
  firstCpu: z.number(),
  /** Longest processor time of the main thread between two turns of it, until all are there. */
  held: z.number(),
});

export const HistoryResult = z.object({
  entries: z.number(),
  /** The first one is of a process that has looked at nothing yet. */
  looks: z.array(Look),
  /** Milliseconds of reading the names in `backups/`, in turns with them: nobody can be quicker. */
  bare: z.array(z.number()),
});
export type HistoryResult = z.infer<typeof HistoryResult>;
