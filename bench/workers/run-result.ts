import { z } from 'zod';

export const RunInput = z.object({
  dataDir: z.string(),
  workflow: z.string(),
  /** As of `RunOptions`. */
  options: z.record(z.string(), z.unknown()),
  /** Tell where the main thread spent its time; costs some time itself. */
  profile: z.boolean().default(false),
});

const tail = { p50: z.number(), p99: z.number(), max: z.number() };

/** Times are milliseconds. */
export const RunResult = z.object({
  stored: z.number(),
  /** From the admitted run to its end. */
  runMs: z.number(),
  /** From the first submission to the last stored candidate. */
  generatingMs: z.number(),
  /** Of all threads of the process. */
  cpuMs: z.number(),
  peakMB: z.number(),
  /** `sum`: of all, those of writes that waited side by side too. */
  commits: z.object({ count: z.number(), sum: z.number(), ...tail }),
  loop: z.object(tail),
  /**
   * Processor time of the main thread between two turns of a timer of 1 ms: what `loop` would say if this process had
   * a core to itself.
   */
  held: z.object(tail),
  /** The same while the workflow was opened, checked and planned. */
  openingHeld: z.object(tail),
  /** Resident size in MB, every half second. */
  memory: z.array(z.number()),
  /** Processor time of the thread that writes a large workflow file; null where the system does not tell. */
  writerMs: z.number().nullable(),
  /** How often the workflow file was written. */
  writes: z.number(),
  /** From the admitted run to the first submission, and from the last stored candidate to the end. */
  aroundMs: z.object({ before: z.number(), after: z.number() }),
  rooms: z.record(z.string(), z.number()).nullable(),
  nodes: z.array(
    z.object({
      nodeId: z.number(),
      kind: z.enum(['image', 'video']),
      tabIndex: z.number(),
      scene: z.number(),
      needs: z.array(z.number()),
      tasks: z.number(),
    }),
  ),
});
export type RunResult = z.infer<typeof RunResult>;
