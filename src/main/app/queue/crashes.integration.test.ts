import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunOptions } from '../../../shared/domain.ts';
import { type Database, openDatabase } from '../../db/database.ts';
import { processStartTime, stillRuns } from '../../platform/process-identity.ts';
import { runSummary } from '../test-support.ts';
import { endedWords, settleCrashes } from './crashes.ts';

/** What a process that was really killed leaves in a real database. */

let folder: string;
let db: Database;
let killed: { pid: number; started: string | null };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-crashes-'));
  db = openDatabase(join(folder, 'flowdeck.db'));
  killed = await killedProcess();
});
afterEach(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

async function killedProcess() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const started = await processStartTime(pid);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return { pid, started };
}

const isAlive = (pid: number, startTime: string | null) => stillRuns({ pid, startTime });
const settle = () => settleCrashes({ table: db.queue, commits: db.commits, isAlive });
const inQueue = () => db.queue.entries().map(({ name, state }) => `${name} ${state}`);

const queued = (...names: string[]) => {
  for (const name of names) {
    const options = RunOptions.parse({});
    db.queue.insert({ id: name, path: `/p/${name}.nbflow`, name, options, addedAt: 1 }, 'waiting');
  }
};

/** The row that the runner writes before a run begins. */
const begun = (name: string, by: { pid: number; started: string | null }) => {
  const summary = runSummary({ runId: `run of ${name}`, name, workflow: `/p/${name}.nbflow` });
  const { runId: id, workflow, mode, server, demo } = summary;
  db.runs.insert(
    {
      ...{ id, workflow, name, mode, server, demo },
      options: '{}',
      pid: by.pid,
      processStarted: by.started,
      startedAt: 1,
      boot: null,
    },
    summary,
  );
};

const joined = (process: { pid: number; started: string | null }) =>
  db.queue.joinDrains(process.pid, process.started, 1);

describe('a process that was killed', () => {
  it('with a run going on stops the queue, which says what ran', async () => {
    joined(killed);
    begun('XYZG3-V0-1', killed);
    queued('B', 'C');
    await settle();
    expect(db.queue.pause()).toEqual({
      paused: true,
      why: 'Flowdeck ended unexpectedly while XYZG3-V0-1 ran. Look at it, then go on.',
    });
    expect(inQueue()).toEqual(['B waiting', 'C waiting']);
  });

  it('between claim and run gives the entry back, to the front', async () => {
    const drain = joined(killed);
    queued('A', 'B', 'C');
    // An older run of the same file, by the same process, is not what became of it.
    begun('B', killed);
    db.queue.claim('B', drain);
    await settle();
    expect(inQueue()).toEqual(['B waiting', 'A waiting', 'C waiting']);
    expect(db.queue.pause().paused).toBe(true);
  });

  it('between run and removal does not have it run twice', async () => {
    const drain = joined(killed);
    queued('A', 'B');
    db.queue.claim('A', drain);
    begun('A', killed);
    await settle();
    expect(inQueue()).toEqual(['B waiting']);
    expect(db.queue.pause().why).toContain('while A ran');
  });

  it('is not taken to have run what another process began', async () => {
    const drain = joined(killed);
    queued('A');
    db.queue.claim('A', drain);
    begun('A', { pid: process.pid, started: null });
    await settle();
    expect(inQueue()).toEqual(['A waiting']);
  });

  it('stops the queue once: who has told it to go on is not stopped by who finds out later', async () => {
    joined(killed);
    queued('A');
    const later = Promise.withResolvers<boolean>();
    const second = settleCrashes({ table: db.queue, commits: db.commits, isAlive: () => later.promise });
    await settle();
    expect(db.queue.pause()).toEqual({
      paused: true,
      why: 'Flowdeck ended unexpectedly. Look at what it left, then go on.',
    });
    db.queue.setPause(false);
    later.resolve(false);
    await second;
    expect(db.queue.pause().paused).toBe(false);
  });

  it('does not stop an empty queue', async () => {
    joined(killed);
    begun('A', killed);
    await settle();
    expect(db.queue.pause()).toEqual({ paused: false, why: null });
  });
});

describe('a process that lives', () => {
  it('keeps what it has claimed, also under a number that a dead one had', async () => {
    const own = { pid: process.pid, started: await processStartTime(process.pid) };
    const drain = joined(own);
    queued('A', 'B');
    db.queue.claim('A', drain);
    await settle();
    expect(inQueue()).toEqual(['A starting', 'B waiting']);
    expect(db.queue.pause().paused).toBe(false);
    joined({ pid: process.pid, started: 'another boot' });
    await settle();
    expect(inQueue()).toEqual(['A starting', 'B waiting']);
    expect(db.queue.pause().paused).toBe(true);
  });

  it('takes up again what it claimed and could not write the outcome of', async () => {
    const drain = joined({ pid: process.pid, started: await processStartTime(process.pid) });
    queued('A', 'B', 'C');
    for (const id of ['A', 'B']) db.queue.claim(id, drain);
    begun('A', { pid: process.pid, started: null });
    const own = { drain, inHand: (id: string) => id === 'C' };
    await settleCrashes({ table: db.queue, commits: db.commits, isAlive }, own);
    expect(inQueue()).toEqual(['B waiting', 'C waiting']);
    expect(db.queue.pause().paused).toBe(false);
  });
});

it.each([
  [['A', 'B'], [], 'Flowdeck ended unexpectedly while A and B ran. Look at it, then go on.'],
  [[], ['A'], 'Flowdeck ended unexpectedly while A was starting. Look at it, then go on.'],
  [['A'], ['B'], 'Flowdeck ended unexpectedly while A ran. Look at it, then go on.'],
])('runs %j and starts %j: %s', (ran, started, words) => {
  expect(endedWords(ran, started)).toBe(words);
});
