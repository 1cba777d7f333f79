import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Worker } from 'node:worker_threads';
import { type Failure, FlowdeckError } from '../../shared/failure.ts';
import { type Clock, isoTime } from '../platform/clock.ts';
import { lookAtRest } from './at-rest.ts';
import type { Carried } from './carry-over.ts';
import { openConnection } from './connection.ts';
import { damageOf, type Thoroughness } from './damage.ts';
import { suspectFile } from './failures.ts';
import { beingMended, type InUse, takeInUse } from './in-use.ts';
import { migrations } from './migrations/list.ts';
import { createObjectsTable, type StoredFile } from './objects.ts';
import { finishLeft, mendingFile, putInPlace, stampOf } from './set-aside.ts';

/** What the thread of mend-worker.ts is asked, as its `workerData`. */
export type MendTask =
  | { ask: 'damage'; file: string; how: Thoroughness }
  | { ask: 'rebuild'; from: string; into: string };

/** What it answers, once. */
export type MendAnswer =
  | { damage: string | null }
  | { carried: Carried[] }
  | { failure: Failure }
  /** A fault of ours, with its stack. */
  | { fault: string };

export interface MendDeps {
  clock: Clock;
  startWorker(task: MendTask): Worker;
  /** The objects in the stores of this machine. Asked when the books of them are not whole. */
  findObjects(): Promise<readonly FoundObject[]>;
}

/** An object by what lies on the disk, and the addresses that lead to it. */
export interface FoundObject {
  object: StoredFile;
  urls: readonly string[];
}

/** A database was damaged, and there is a new one in its place. */
export interface Mended {
  /** Where the damaged one lies. */
  aside: string;
  /** What was damaged, and what became of each table; null: that was told to a process that died before it could say. */
  report: { damage: string; carried: Carried[]; refilled: number } | null;
}

/** Milliseconds between two looks whether another process is done with mending, and how long it may take. */
const LOOK_MS = 25;
const MOST_MS = 30 * 60_000;

/**
 * Looks whether the database is whole, before it is opened, and if it is damaged sets it aside and makes a new one of
 * all that can be read of it. Null: it is whole, or nothing to mend is there; also when another process has it open,
 * which has looked.
 *
 * A glance is cheap and always taken. After a process that did not close the database (SQLite removes its log when the
 * last one closes it) another thread reads all pages, once; after one that met damage in its work the indexes too.
 * Damage is what SQLite finds wrong in the content; a database that is held, without rights, or on a full disk stays
 * where it is.
 *
 * The old one is moved only when the new one is complete and on the disk; wherever a process dies, the next one goes on
 * or begins again. Rejects with `store-unreachable` or `folder` when the new one cannot be made (all is left as it was
 * then), or `locked` when another process has been mending it for half an hour.
 */
export async function mendDatabase(file: string, deps: MendDeps): Promise<Mended | null> {
  const inUse = await alone(file, deps.clock);
  if (inUse === null) return null;
  try {
    const left = await finishLeft(file);
    return left === null ? await mendAlone(file, deps) : { aside: left, report: null };
  } finally {
    inUse.release();
  }
}

async function mendAlone(file: string, deps: MendDeps): Promise<Mended | null> {
  const { version, leftOpen, empty } = lookAtRest(file);
  // What a newer Flowdeck made is none of our business; who opens it is told so.
  if (empty || (version !== null && version > migrations.length)) return null;
  const suspected = existsSync(suspectFile(file));
  const damage =
    suspected || leftOpen
      ? await look({ ask: 'damage', file, how: suspected ? 'whole' : 'quick' }, deps)
      : damageOf(file, 'glance');
  let mended: Mended | null = null;
  if (damage !== null) {
    const into = mendingFile(file);
    const answer = await inThread({ ask: 'rebuild', from: file, into }, deps);
    const carried = 'carried' in answer ? answer.carried : [];
    const refilled = isWhole(carried, OBJECTS) ? 0 : await refill(into, deps);
    const aside = await putInPlace(file, stampOf(isoTime(deps.clock)));
    mended = { aside, report: { damage, carried, refilled } };
  }
  if (suspected) await rm(suspectFile(file), { force: true });
  return mended;
}

async function look(task: MendTask, deps: MendDeps): Promise<string | null> {
  const answer = await inThread(task, deps);
  return 'damage' in answer ? answer.damage : null;
}

/** What stands in the books and, of what is not there, what lies on the disk. */
async function refill(into: string, deps: MendDeps): Promise<number> {
  const found = await deps.findObjects();
  const connection = openConnection(into);
  try {
    const objects = createObjectsTable(connection);
    const unknown = found.filter(
      ({ object, urls }) =>
        objects.bySha(object.sha256) === null || urls.some((url) => objects.byUrl(url) === null),
    );
    connection.transaction(() => {
      for (const { object, urls } of unknown) {
        objects.put(object, null);
        for (const url of urls) objects.put(object, url);
      }
    })();
    return unknown.length;
  } finally {
    connection.close();
  }
}

const OBJECTS = ['objects', 'object_urls'];

/** All of these tables are there to the last row. Pure. */
const isWhole = (carried: readonly Carried[], tables: readonly string[]): boolean =>
  carried.every(({ table, whole }) => whole || !tables.includes(table));

/** Null: others have it open. Waits for one who looks at it or mends it. */
async function alone(file: string, clock: Clock): Promise<InUse | null> {
  for (const deadline = clock.monotonic() + MOST_MS; clock.monotonic() < deadline; ) {
    const inUse = takeInUse(file, 0);
    if (inUse?.alone) return inUse;
    if (inUse !== null) {
      inUse.release();
      return null;
    }
    await clock.sleep(LOOK_MS);
  }
  throw beingMended(file);
}

/** Reading a large database takes seconds: not on the thread that serves the window. */
async function inThread(task: MendTask, { startWorker }: MendDeps): Promise<MendAnswer> {
  const thread = startWorker(task);
  try {
    // `once` rejects when the thread fails; one that only ends never answers.
    const ended = once(thread, 'exit').then(() => {
      throw new Error('The thread that looks at the database ended without an answer.');
    });
    const [answer] = (await Promise.race([once(thread, 'message'), ended])) as [MendAnswer];
    if ('failure' in answer) throw new FlowdeckError(answer.failure);
    if ('fault' in answer) throw new Error(answer.fault);
    return answer;
  } finally {
    await thread.terminate();
  }
}
