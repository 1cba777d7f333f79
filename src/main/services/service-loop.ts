/** A state of supervision: callbacks carry the generation they belong to, and a stale one is ignored. */
interface Supervised {
  generation: number;
  phase: string;
}

export interface ServiceLoopParts<State, Event, Effect> {
  initial: State;
  /** Pure. */
  reduce(state: State, event: Event): { state: State; effects: readonly Effect[] };
  carryOut(effect: Effect): void;
  /** Hears of a new phase before its effects are carried out. */
  moved(before: State): void;
  /** After each batch of events. */
  settled(): void;
}

/**
 * The mutex of behaviour.md §10: one event at a time, in order of arrival; what an effect reports at once waits for
 * its turn. Holds the state, and what is under way for the current generation.
 */
export class ServiceLoop<State extends Supervised, Event, Effect> {
  private readonly parts: ServiceLoopParts<State, Event, Effect>;
  private readonly queue: Event[] = [];
  private readonly waiting = new Set<() => void>();
  private draining = false;
  private closed = false;
  private round = new AbortController();
  private current: State;

  constructor(parts: ServiceLoopParts<State, Event, Effect>) {
    this.parts = parts;
    this.current = parts.initial;
  }

  get state(): State {
    return this.current;
  }

  /** Aborted when something new begins: ends the timers and probes of the generation under way. */
  get signal(): AbortSignal {
    return this.round.signal;
  }

  dispatch(event: Event): void {
    if (this.closed) return;
    this.queue.push(event);
    if (this.draining) return;
    this.draining = true;
    try {
      for (let next = this.queue.shift(); next; next = this.queue.shift()) this.take(next);
    } finally {
      this.draining = false;
    }
    this.wake();
    this.parts.settled();
  }

  /** Resolves once it holds, or once the loop is closed. */
  until(holds: () => boolean): Promise<void> {
    if (this.closed || holds()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = () => {
        if (!this.closed && !holds()) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
    });
  }

  close(): void {
    this.closed = true;
    this.round.abort();
    this.wake();
  }

  private take(event: Event): void {
    const before = this.current;
    const { state, effects } = this.parts.reduce(before, event);
    this.current = state;
    if (state.generation !== before.generation) {
      this.round.abort();
      this.round = new AbortController();
    }
    if (state.phase !== before.phase) this.parts.moved(before);
    for (const effect of effects) this.parts.carryOut(effect);
  }

  private wake(): void {
    for (const look of [...this.waiting]) look();
  }
}
