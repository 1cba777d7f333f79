import { digest, drawsFor, latency } from './chance.ts';
import type { Order } from './orders.ts';

/** The state of a G-Labs: its tasks. A function of what was asked and of the time given; it starts no timer. */

export type TaskStatus = 'pending' | 'running' | 'completed' | 'failed';

/** As a failed task shows it (glabs-api.md A7). */
export interface TaskError {
  code: number;
  message: string;
}

export interface Task {
  /** 8 hex digits. */
  id: string;
  order: Order;
  status: TaskStatus;
  /** Milliseconds since the epoch, like all times here. */
  createdAt: number;
  completedAt: number | null;
  error: TaskError | null;
  /** Counts equal requests from 1. */
  take: number;
  /** Hex hash of seed, request and take: what the pictures are made from. */
  content: string;
  /** Names of its files, there once it is completed. */
  fileNames: string[];
}

/** How a task will end, when it does not simply complete. */
export type Fate =
  | { end: 'completed' }
  | { end: 'stuck' }
  | { end: 'failed'; error: TaskError; atOnce: boolean };

export interface GlabsOptions {
  seed: number;
  /** Mean durations in milliseconds. */
  imageLatencyMs: number;
  videoLatencyMs: number;
  /** 0..1, see `latency`. */
  spread: number;
  /** Tasks that are really worked on at once; the others are pending. */
  slots: number;
  /** Finished tasks that are kept; older ones are forgotten. */
  retain: number;
  /** 8 hex digits, never the same twice. */
  newId: () => string;
}

export interface Counts {
  pending: number;
  running: number;
  /** Since the start or the last reset, also those that are forgotten by now. */
  completed: number;
  failed: number;
  made: number;
  images: number;
  videos: number;
}

/** Distinct requests whose takes are counted; the oldest go first. */
const MAX_COUNTED_REQUESTS = 20_000;

interface Entry {
  task: Task;
  fate: Fate;
  durationMs: number;
  finishAt: number;
}

export type Glabs = ReturnType<typeof createGlabs>;

export function createGlabs(options: GlabsOptions) {
  const entries = new Map<string, Entry>();
  const waiting = new Set<string>();
  const working = new Set<string>();
  const stuck = new Set<string>();
  const finished = new Set<string>();
  const files = new Map<string, { task: Task; index: number }>();
  const takes = new Map<string, number>();
  let totals = { completed: 0, failed: 0, made: 0, images: 0, videos: 0 };

  function nextTake(request: string): number {
    const take = (takes.get(request) ?? 0) + 1;
    takes.delete(request);
    takes.set(request, take);
    if (takes.size > MAX_COUNTED_REQUESTS) {
      for (const oldest of takes.keys()) {
        takes.delete(oldest);
        break;
      }
    }
    return take;
  }

  function drop(id: string): void {
    const entry = entries.get(id);
    for (const name of entry?.task.fileNames ?? []) files.delete(name);
    for (const set of [waiting, working, stuck, finished]) set.delete(id);
    entries.delete(id);
  }

  function finish(entry: Entry, status: 'completed' | 'failed', at: number, error: TaskError | null): void {
    const { task } = entry;
    for (const set of [waiting, working, stuck]) set.delete(task.id);
    task.status = status;
    task.error = error;
    totals[status] += 1;
    if (status === 'completed') {
      task.completedAt = at;
      const ending = task.order.kind === 'image' ? 'png' : 'mp4';
      task.fileNames = task.order.files.map(
        (suffix) => `${task.order.type}_${task.id}${suffix === '' ? '' : `_${suffix}`}.${ending}`,
      );
      task.fileNames.forEach((name, index) => {
        files.set(name, { task, index });
      });
    }
    finished.add(task.id);
    for (const oldest of finished) {
      if (finished.size <= options.retain) break;
      drop(oldest);
    }
  }

  function fillSlots(at: number): void {
    for (const id of waiting) {
      if (working.size >= options.slots) return;
      const entry = entries.get(id);
      waiting.delete(id);
      if (entry === undefined) continue;
      entry.task.status = 'running';
      if (entry.fate.end === 'stuck') {
        // It waits for a result that never comes; the account is free for others meanwhile.
        stuck.add(id);
        continue;
      }
      entry.finishAt = Math.max(at, entry.task.createdAt) + entry.durationMs;
      working.add(id);
    }
  }

  /** Brings everything up to `now`, in the order in which it would have happened. */
  function advance(now: number): void {
    while (true) {
      let next: Entry | null = null;
      for (const id of working) {
        const entry = entries.get(id);
        if (entry !== undefined && (next === null || entry.finishAt < next.finishAt)) next = entry;
      }
      if (next === null || next.finishAt > now) return;
      if (next.fate.end === 'failed') finish(next, 'failed', next.finishAt, next.fate.error);
      else finish(next, 'completed', next.finishAt, null);
      fillSlots(next.finishAt);
    }
  }

  return {
    /** Takes an order; how long it takes and what it shows follow from seed, request and take. */
    submit(order: Order, fate: Fate, now: number): Task {
      advance(now);
      const request = digest(
        order.type,
        order.kind,
        order.prompt,
        order.model,
        order.aspectRatio,
        order.mode,
        ...order.references.map((reference) => reference.sha256),
      );
      const take = nextTake(request);
      const content = digest(options.seed, request, take);
      const task: Task = {
        id: options.newId(),
        order,
        status: 'pending',
        createdAt: now,
        completedAt: null,
        error: null,
        take,
        content,
        fileNames: [],
      };
      const mean = order.kind === 'image' ? options.imageLatencyMs : options.videoLatencyMs;
      const durationMs =
        fate.end === 'failed' && fate.atOnce
          ? 0
          : latency(mean, options.spread, drawsFor(content, 'latency'));
      entries.set(task.id, { task, fate, durationMs, finishAt: Number.POSITIVE_INFINITY });
      waiting.add(task.id);
      totals.made += 1;
      totals[order.kind === 'image' ? 'images' : 'videos'] += 1;
      fillSlots(now);
      return task;
    },

    find(id: string, now: number): Task | null {
      advance(now);
      return entries.get(id)?.task ?? null;
    },

    /** The newest 50, newest first (glabs-api.md A3). */
    recent(now: number): Task[] {
      advance(now);
      return [...entries.values()]
        .slice(-50)
        .reverse()
        .map((entry) => entry.task);
    },

    /** The task of a result file and which of its files it is. */
    file(name: string, now: number): { task: Task; index: number } | null {
      advance(now);
      return files.get(name) ?? null;
    },

    /** Stops one task or, with null, all that are not finished; tells which were and which had ended before. */
    stop(id: string | null, now: number): { stopped: string[]; skipped: string[] } {
      advance(now);
      const targets = id === null ? [...working, ...stuck, ...waiting] : [id];
      const stopped: string[] = [];
      const skipped: string[] = [];
      for (const target of targets) {
        const entry = entries.get(target);
        if (entry === undefined) continue;
        if (finished.has(target)) skipped.push(target);
        else {
          finish(entry, 'failed', now, { code: 499, message: 'STOPPED_BY_CLIENT' });
          stopped.push(target);
        }
      }
      fillSlots(now);
      return { stopped, skipped };
    },

    /** As if it had never been. */
    forget(id: string, now: number): void {
      advance(now);
      drop(id);
      fillSlots(now);
    },

    /** What a restart of the application does: every task is gone. Takes go on, so new pictures differ. */
    restart(): void {
      for (const id of [...entries.keys()]) drop(id);
    },

    /** Everything back to the first moment, takes and counters too. */
    reset(): void {
      for (const id of [...entries.keys()]) drop(id);
      takes.clear();
      totals = { completed: 0, failed: 0, made: 0, images: 0, videos: 0 };
    },

    counts(now: number): Counts {
      advance(now);
      return { pending: waiting.size, running: working.size + stuck.size, ...totals };
    },
  };
}
