import type { ServicesChange, ServiceView } from '../../shared/services.ts';
import type { LogRing } from './log-ring.ts';

/** Tells listeners what changed, gathered over one turn of the event loop: a flood of output is not a flood of messages. */
export class Announcer {
  private readonly view: () => ServiceView;
  private readonly ring: LogRing;
  private readonly listeners = new Set<(change: ServicesChange) => void>();
  private pending: NodeJS.Immediate | null = null;

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
    this.pending ??= setImmediate(() => this.now());
  }

  now(): void {
    if (this.pending === null) return;
    clearImmediate(this.pending);
    this.pending = null;
    const { log: _log, ...service } = this.view();
    const change = { service, logAdded: this.ring.takeFresh() };
    for (const listener of [...this.listeners]) listener(change);
  }

  close(): void {
    this.now();
    this.listeners.clear();
  }
}
