import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import type { Failure } from '../../shared/failure.ts';
import { systemClock } from '../platform/clock.ts';
import type { RunHandle } from '../runner/runner-api.ts';
import { type Flowdeck, openFlowdeck } from './flowdeck.ts';
import { openQueue, type Queue } from './queue.ts';

/** The queue on a real runner, a real database, and the simulator. What processes do to each other is in cli. */

const fixtures = join(import.meta.dirname, '../workflow/fixtures');
const options = RunOptions.parse({ pollMs: 20 });
let simulator: { url: string; end(): void };
let folder: string;
let flowdeck: Flowdeck;
let queue: Queue;
let faults: unknown[];

beforeAll(async () => {
  const entry = join(import.meta.dirname, '../../simulator/main.ts');
  const program = spawn(process.execPath, [
    entry,
    ...['--port', '0', '--latency', '0', '--tiny', '--exit-with-parent'],
  ]);
  const [line] = await once(createInterface(program.stdout), 'line');
  simulator = { url: (JSON.parse(String(line)) as { url: string }).url, end: () => program.kill() };
});
afterAll(() => simulator.end());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-queue-'));
  await mkdir(join(folder, 'testing'));
  await cp(join(fixtures, 'refs'), join(folder, 'refs'), { recursive: true });
  faults = [];
  await open();
});
afterEach(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
  expect(faults).toEqual([]);
});

async function open(): Promise<void> {
  flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir: join(folder, 'data') });
  await flowdeck.settings.set('glabs.url', simulator.url);
  const { db, runner } = flowdeck;
  queue = await openQueue({ db, runner, clock: systemClock, onFault: (error) => faults.push(error) });
}

async function close(): Promise<void> {
  await queue.close();
  await flowdeck.close();
}

/** A workflow that can be run, with its reference on this machine. */
async function workflow(name: string, fixture = 'valid/XYZG3-V0-1.nbflow'): Promise<string> {
  const text = await readFile(join(fixtures, fixture), 'utf8');
  const file = join(folder, 'testing', `${name}.nbflow`);
  await writeFile(file, text.replaceAll(/"https:[^"]*avatar[^"]*"/g, '"../refs/avatar-a.png"'));
  return file;
}

/** A run that goes on until the test lets it. */
async function running(name: string): Promise<RunHandle> {
  const { runId } = await queue.add(await workflow(name), options);
  const handle = flowdeck.runner.handle(runId ?? '');
  if (!handle) throw new Error(`${name} does not run`);
  handle.pause();
  return handle;
}

const inQueue = () => queue.topic.state().entries.map(({ name, state }) => `${name} ${state}`);
const names = () => queue.topic.state().entries.map(({ name }) => name);
const ran = async () => (await flowdeck.runner.recentRuns(20)).map((run) => run.name).reverse();
const idOf = (name: string) => queue.topic.state().entries.find((entry) => entry.name === name)?.id ?? '';

async function refusal(work: Promise<unknown>): Promise<Failure> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return (error as { failure: Failure }).failure;
}

describe('a run that is added', () => {
  it('starts at once when nothing is in the way, and is not in the queue then', async () => {
    const { runId, entry } = await queue.add(await workflow('A-V0-1'), options);
    expect(await ran()).toEqual(['A-V0-1']);
    expect((await flowdeck.runner.view(runId ?? ''))?.summary.workflow).toBe(entry.path);
    expect(inQueue()).toEqual([]);
    await flowdeck.runner.handle(runId ?? '')?.finished;
  });

  it('that is refused rejects, and nothing stays in the queue', async () => {
    const broken = await workflow('B-V0-1', 'broken/12-cycle.nbflow');
    expect(await refusal(queue.add(broken, options))).toMatchObject({ code: 'check-failed' });
    expect(inQueue()).toEqual([]);
    expect(flowdeck.db.queue.entries()).toEqual([]);
    expect(await refusal(queue.add(join(folder, 'none.nbflow'), options))).toMatchObject({
      code: 'workflow-missing',
    });
  });

  it('waits its turn while another goes on; they run in order and never two at once', async () => {
    const first = await running('A-V0-1');
    for (const name of ['B-V0-1', 'C-V0-1', 'D-V0-1']) {
      expect((await queue.add(await workflow(name), options)).runId).toBeNull();
    }
    await queue.move(idOf('D-V0-1'), 0);
    expect(inQueue()).toEqual(['D-V0-1 waiting', 'B-V0-1 waiting', 'C-V0-1 waiting']);
    first.resume();
    await expect.poll(ran, { timeout: 40_000 }).toEqual(['A-V0-1', 'D-V0-1', 'B-V0-1', 'C-V0-1']);
    await expect
      .poll(async () => (await flowdeck.runner.recentRuns(9)).every((run) => run.finishedAt !== null), {
        timeout: 20_000,
      })
      .toBe(true);
    const spans = (await flowdeck.runner.recentRuns(9)).reverse();
    spans.slice(1).forEach((run, at) => {
      expect(run.startedAt >= (spans[at]?.finishedAt ?? '')).toBe(true);
    });
  });

  it('is refused when the same file is queued or runs, by whatever name it is called', async () => {
    const first = await running('A-V0-1');
    expect(await refusal(queue.add(first.workflow, options))).toMatchObject({
      code: 'locked',
      message: expect.stringMatching(new RegExp(`A-V0-1 is in use by process ${process.pid} .*run `)),
    });
    const file = await workflow('B-V0-1');
    await queue.add(await workflow('C-V0-1'), options);
    await queue.add(file, options);
    const link = join(folder, 'other-name.nbflow');
    await symlink(file, link);
    expect(await refusal(queue.add(link, options))).toMatchObject({
      code: 'locked',
      message: 'B-V0-1 is already in the queue, place 2.',
    });
    expect(names()).toEqual(['C-V0-1', 'B-V0-1']);
    first.cancel();
  });

  it('keeps what was asked of it', async () => {
    const first = await running('A-V0-1');
    await queue.add(await workflow('B-V0-1'), { ...options, mode: 'images', concurrency: 2 });
    first.cancel();
    await expect.poll(ran).toEqual(['A-V0-1', 'B-V0-1']);
    const [run] = await flowdeck.runner.recentRuns(1);
    expect(run).toMatchObject({ mode: 'images', concurrency: 2 });
  });
});

describe('what waits', () => {
  it('is passed over while it is held, and starts when it is let go', async () => {
    const first = await running('A-V0-1');
    await queue.add(await workflow('B-V0-1'), options);
    await queue.add(await workflow('C-V0-1'), options);
    await queue.hold(idOf('B-V0-1'));
    first.cancel();
    await expect.poll(ran).toEqual(['A-V0-1', 'C-V0-1']);
    expect(inQueue()).toEqual(['B-V0-1 held']);
    await queue.release(idOf('B-V0-1'));
    await expect.poll(ran, { timeout: 20_000 }).toEqual(['A-V0-1', 'C-V0-1', 'B-V0-1']);
  });

  it('can be removed, and put back at its place as it was', async () => {
    const first = await running('A-V0-1');
    for (const name of ['B-V0-1', 'C-V0-1', 'D-V0-1']) await queue.add(await workflow(name), options);
    await queue.hold(idOf('C-V0-1'));
    const path = queue.topic.state().entries[1]?.path ?? '';
    await queue.remove(idOf('C-V0-1'));
    expect(names()).toEqual(['B-V0-1', 'D-V0-1']);
    await queue.add(path, options, { to: 1, held: true });
    expect(inQueue()).toEqual(['B-V0-1 waiting', 'C-V0-1 held', 'D-V0-1 waiting']);
    await queue.pause();
    first.cancel();
  });

  it('is told apart from what is not there any more', async () => {
    const gone = { code: 'not-found' };
    expect(await refusal(queue.hold('nothing'))).toMatchObject(gone);
    expect(await refusal(queue.move('nothing', 0))).toMatchObject(gone);
    expect(await refusal(queue.remove('nothing'))).toMatchObject(gone);
  });

  it('that cannot start says why, and the next one goes on; adding it again takes its place', async () => {
    const first = await running('A-V0-1');
    const broken = await workflow('B-V0-1', 'broken/12-cycle.nbflow');
    await queue.add(broken, options);
    await queue.add(await workflow('C-V0-1'), options);
    first.cancel();
    await expect.poll(ran).toEqual(['A-V0-1', 'C-V0-1']);
    expect(inQueue()).toEqual(['B-V0-1 failed']);
    expect(queue.topic.state().entries[0]?.problem).toMatch(
      /^The sanity check found 4 errors: .* in a circle.* and 3 more\. Remove one of the links/,
    );
    await queue.pause();
    await workflow('B-V0-1');
    await queue.add(broken, options);
    expect(inQueue()).toEqual(['B-V0-1 waiting']);
  });

  it('stays when G-Labs is gone: the queue stops and says why, and goes on when it is told to', async () => {
    const first = await running('A-V0-1');
    await flowdeck.settings.set('glabs.url', 'http://127.0.0.1:9');
    await queue.add(await workflow('B-V0-1'), { ...options, waitBackendS: 0 });
    await queue.add(await workflow('C-V0-1'), { ...options, waitBackendS: 0 });
    first.cancel();
    await expect.poll(() => queue.topic.state().paused).toBe(true);
    expect(inQueue()).toEqual(['B-V0-1 waiting', 'C-V0-1 waiting']);
    expect(queue.topic.state().pausedWhy).toMatch(/^B-V0-1 could not start: .*127\.0\.0\.1:9/);
    await flowdeck.settings.set('glabs.url', simulator.url);
    await queue.resume();
    await expect.poll(ran, { timeout: 30_000 }).toEqual(['A-V0-1', 'B-V0-1', 'C-V0-1']);
    expect(queue.topic.state()).toEqual({ entries: [], paused: false, pausedWhy: null });
  });

  it('does not start while the queue is paused, however often something ends or is added', async () => {
    await queue.pause();
    const { runId } = await queue.add(await workflow('A-V0-1'), options);
    await queue.add(await workflow('B-V0-1'), options);
    await queue.move(idOf('B-V0-1'), 0);
    expect(runId).toBeNull();
    expect(await ran()).toEqual([]);
    await queue.resume();
    await expect.poll(ran, { timeout: 20_000 }).toEqual(['B-V0-1', 'A-V0-1']);
  });
});

describe('a run that waits for picks', () => {
  it('does not keep the others, and other processes see that it waits', async () => {
    const { runId } = await queue.add(await workflow('A-V0-1'), { ...options, gates: 'hold' });
    const first = flowdeck.runner.handle(runId ?? '');
    const file = await workflow('B-V0-1');
    await expect.poll(() => first?.view().summary.status, { timeout: 20_000 }).toBe('held');
    await expect.poll(() => flowdeck.db.queue.openRuns()).toMatchObject([{ name: 'A-V0-1', status: 'held' }]);
    expect((await queue.add(file, options)).runId).not.toBeNull();
    expect(first?.view().summary).toMatchObject({ status: 'held', finishedAt: null });
  });

  it('lets what was queued behind it go on when it begins to wait', async () => {
    await queue.add(await workflow('A-V0-1'), { ...options, gates: 'hold' });
    expect((await queue.add(await workflow('B-V0-1'), options)).runId).toBeNull();
    await expect.poll(ran, { timeout: 20_000 }).toEqual(['A-V0-1', 'B-V0-1']);
  });
});

describe('a Flowdeck that is closed', () => {
  it('goes on with the queue when it opens again, in the same order', async () => {
    await running('A-V0-1');
    await queue.add(await workflow('B-V0-1'), options);
    await queue.add(await workflow('C-V0-1'), options);
    await queue.move(idOf('C-V0-1'), 0);
    await close();
    await open();
    expect(queue.topic.state()).toMatchObject({ paused: false, pausedWhy: null });
    await expect.poll(ran, { timeout: 30_000 }).toEqual(['A-V0-1', 'C-V0-1', 'B-V0-1']);
  });

  it('while a run is about to start, puts it back where it was', async () => {
    const first = await running('A-V0-1');
    await flowdeck.settings.set('glabs.url', 'http://127.0.0.1:9');
    await queue.add(await workflow('B-V0-1'), { ...options, waitBackendS: 600 });
    await queue.add(await workflow('C-V0-1'), options);
    first.cancel();
    await expect.poll(inQueue).toEqual(['B-V0-1 starting', 'C-V0-1 waiting']);
    expect(await refusal(queue.remove(idOf('B-V0-1')))).toMatchObject({ code: 'locked' });
    await queue.close();
    const left = flowdeck.db.queue.entries().map(({ name, state }) => `${name} ${state}`);
    expect(left).toEqual(['B-V0-1 waiting', 'C-V0-1 waiting']);
    expect(flowdeck.db.queue.drains()).toEqual([]);
  });
});
