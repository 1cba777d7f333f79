import { z } from 'zod';

export const IdleResult = z.object({
  /**
   * Processor time as a share of the time that went by (1: a whole core), all threads, with the window side open and
   * both services up and supervised.
   */
  upShare: z.number(),
  /** The same with both stopped. */
  downShare: z.number(),
});
export type IdleResult = z.infer<typeof IdleResult>;

/** What is held after so many probes, everything that can be given back having been. */
const Held = z.object({
  probes: z.number(),
  heapMB: z.number(),
  /** Outside of the heap, as V8 counts it. */
  externalMB: z.number(),
  residentMB: z.number(),
  /** Sockets, timers, processes … that Node waits for. */
  resources: z.number(),
  /** Open descriptors; null where the system does not tell. */
  descriptors: z.number().nullable(),
});
export type Held = z.infer<typeof Held>;

export const ProbesResult = z.object({
  held: z.array(Held),
  /** Looks at the tunnel through its public address, of the probes. */
  throughTunnel: z.number(),
  /** Processor time a probe, all threads, everything else that goes on included. */
  cpuMsEach: z.number(),
  restarts: z.number(),
});
export type ProbesResult = z.infer<typeof ProbesResult>;
