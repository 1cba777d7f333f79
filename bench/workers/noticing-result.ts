import { z } from 'zod';

/** What became of a G-Labs that was ended, or stopped from outside. Milliseconds from that moment. */
const Fall = z.object({
  noticedMs: z.number(),
  healthyMs: z.number(),
  /** Of these, how long the new process took from its start until it said that it listens. */
  startMs: z.number(),
  /** When the new start was due. */
  dueMs: z.number(),
  /** Processor time of Flowdeck until it was healthy again, all threads. */
  cpuMs: z.number(),
});
export type Fall = z.infer<typeof Fall>;

export const NoticingResult = z.object({ exits: z.array(Fall), hangs: z.array(Fall) });
export type NoticingResult = z.infer<typeof NoticingResult>;
