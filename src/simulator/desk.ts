import { randomBytes } from 'node:crypto';
import { createFaultBook, type FaultBook } from './faults.ts';
import type { ResultFiles } from './files.ts';
import { createGlabs, type Glabs } from './glabs.ts';
import type { SimulatorOptions, Variant } from './options.ts';

/** What both the API and the admin endpoints work on. */
export interface Desk {
  options: SimulatorOptions;
  seed: number;
  glabs: Glabs;
  faults: FaultBook;
  files: ResultFiles;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** When the application was started, as its uptime tells it. */
  startedAt: number;
  tally: Tally;
  has: (variant: Variant) => boolean;
}

/** Counters since the start or the last reset. */
export interface Tally {
  requests: number;
  submits: number;
  polls: number;
  downloads: number;
  downloadedBytes: number;
  referencesUsed: number;
  referencesSkipped: number;
}

export const emptyTally = (): Tally => ({
  requests: 0,
  submits: 0,
  polls: 0,
  downloads: 0,
  downloadedBytes: 0,
  referencesUsed: 0,
  referencesSkipped: 0,
});

export function createDesk(
  options: SimulatorOptions,
  seed: number,
  files: ResultFiles,
  now: () => number,
): Desk {
  const glabs = createGlabs({
    seed,
    imageLatencyMs: options.latency,
    videoLatencyMs: options.videoLatency ?? options.latency * 4,
    spread: options.latencySpread,
    slots: options.slots,
    retain: options.retain,
    // Not from the seed: after a restart an old id must not come to mean another task.
    newId: () => randomBytes(4).toString('hex'),
  });
  return {
    options,
    seed,
    glabs,
    faults: createFaultBook(seed, options.faults),
    files,
    now,
    startedAt: now(),
    tally: emptyTally(),
    has: (variant) => options.variants.includes(variant),
  };
}
