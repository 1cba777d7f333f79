import type { ServiceName, ServiceView } from '../../shared/services.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { processStartTime } from '../platform/process-identity.ts';

/** A service as other processes on the same data folder see it; a row of the database's service table. */
export interface SavedService {
  service: ServiceName;
  /** A ServiceView without its log, as JSON, and what the next session should remember. */
  view: string;
  /** The process that supervises it; start time as of processStartTime. */
  ownerPid: number;
  ownerStarted: string | null;
  /** Milliseconds since the epoch. */
  at: number;
}

/** Where one service is written down. Only the Flowdeck that supervises writes. */
export interface ServiceStateStore {
  write(record: SavedService): void;
  read(): Pick<SavedService, 'view' | 'ownerPid' | 'ownerStarted'> | null;
}

/** What the last session wrote down of the service, the view and what it added; null: nothing that can be read. */
export function remembered(store: ServiceStateStore): unknown {
  const view = store.read()?.view;
  if (view === undefined) return null;
  try {
    return JSON.parse(view);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Writes what other processes may see of a service, in order, and only what is news. */
export class ServiceRecorder {
  private readonly service: ServiceName;
  private readonly store: ServiceStateStore;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly ownStart = processStartTime(process.pid);
  private last: string | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(service: ServiceName, parts: { store: ServiceStateStore; clock: Clock; log: Log }) {
    this.service = service;
    this.store = parts.store;
    this.clock = parts.clock;
    this.log = parts.log;
  }

  /** `memory`: what the next session should know besides. A store that fails is logged; supervision goes on. */
  record(view: ServiceView, memory: Record<string, unknown> = {}): void {
    // As long as nothing was asked of this session, what the last one wrote stands.
    if (this.last === null && view.desired === 'down') return;
    const { log: _log, lastProbe, ...news } = view;
    const compared = JSON.stringify({ ...news, ...memory });
    if (compared === this.last) return;
    this.last = compared;
    const saved = JSON.stringify({ ...news, ...memory, lastProbe });
    const at = this.clock.now();
    this.writing = this.writing
      .then(async () => {
        const ownerStarted = await this.ownStart;
        const { service } = this;
        this.store.write({ service, view: saved, ownerPid: process.pid, ownerStarted, at });
      })
      .catch((error: unknown) =>
        this.log.error('the state of a service could not be written', { err: error }),
      );
  }

  /** Resolves when everything is written. */
  flush(): Promise<void> {
    return this.writing;
  }
}
