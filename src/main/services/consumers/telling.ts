import { toFailure } from '../../../shared/failure.ts';
import type { ConsumerView, Problem, TunnelAddress } from '../../../shared/services.ts';
import type { Clock, Random } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Consumer } from './consumer.ts';
import { retryDelay } from './retry-delay.ts';

/** The last revision a consumer confirmed. */
export interface Confirmation {
  revision: number;
  /** Milliseconds since the epoch. */
  at: number;
}

export interface TellingDeps {
  /** Null: there is nothing to tell now; what was confirmed stands. */
  newest(): TunnelAddress | null;
  /** Keeps it over a restart. May throw: then it is told again. */
  note(consumer: string, confirmation: Confirmation): void;
  changed(): void;
  clock: Clock;
  random: Random;
  log: Log;
}

/** An editor may need a moment to finish a file we heard of. */
const SETTLE_MS = 100;

/**
 * Tells one consumer every new address until it confirms, one try at a time: so an older address is never told after a
 * newer one. A failure is tried again after `retryDelay`, and at once when there is news.
 */
export class Telling {
  readonly consumer: Consumer;
  private readonly deps: TellingDeps;
  private readonly ending = new AbortController();
  private readonly running: Promise<void>;
  private confirmed: Confirmation | null;
  /** Whether `confirmed` still holds, as far as it was looked at. */
  private sure: boolean;
  private asked = 0;
  private tried = 0;
  private attempts = 0;
  private nextAttemptAt: number | null = null;
  private problem: Problem | null = null;
  private stopWatching: (() => void) | null = null;
  private settling = false;
  private news = Promise.withResolvers<void>();

  constructor(consumer: Consumer, confirmed: Confirmation | null, deps: TellingDeps) {
    this.consumer = consumer;
    this.confirmed = confirmed;
    this.sure = !consumer.canLook;
    this.deps = deps;
    this.running = this.run();
  }

  view(newest: TunnelAddress | null): ConsumerView {
    const { id, kind, target } = this.consumer;
    const waits = this.nextAttemptAt;
    return {
      id,
      kind,
      target,
      state: newest === null ? 'none' : this.stands(newest) ? 'confirmed' : 'pending',
      revision: this.confirmed?.revision ?? null,
      confirmedAt: this.confirmed ? new Date(this.confirmed.at).toISOString() : null,
      attempts: this.attempts,
      nextAttemptAt: waits === null ? null : new Date(waits).toISOString(),
      problem: this.problem,
    };
  }

  /** There may be a new address. */
  wake(): void {
    this.news.resolve();
  }

  /** Tells it again, also what it has confirmed. */
  tell(): void {
    this.sure = false;
    this.asked += 1;
    this.wake();
  }

  /** Resolves when the try under way has ended. */
  async close(): Promise<void> {
    this.ending.abort();
    this.wake();
    await this.running;
    this.stopWatching?.();
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      this.news = Promise.withResolvers();
      const newest = this.deps.newest();
      if (newest === null || this.has(newest)) await this.news.promise;
      else if (!(await this.attempt(newest))) await this.pause();
    }
  }

  private stands(address: TunnelAddress): boolean {
    return this.deps.newest() === null ? this.confirmed?.revision === address.revision : this.has(address);
  }

  private has(address: TunnelAddress): boolean {
    return this.sure && this.confirmed?.revision === address.revision;
  }

  /** Whether it worked. */
  private async attempt(address: TunnelAddress): Promise<boolean> {
    if (address.revision !== this.tried) this.attempts = 0;
    this.tried = address.revision;
    this.nextAttemptAt = null;
    const { asked } = this;
    try {
      const told = await this.consumer.tell(() => this.deps.newest() ?? address, this.ending.signal);
      this.note(told);
      // Whoever asked meanwhile gets a try of their own.
      this.sure = asked === this.asked;
    } catch (error) {
      this.sure = false;
      if (!this.ending.signal.aborted) this.failed(error);
      return false;
    }
    this.attempts = 0;
    this.problem = null;
    this.stopWatching?.();
    this.stopWatching = null;
    this.deps.changed();
    return true;
  }

  private note({ revision }: TunnelAddress): void {
    if (revision === this.confirmed?.revision) return;
    const confirmation = { revision, at: this.deps.clock.now() };
    this.deps.note(this.consumer.id, confirmation);
    this.confirmed = confirmation;
    const consumer = this.consumer.target;
    this.deps.log.info('A consumer has the address of the tunnel', { consumer, revision });
  }

  private failed(error: unknown): void {
    const { clock, random, log, changed } = this.deps;
    const { message: what, where, cure } = toFailure(error);
    const message = where === undefined ? what : `${what.replace(/\.$/, '')} (${where}).`;
    this.attempts += 1;
    this.nextAttemptAt = clock.now() + retryDelay(this.attempts, random());
    // Once for each reason: it is tried for as long as it takes.
    if (message !== this.problem?.message) {
      log.warn('A consumer could not be told the address of the tunnel', {
        consumer: this.consumer.target,
        reason: message,
        err: error,
      });
    }
    this.problem = { message, cure: cure ?? 'It is tried again; the log has more.' };
    this.stopWatching ??= this.consumer.watch(() => this.heard());
    changed();
  }

  /** A file may be written in many steps: they are one piece of news. */
  private heard(): void {
    if (this.settling) return;
    this.settling = true;
    this.sleep(SETTLE_MS, this.ending.signal).then(() => {
      this.settling = false;
      this.wake();
    });
  }

  /** Until the next try is due, or there is news. */
  private async pause(): Promise<void> {
    const over = new AbortController();
    const ms = this.nextAttemptAt === null ? 0 : this.nextAttemptAt - this.deps.clock.now();
    await Promise.race([this.sleep(ms, over.signal), this.news.promise]);
    over.abort();
  }

  /** Also ends when the signal is aborted. */
  private async sleep(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await this.deps.clock.sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
