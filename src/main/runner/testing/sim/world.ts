import { createHash } from 'node:crypto';
import type { Clock } from '../../../platform/clock.ts';
import type { Dice } from './dice.ts';

/** A process of Flowdeck. Once it is dead nothing that it waits for ever comes. */
export interface SimProcess {
  readonly pid: number;
  readonly alive: boolean;
}

/** What a step may be beside its effect. */
export interface StepHow {
  /** Takes the step back; the caller gets the signal's reason. */
  signal?: AbortSignal | undefined;
  /** It is on its way already: it may happen though its process died. */
  onTheWay?: boolean;
}

/**
 * Time, and all that happens in it, one step after the other. Whatever a runner wants of the world outside it asks for
 * as a step; of the steps that are due the seed picks the next. Between two steps every process has come to rest, and
 * there it can die.
 */
export interface World {
  readonly dice: Dice;
  /** Milliseconds since the beginning. */
  now(): number;
  /** Steps made. */
  count(): number;
  begin(): SimProcess;
  /** Nothing of it ever happens any more, but for what is on its way. */
  kill(process: SimProcess): void;
  isAlive(pid: number): boolean;
  /** Makes `effect` happen `ms` from now or later; null: it is nobody's, and outlives every process. */
  step<T>(owner: SimProcess | null, what: string, ms: number, effect: () => T, how?: StepHow): Promise<T>;
  /** Resolves when nothing is left to be run at once: every process waits for a step, or for ever. */
  rest(): Promise<void>;
  /** Makes one step. `dies`: that process ends before the step or just after it. */
  advance(dies?: { process: SimProcess; when: 'before' | 'after' }): 'stepped' | 'nothing to do';
  clockOf(owner: SimProcess): Clock;
  /** A line of the trace that is no step. */
  note(line: string): void;
  /** The last lines of the trace; all of them where that was asked for. */
  trace(): readonly string[];
  /** Two runs of a seed are the same when this is. */
  hash(): string;
}

interface Item {
  owner: SimProcess | null;
  what: string;
  due: number;
  onTheWay: boolean;
  happen: () => (() => void) | null;
}

/** 2026-03-01, noon: no change of the hour near. */
export const EPOCH = Date.UTC(2026, 2, 1, 12);
/** How long the machine was up when the world began. */
const UP_BEFORE_MS = 3_600_000;
const SHOWN = 40;
/** What somebody had sent who is gone is read this soon, or never. */
const ARRIVES_WITHIN_MS = 300;

/** `keep`: the whole trace. */
export function createWorld(dice: Dice, keep = false): World {
  let now = 0;
  let count = 0;
  let pids = 100;
  let items: Item[] = [];
  const living = new Map<number, { pid: number; alive: boolean }>();
  const lines: string[] = [];
  const digest = createHash('sha256');

  const note = (line: string) => {
    const told = `${now} ${line}`;
    digest.update(`${told}\n`);
    lines.push(told);
    if (!keep && lines.length > SHOWN) lines.shift();
  };

  const step: World['step'] = (owner, what, ms, effect, how = {}) => {
    const { signal, onTheWay = false } = how;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        items = items.flatMap((other) => (other === item ? leftOf(item) : [other]));
        reject(signal?.reason);
      };
      const item: Item = {
        owner,
        what,
        due: now + Math.max(0, ms),
        onTheWay,
        happen: () => {
          signal?.removeEventListener('abort', stop);
          try {
            const value = effect();
            return () => resolve(value);
          } catch (error) {
            return () => reject(error);
          }
        },
      };
      signal?.addEventListener('abort', stop, { once: true });
      items.push(item);
    });
  };

  /** Of a step whose process cannot hear of it any more. */
  const leftOf = (item: Item): Item[] => {
    if (!item.onTheWay || dice.chance(0.5)) return [];
    const due = Math.min(item.due, now + dice.below(ARRIVES_WITHIN_MS));
    const happen = () => {
      item.happen();
      return null;
    };
    return [{ ...item, owner: null, due, happen }];
  };

  const kill = (process: SimProcess) => {
    const dead = living.get(process.pid);
    if (dead) dead.alive = false;
    items = items.flatMap((item) => (item.owner?.pid === process.pid ? leftOf(item) : [item]));
    note(`p${process.pid} dies`);
  };

  const next = (): Item | null => {
    const soonest = Math.min(...items.map((item) => item.due));
    if (items.length === 0) return null;
    now = Math.max(now, soonest);
    const due = items.filter((item) => item.due <= now);
    return due[dice.below(due.length)] ?? null;
  };

  return {
    dice,
    now: () => now,
    count: () => count,
    begin: () => {
      const process = { pid: ++pids, alive: true };
      living.set(process.pid, process);
      note(`p${process.pid} begins`);
      return process;
    },
    kill,
    isAlive: (pid) => living.get(pid)?.alive ?? false,
    step,
    rest: () => new Promise<void>((resolve) => setImmediate(resolve)),
    advance: (dies) => {
      const item = next();
      if (item === null) return 'nothing to do';
      count += 1;
      if (dies?.when === 'before') {
        kill(dies.process);
        return 'stepped';
      }
      items = items.filter((other) => other !== item);
      note(`${item.owner === null ? '' : `p${item.owner.pid} `}${item.what}`);
      const settle = item.happen();
      if (dies) kill(dies.process);
      if (item.owner === null || living.get(item.owner.pid)?.alive) settle?.();
      return 'stepped';
    },
    clockOf: (owner) => ({
      now: () => EPOCH + Math.round(now),
      monotonic: () => now,
      sinceBoot: () => now + UP_BEFORE_MS,
      sleep: (ms, signal) => step(owner, 'wakes', ms, () => undefined, { signal }),
    }),
    note,
    trace: () => lines,
    hash: () => digest.copy().digest('hex'),
  };
}
