import { basename, resolve } from 'node:path';
import type { RunOptions } from '../../../shared/domain.ts';
import { fail } from '../../../shared/failure.ts';
import type { QueueEntry, QueueView } from '../../../shared/queue.ts';
import type { Database } from '../../db/database.ts';
import type { QueueRow } from '../../db/queue.ts';
import type { Clock } from '../../platform/clock.ts';
import type { LockHolder } from '../../platform/lock.ts';

/** How an entry comes into the queue; nothing given: at the end, and waiting. */
export interface AddHow {
  /** Place from 0. */
  to?: number | undefined;
  held?: boolean | undefined;
  /** Claims it in the same step, if nothing else waits and nothing is in the way. */
  atOnce?: { isFree(): boolean; claim(id: string): void };
}

/** What a person may do with the queue, in whatever process. Each resolves when it is committed. */
export interface QueueBook {
  view(): QueueView;
  /** Rejects with `locked` when the file is queued or in use, `workflow-missing` when it is not there. */
  add(path: string, options: RunOptions, how?: AddHow): Promise<QueueRow>;
  /** `to` counts from 0. This and the next three reject with `not-found`, and with `locked` while it starts. */
  move(id: string, to: number): Promise<void>;
  hold(id: string): Promise<void>;
  /** Lets a held or failed one wait for its turn again. */
  release(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
}

export interface BookParts {
  db: Pick<Database, 'queue' | 'commits'>;
  clock: Clock;
  newId(): string;
  /** Links resolved. Null: no such file. */
  realPath(path: string): Promise<string | null>;
  /** Who works on a file now, in any process of this machine. */
  holderOf(path: string): Promise<LockHolder | null>;
}

export function openQueueBook({ db, clock, newId, realPath, holderOf }: BookParts): QueueBook {
  const { queue: table, commits } = db;

  /** Changes one entry that is there and does not start just now. */
  const change = (id: string, work: (entry: QueueRow) => void) =>
    commits.write(() => {
      const entry = table.entries().find((each) => each.id === id);
      if (!entry) {
        throw fail('not-found', 'It is not in the queue any more.', {
          where: id,
          cure: 'Look at the queue again: it may have started.',
        });
      }
      if (entry.state === 'starting') {
        throw fail('locked', `${entry.name} is starting just now.`, {
          where: entry.path,
          cure: 'Cancel its run when it is there.',
        });
      }
      work(entry);
    });

  return {
    view: () => {
      const { paused, why } = table.pause();
      return { entries: table.entries().map(shown), paused, pausedWhy: why };
    },
    add: async (path, options, { to, held = false, atOnce } = {}) => {
      const real = await realPath(resolve(path));
      if (real === null) {
        throw fail('workflow-missing', `There is no workflow file ${path}.`, {
          where: path,
          cure: 'Check the path.',
        });
      }
      const name = basename(real).replace(/\.nbflow$/i, '');
      const holder = await holderOf(real);
      if (holder !== null) throw inUse(real, name, holder);
      return commits.write(() => {
        const entries = table.entries();
        const same = entries.findIndex((entry) => entry.path === real);
        const before = entries[same];
        if (before && before.state !== 'failed') throw alreadyThere(before, same + 1);
        // Who adds it again has seen why it failed.
        if (before) table.remove(before.id);
        const entry = { id: newId(), path: real, name, options, addedAt: clock.now() };
        table.insert(entry, held ? 'held' : 'waiting');
        if (to !== undefined) table.place(entry.id, to);
        const othersWait = entries.some(({ state }) => state === 'waiting' || state === 'starting');
        if (atOnce && !held && !othersWait && !table.pause().paused && atOnce.isFree())
          atOnce.claim(entry.id);
        return rowOf(table.entries(), entry.id);
      });
    },
    move: (id, to) => change(id, () => table.place(id, to)),
    hold: (id) => change(id, () => table.setState(id, 'held')),
    release: (id) => change(id, () => table.setState(id, 'waiting')),
    remove: (id) =>
      change(id, () => {
        table.remove(id);
        // What it was paused for can only have been about what was in it.
        if (table.entries().length === 0 && table.pause().why !== null) table.setPause(false);
      }),
    pause: () =>
      commits.write(() => {
        if (!table.pause().paused) table.setPause(true);
      }),
    resume: () =>
      commits.write(() => {
        table.setPause(false);
      }),
  };
}

/** An entry as the wire has it. */
export const shown = ({ addedAt, drain: _drain, ...entry }: QueueRow): QueueEntry => ({
  ...entry,
  addedAt: new Date(addedAt).toISOString(),
});

function rowOf(entries: readonly QueueRow[], id: string): QueueRow {
  const row = entries.find((entry) => entry.id === id);
  if (!row) throw new Error(`The entry ${id} that was just written is not there.`);
  return row;
}

const alreadyThere = ({ name, path, state }: QueueRow, place: number) =>
  state === 'starting'
    ? fail('locked', `${name} is starting just now.`, { where: path, cure: 'Wait until it has ended.' })
    : fail('locked', `${name} is already in the queue, place ${place}${state === 'held' ? ', held' : ''}.`, {
        where: path,
        cure: 'Move it up, or remove it first to add it with other options.',
      });

const inUse = (path: string, name: string, { pid, since, what }: LockHolder) =>
  fail('locked', `${name} is in use by process ${pid} since ${since} (${what}).`, {
    where: path,
    cure: 'Wait until it has ended, or cancel it there, then try again.',
  });
