import { toFailure } from '../../shared/failure.ts';
import { type Clock, timeLimit } from '../platform/clock.ts';
import { errorCode } from '../platform/error-code.ts';

/** Parts of a look that could not be finished, in words. */
export type Unseen = string[];

export interface TimeDeps {
  clock: Pick<Clock, 'sleep'>;
  signal: AbortSignal;
  unseen: Unseen;
}

/**
 * A part of the look with a time limit of its own: what it gives, else `otherwise`, and why in `unseen`. Work that does
 * not hear of its signal is left behind. Rejects with the outer signal's reason, and with a fault of ours.
 */
export async function inTime<T>(
  what: string,
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  otherwise: T,
  { clock, signal, unseen }: TimeDeps,
): Promise<T> {
  signal.throwIfAborted();
  const limit = timeLimit(clock, limitMs);
  const both = AbortSignal.any([signal, limit.signal]);
  let late: () => void = () => undefined;
  const over = new Promise<'over'>((resolve) => {
    late = () => resolve('over');
    both.addEventListener('abort', late, { once: true });
  });
  const done = work(both).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  const first = await Promise.race([done, over]);
  limit.clear();
  both.removeEventListener('abort', late);
  signal.throwIfAborted();
  if (first !== 'over' && 'value' in first) return first.value;
  if (first === 'over' || limit.signal.aborted) {
    unseen.push(`${what}: no answer within ${limitMs / 1000} s`);
    return otherwise;
  }
  const failure = toFailure(first.error);
  if (failure.code === 'internal' && errorCode(first.error) === '') throw first.error;
  unseen.push(`${what}: ${failure.message}`);
  return otherwise;
}
