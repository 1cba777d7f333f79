import { z } from 'zod';
import type { ServiceView } from '../../shared/services.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { processStartTime, stillRuns } from '../platform/process-identity.ts';

/** G-Labs as other processes on the same data folder see it; a row of the database's service table. */
export interface SavedService {
  service: 'glabs';
  /** A ServiceView without its log, as JSON, and what the next session should remember. */
  view: string;
  /** The process that supervises it; start time as of processStartTime. */
  ownerPid: number;
  ownerStarted: string | null;
  /** Milliseconds since the epoch. */
  at: number;
}

export interface ServiceStateStore {
  write(record: SavedService): void;
  read(): Pick<SavedService, 'view' | 'ownerPid' | 'ownerStarted'> | null;
}

const Remembered = z.object({
  desired: z.string().optional(),
  adopted: z.boolean().optional(),
  realSeenAt: z.string().nullable().optional(),
});

/** Address at which an earlier session saw a real G-Labs: the demo must not take its place today (behaviour.md §10). */
export function realSeenBefore(store: ServiceStateStore): string | null {
  return remembered(store.read()?.view)?.realSeenAt ?? null;
}

/** Writes what other processes may see of G-Labs, in order, and only what is news. */
export class ServiceRecorder {
  private readonly store: ServiceStateStore;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly ownStart = processStartTime(process.pid);
  private last: string | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(store: ServiceStateStore, clock: Clock, log: Log) {
    this.store = store;
    this.clock = clock;
    this.log = log;
  }

  /** `own`: a process started here is behind it. A store that fails is logged; supervision goes on. */
  record(view: ServiceView, realSeenAt: string | null, own: boolean): void {
    // As long as nothing was asked of this process, what another one wrote stands.
    if (this.last === null && view.desired === 'down') return;
    const { log: _log, lastProbe: _lastProbe, ...news } = view;
    if (JSON.stringify(news) === this.last) return;
    this.last = JSON.stringify(news);
    const saved = JSON.stringify({ ...news, lastProbe: view.lastProbe, realSeenAt });
    const at = this.clock.now();
    this.writing = this.writing
      .then(async () => {
        if (!own && (await this.anotherSupervises())) return;
        const ownerStarted = await this.ownStart;
        this.store.write({ service: 'glabs', view: saved, ownerPid: process.pid, ownerStarted, at });
      })
      .catch((error: unknown) => this.log.error('the state of G-Labs could not be written', { err: error }));
  }

  /** Resolves when everything is written. */
  flush(): Promise<void> {
    return this.writing;
  }

  /** Whoever only adopted what another process of ours started must not write over that one's record. */
  private async anotherSupervises(): Promise<boolean> {
    const record = this.store.read();
    if (!record || record.ownerPid === process.pid) return false;
    const view = remembered(record.view);
    if (view?.desired !== 'up' || view.adopted !== false) return false;
    return stillRuns({ pid: record.ownerPid, startTime: record.ownerStarted });
  }
}

function remembered(view: string | undefined): z.infer<typeof Remembered> | null {
  if (view === undefined) return null;
  try {
    return Remembered.safeParse(JSON.parse(view)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
