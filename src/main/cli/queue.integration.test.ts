import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RunOptions } from '../../shared/domain.ts';
import { openBook } from '../app/queue.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { systemClock } from '../platform/clock.ts';
import {
  type Desk,
  ErrorLine,
  openDesk,
  type Running,
  type Simulator,
  startSimulator,
} from './test-support.ts';

/** The queue between processes: terminals, control rooms, and such that are killed. */

let desk: Desk;
let simulator: Simulator | null;
/** The same database, to look without starting a program for it. */
let db: Database;

beforeEach(async () => {
  desk = await openDesk();
  await mkdir(desk.dataDir);
  db = openDatabase(join(desk.dataDir, 'flowdeck.db'));
  simulator = null;
});
afterEach(async () => {
  db.close();
  await desk.close();
  await simulator?.kill();
});

const EntryLine = z.strictObject({
  type: z.literal('queue.entry'),
  position: z.number(),
  id: z.string(),
  path: z.string(),
  name: z.string(),
  state: z.enum(['waiting', 'held', 'starting', 'failed']),
  mode: z.string(),
  problem: z.string().nullable(),
  addedAt: z.iso.datetime(),
});
const QueueLine = z.strictObject({
  type: z.literal('queue'),
  paused: z.boolean(),
  pausedWhy: z.string().nullable(),
  length: z.number(),
});

async function queue(...args: string[]) {
  const { code, lines, stderr } = await desk.flowdeck('queue', ...args, '--json');
  expect(stderr).not.toContain('A fault of Flowdeck');
  const all = lines();
  if (code !== 0) {
    const error = ErrorLine.parse(all.at(-1));
    return { code, error, stderr, entries: [], paused: null, pausedWhy: null, length: null };
  }
  const entries = all.slice(0, -1).map((line) => EntryLine.parse(line));
  return { code, entries, stderr, ...QueueLine.parse(all.at(-1)) };
}

const states = (entries: readonly { name: string; state: string }[]) =>
  entries.map(({ name, state }) => `${name} ${state}`);

/** Copies of a workflow that can be run, under names of their own. */
async function workflows(...names: string[]): Promise<string[]> {
  const first = await desk.workflow();
  const text = await readFile(first);
  return Promise.all(
    names.map(async (name) => {
      const file = join(dirname(first), `${name}.nbflow`);
      await writeFile(file, text);
      return file;
    }),
  );
}

/** Oldest first. */
const runs = () =>
  db.runs
    .recent(20)
    .map(({ summary }) => summary)
    .reverse();
const ran = () => runs().map(({ name }) => name);
const waits = () => states(db.queue.entries());

async function useSimulator(...args: string[]): Promise<void> {
  simulator = await startSimulator(...args);
  const settings = { 'glabs.url': simulator.url, 'runner.pollMs': 20 };
  await writeFile(join(desk.dataDir, 'settings.json'), JSON.stringify(settings));
}

/** As `queue add`, without starting a program for it. */
async function addAll(...names: string[]): Promise<void> {
  const book = await openBook(db, systemClock);
  for (const file of await workflows(...names)) await book.add(file, RunOptions.parse({}));
}

async function serve(): Promise<Running> {
  const running = desk.start(['serve', '--port', '0', '--no-open', '--json']);
  await running.line('serving');
  return running;
}

async function kill({ process, ended }: Running): Promise<void> {
  process.kill('SIGKILL');
  await ended;
}

describe('queue, from a terminal', () => {
  it('adds, lists, moves, holds, releases and removes', async () => {
    const [a = '', b = '', c = ''] = await workflows('A-V0-1', 'B-V0-1', 'C-V0-1');
    const first = await queue('add', a);
    expect(first).toMatchObject({ length: 1, paused: false, pausedWhy: null });
    expect(first.stderr).toContain('No control room is open');
    expect(first.entries[0]).toMatchObject({ position: 1, name: 'A-V0-1', path: a, mode: 'full' });
    await queue('add', b, '--mode', 'images', '--ref-image', 'ref.png');
    await queue('add', c);
    expect((await queue('move', 'C-V0-1', '1')).entries.map(({ name }) => name)).toEqual([
      'C-V0-1',
      'A-V0-1',
      'B-V0-1',
    ]);
    const id = first.entries[0]?.id ?? '';
    expect(states((await queue('hold', id.slice(0, 9))).entries)).toContain('A-V0-1 held');
    expect(states((await queue('hold', 'all')).entries)).toEqual([
      'C-V0-1 held',
      'A-V0-1 held',
      'B-V0-1 held',
    ]);
    await queue('release', 'all');
    await queue('remove', 'A-V0-1');
    const { entries } = await queue('list');
    expect(states(entries)).toEqual(['C-V0-1 waiting', 'B-V0-1 waiting']);
    expect(entries.map(({ position, mode }) => [position, mode])).toEqual([
      [1, 'full'],
      [2, 'images'],
    ]);
    expect((await queue('pause')).paused).toBe(true);
    expect((await queue('resume')).paused).toBe(false);
  });

  it('shows a person the same as a table', async () => {
    const [a = ''] = await workflows('A-V0-1');
    expect((await desk.flowdeck('queue')).stdout).toBe('The queue is empty.\n');
    await queue('add', a);
    await queue('pause');
    expect((await desk.flowdeck('queue', 'list')).stdout).toMatch(
      /^place\s+id\s+workflow\s+mode\s+state\n\s+1\s+[0-9a-f]{8}\s+A-V0-1\s+full\s+waiting\nPaused\. /,
    );
  });

  it('ends with 2 for what is not there, 7 for what is there already, 3 for a missing file', async () => {
    const [a = ''] = await workflows('A-V0-1');
    await queue('add', a);
    for (const act of ['hold', 'release', 'remove']) {
      expect(await queue(act, 'nothing')).toMatchObject({ code: 2, error: { code: 'not-found' } });
    }
    expect(await queue('move', 'nothing', '1')).toMatchObject({ code: 2 });
    expect(await queue('add', a)).toMatchObject({
      code: 7,
      error: { code: 'locked', message: 'A-V0-1 is already in the queue, place 1.' },
    });
    expect(await queue('add', 'none.nbflow')).toMatchObject({ code: 3, error: { code: 'workflow-missing' } });
    expect(await queue('add', a, '--api-key', 'k')).toMatchObject({ code: 2, error: { where: '--api-key' } });
    expect(await queue('move', 'A-V0-1', '0')).toMatchObject({ code: 2 });
  });

  it('refuses a file that a run in another terminal holds, and says who', async () => {
    await useSimulator('--latency', '400');
    const [a = ''] = await workflows('A-V0-1');
    const running = desk.start(['run', a, '--json']);
    await running.line('run.started');
    expect(await queue('add', a)).toMatchObject({
      code: 7,
      error: { message: expect.stringContaining(`process ${running.process.pid}`) },
    });
    await kill(running);
    expect(await queue('add', a)).toMatchObject({ code: 0 });
  });
});

describe('a control room', () => {
  it('starts what a terminal adds, with no page open', async () => {
    await useSimulator();
    const served = await serve();
    const [a = ''] = await workflows('A-V0-1');
    expect((await queue('add', a)).stderr).not.toContain('No control room');
    await expect.poll(runs, { timeout: 30_000 }).toMatchObject([{ name: 'A-V0-1', status: 'completed' }]);
    served.process.kill('SIGTERM');
    expect((await served.ended).code).toBe(0);
  });

  it('and a second one on the same data folder run each once, and never two at a time', async () => {
    await useSimulator();
    const names = ['A-V0-1', 'B-V0-1', 'C-V0-1', 'D-V0-1'];
    await addAll(...names);
    await Promise.all([serve(), serve()]);
    const finished = () => runs().filter((run) => run.finishedAt !== null);
    await expect.poll(finished, { timeout: 50_000 }).toHaveLength(4);
    const spans = runs();
    expect(ran()).toEqual(names);
    spans.slice(1).forEach((run, at) => {
      expect(run.startedAt >= (spans[at]?.finishedAt ?? '')).toBe(true);
    });
    expect(waits()).toEqual([]);
  });

  it('that is killed while a run goes on: the queue stands still and says why, until it is told to go on', async () => {
    await useSimulator('--latency', '300');
    await addAll('A-V0-1', 'B-V0-1', 'C-V0-1');
    const first = await serve();
    await expect.poll(runs, { timeout: 30_000 }).toMatchObject([{ status: 'running' }]);
    await expect.poll(waits).toEqual(['B-V0-1 waiting', 'C-V0-1 waiting']);
    await kill(first);
    const why = 'Flowdeck ended unexpectedly while A-V0-1 ran. Look at it, then go on.';
    const second = await serve();
    expect(await queue('list')).toMatchObject({ paused: true, pausedWhy: why, length: 2 });
    expect(ran()).toEqual(['A-V0-1']);
    await queue('resume');
    await expect.poll(ran, { timeout: 40_000 }).toEqual(['A-V0-1', 'B-V0-1', 'C-V0-1']);
    await kill(second);
  });

  it('that is killed between claim and start loses nothing', async () => {
    // Takes connections and never answers: the start hangs where G-Labs is asked.
    const silent = createServer();
    const asked = new Promise<void>((resolve) => silent.once('connection', () => resolve()));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const [a = '', b = ''] = await workflows('A-V0-1', 'B-V0-1');
    await queue('add', a, '--server', `http://127.0.0.1:${port}`);
    await queue('add', b);
    const served = await serve();
    await asked;
    expect(waits()).toEqual(['A-V0-1 starting', 'B-V0-1 waiting']);
    expect(await queue('remove', 'A-V0-1')).toMatchObject({ code: 7 });
    await kill(served);
    const after = await queue('list');
    expect(states(after.entries)).toEqual(['A-V0-1 waiting', 'B-V0-1 waiting']);
    expect(after.pausedWhy).toBe(
      'Flowdeck ended unexpectedly while A-V0-1 was starting. Look at it, then go on.',
    );
    expect(ran()).toEqual([]);
    silent.close();
  });

  it('that is killed again and again, at any moment, runs each entry once and loses none', async () => {
    await useSimulator('--latency', '20');
    const names = ['A-V0-1', 'B-V0-1', 'C-V0-1', 'D-V0-1', 'E-V0-1', 'F-V0-1'];
    await addAll(...names);
    // Killed as soon as this many runs have begun: in the middle of one, or where the next is about to start.
    for (const begun of [1, 2, 4]) {
      db.queue.setPause(false);
      const served = await serve();
      await expect.poll(() => ran().length, { timeout: 40_000, interval: 5 }).toBeGreaterThanOrEqual(begun);
      await kill(served);
      const left = (await queue('list')).entries.map(({ name }) => name);
      expect([...ran(), ...left]).toEqual(names);
    }
    db.queue.setPause(false);
    await serve();
    await expect.poll(ran, { timeout: 50_000 }).toEqual(names);
  }, 120_000);
});
