import type { ServicesChange, ServiceView } from '../../shared/services.ts';
import type { LogRing } from './log-ring.ts';

/** After an announcement the next one waits so long: a flood of output is not a flood of messages. */
const restMs = 50;

/**
 * Tells listeners what changed, gathered: at once when it was quiet or the state is another, else with what else comes
 * in the meantime.
 */
export class Announcer {
  private readonly view: () => ServiceView;
  private readonly ring: LogRing;
  private readonly listeners = new Set<(change: ServicesChange) => void>();
  private pending: NodeJS.Immediate | null = null;
  private resting: NodeJS.Timeout | null = null;
  private news = false;

  constructor(view: () => ServiceView, ring: LogRing) {
    this.view = view;
    this.ring = ring;
  }

  subscribe(listener: (change: ServicesChange) => void): () => void {
    // Lines from before are in the view the listener begins with.
    this.now();
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  soon(): void {
    if (this.resting === null) this.hurry();
    else this.news = true;
  }

  /** As soon as what goes on now is over, without a rest: for a new state, which is rare and counts. */
  hurry(): void {
    this.news = true;
    this.pending ??= setImmediate(() => this.now());
  }

  now(): void {
    if (this.pending !== null) clearImmediate(this.pending);
    this.pending = null;
    if (!this.news) return;
    this.news = false;
    this.rest();
    const { log: _log, ...service } = this.view();
    const change = { service, logAdded: this.ring.takeFresh() };
    for (const listener of [...this.listeners]) listener(change);
  }

  close(): void {
    this.now();
    if (this.resting !== null) clearTimeout(this.resting);
    this.resting = null;
    this.listeners.clear();
  }

  private rest(): void {
    if (this.resting !== null) clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.resting = null;
      this.now();
    }, restMs);
  }
}
