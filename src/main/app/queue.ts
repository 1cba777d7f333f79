import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { RunOptions } from '../../shared/domain.ts';
import { applyQueueChange, type QueueChange, type QueueEntry, type QueueView } from '../../shared/queue.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import type { Database } from '../db/database.ts';
import type { Clock } from '../platform/clock.ts';
import { nodeDisk } from '../platform/disk.ts';
import { type LockHolder, lockFileFor, readLockHolder } from '../platform/lock.ts';
import { processStartTime, stillRuns } from '../platform/process-identity.ts';
import type { RunHandle, Runner } from '../runner/runner-api.ts';
import { openQueueBook, type QueueBook, shown } from './queue/book.ts';
import { settleCrashes } from './queue/crashes.ts';
import { createDrain } from './queue/drain.ts';
import { createRunning } from './queue/running.ts';
import { createRepeater } from './repeater.ts';
import { createTopic, type Topic } from './topic.ts';

/** Runs that wait their turn (behaviour.md §5). Entries live in the database: all processes of a data folder see them. */
export interface Queue extends Omit<QueueBook, 'add' | 'view'> {
  readonly topic: Topic<QueueView, QueueChange>;
  /**
   * Starts it at once when nothing runs or waits, and rejects then as `Runner.start` does. With a place `to` (from 0)
   * it only ever waits its turn there.
   */
  add(
    path: string,
    options: RunOptions,
    how?: AddPlace,
  ): Promise<{ entry: QueueEntry; runId: string | null }>;
  close(): Promise<void>;
}

interface AddPlace {
  to?: number | undefined;
  held?: boolean | undefined;
}

export interface QueueParts {
  db: Pick<Database, 'queue' | 'commits' | 'runs'>;
  runner: Pick<Runner, 'start' | 'handle' | 'onStarted'>;
  clock: Clock;
  onFault(error: unknown): void;
}

/**
 * How often it is looked for what other processes wrote. All the time, since an entry may come from a terminal while
 * no window shows anything; it asks SQLite for one number.
 */
const LOOK_MS = 2_000;

const isAlive = (pid: number, startTime: string | null) => stillRuns({ pid, startTime });

async function holderOf(file: string): Promise<LockHolder | null> {
  const holder = await readLockHolder(await lockFileFor(file));
  return holder !== null && (await stillRuns(holder)) ? holder : null;
}

export interface OpenBook extends QueueBook {
  /** Whether a process is there that starts what waits. */
  isCarriedOut(): boolean;
}

/** What people do with the queue of a data folder, for a process that does not carry it out. */
export async function openBook(db: Pick<Database, 'queue' | 'commits'>, clock: Clock): Promise<OpenBook> {
  await settleCrashes({ table: db.queue, commits: db.commits, isAlive });
  const book = openQueueBook({ db, clock, newId: randomUUID, realPath: nodeDisk.realPath, holderOf });
  return { ...book, isCarriedOut: () => db.queue.drains().length > 0 };
}

/** The queue of a data folder, carried out by this process (and by any other that opened it so) until it is closed. */
export async function openQueue({ db, runner, clock, onFault }: QueueParts): Promise<Queue> {
  const { queue: table, commits } = db;
  const self = { pid: process.pid, started: await processStartTime(process.pid) };
  const book = await openBook(db, clock);
  const id = await commits.write(() => table.joinDrains(self.pid, self.started, clock.now()));
  const running = createRunning({ openRuns: table.openRuns, isAlive, self, handle: runner.handle });
  const topic = createTopic<QueueView, QueueChange>({ initial: book.view(), apply: applyQueueChange });
  const changed = () => {
    const view = book.view();
    if (!isDeepStrictEqual(view, topic.state())) topic.publish(view);
  };
  const drain = createDrain({ id, table, commits, runner, running, isAlive, changed, onFault });

  const follow = (handle: RunHandle) => {
    const stop = followHeld(handle, (summary) => {
      drain.kick();
      // Other processes go by its row.
      commits.write(() => db.runs.summarise(summary)).catch(onFault);
    });
    void handle.finished.then(() => {
      stop();
      drain.kick();
    });
  };
  const stopHearing = runner.onStarted(follow);

  let version = table.version();
  const look = createRepeater(
    clock,
    LOOK_MS,
    () => {
      const now = table.version();
      const waits = topic.state().entries.some(({ state }) => state === 'waiting' || state === 'starting');
      // That a process has died no commit tells.
      if (now !== version || waits) drain.kick();
      version = now;
    },
    onFault,
  );
  look.start();
  drain.kick();

  const then =
    <A extends unknown[]>(act: (...args: A) => Promise<void>) =>
    async (...args: A) => {
      await act(...args);
      changed();
      drain.kick();
    };

  return {
    topic,
    add: async (path, options, how = {}) => {
      await running.look();
      const atOnce = how.to === undefined ? { atOnce: { isFree: running.isFree, claim: drain.claim } } : {};
      const row = await book.add(path, options, { ...how, ...atOnce });
      changed();
      if (row.state === 'starting') return { entry: shown(row), runId: (await drain.start(row)).runId };
      drain.kick();
      return { entry: shown(row), runId: null };
    },
    move: then(book.move),
    hold: then(book.hold),
    release: then(book.release),
    remove: then(book.remove),
    pause: then(book.pause),
    resume: then(book.resume),
    close: async () => {
      stopHearing();
      look.stop();
      await drain.close();
      topic.close();
      await commits.write(() => {
        // What is still claimed could not be written: whoever opens the queue next must find who claimed it.
        if (!table.entries().some((entry) => entry.drain === id)) table.leaveDrains(id);
      });
    },
  };
}

/** Hears when a run begins to wait for picks, and when it goes on. */
function followHeld(handle: RunHandle, hear: (summary: RunSummary) => void): () => void {
  let held = false;
  return handle.onChange(({ summary }) => {
    if (!summary || summary.finishedAt !== null || (summary.status === 'held') === held) return;
    held = !held;
    hear(summary);
  });
}
