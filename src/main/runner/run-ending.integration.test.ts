import { readFile } from 'node:fs/promises';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import type { RunEvent } from '../../shared/run-events.ts';
import { type Disk, nodeDisk } from '../platform/disk.ts';
import { type Bench, type BenchOptions, openBench, type Simulator, startSimulator } from './test-support.ts';

/** How a run ends: everything at rest, everything told, whatever went wrong on the way. */

let simulator: Simulator;
let bench: Bench | null = null;
afterEach(async () => {
  await bench?.close();
  await simulator.kill();
});

async function open(args: string[] = [], options: Partial<BenchOptions> = {}): Promise<Bench> {
  simulator = await startSimulator(args);
  bench = await openBench({ server: simulator.url, ...options });
  return bench;
}

async function start(b: Bench, more: Partial<RunOptions> = {}) {
  const handle = await b.runner.start(b.workflow, RunOptions.parse({ pollMs: 100, ...more }));
  const events: RunEvent[] = [];
  let look: () => void = () => undefined;
  handle.onEvent((event) => {
    events.push(event);
    look();
  });
  const until = (fits: (event: RunEvent) => boolean) =>
    new Promise<void>((resolve) => {
      look = () => {
        if (events.some(fits)) resolve();
      };
      look();
    });
  return { handle, events, until };
}

describe('when a run has ended', () => {
  it('nothing of it is still at work on the disk, and nothing is told after its last event', async () => {
    let busy = 0;
    const disk: Disk = {
      ...nodeDisk,
      write: async (path, data) => {
        busy++;
        if (path.includes('Assets')) await new Promise((resolve) => setTimeout(resolve, 400));
        await nodeDisk.write(path, data);
        busy--;
      },
    };
    const b = await open([], { disk });
    const { handle, events, until } = await start(b);
    await until((event) => event.type === 'node.state' && event.state === 'storing');
    handle.cancel();
    await handle.finished;
    expect(busy).toBe(0);
    expect(events.at(-1)?.type).toBe('run.finished');
  });
});

describe('a database that takes nothing any more', () => {
  it('ends the run with a sentence about the disk, and lets the file go', async () => {
    const b = await open(['--latency', '50']);
    const { handle, until } = await start(b);
    await until((event) => event.type === 'candidate.stored');
    const finish = b.deps.db.runs.finish;
    const full = () => {
      throw new Sqlite.SqliteError('database or disk is full', 'SQLITE_FULL');
    };
    b.deps.db.journal.intend = full;
    b.deps.db.journal.step = full;
    b.deps.db.runs.finish = full;
    const { event, failure } = await handle.finished;
    expect(event.status).toBe('aborted');
    expect(failure).toMatchObject({ code: 'store-unreachable', cure: expect.stringContaining('space') });
    expect(b.runner.handle(handle.runId)).toBeNull();
    b.deps.db.runs.finish = finish;
    const lock = await b.deps.lock(b.workflow, 'test');
    await lock.release();
  });
});

describe('a run that is stopped by a fault', () => {
  it('still leaves the errors of the nodes that had failed before', async () => {
    const b = await open(
      ['--fault', 'task-400,kind=image,prompt=Three quarter', '--fault', 'http-401,on=submit,skip=14'],
      {
        settings: { 'runner.retries': 0 },
      },
    );
    const { handle } = await start(b, { concurrency: 1 });
    const { event } = await handle.finished;
    expect(event).toMatchObject({ status: 'aborted', counts: { failed: 1 } });
    const errors = JSON.parse(await readFile(event.errorsFile ?? '', 'utf8'));
    expect(errors).toMatchObject([{ nodeId: 4, type: 'content_policy' }]);
  });

  it('does not forget the failures of videos in a run that wants only images', async () => {
    const b = await open([], { settings: { 'runner.retries': 0 } });
    await simulator.faults([{ fault: 'task-400', kind: 'video' }]);
    const first = await b.run();
    expect(JSON.parse(await readFile(first.end.errorsFile ?? '', 'utf8'))).toHaveLength(3);
    await b.run({ mode: 'images' });
    expect(JSON.parse(await readFile(first.end.errorsFile ?? '', 'utf8'))).toHaveLength(3);
    await simulator.faults([]);
    expect((await b.run()).end).toMatchObject({ status: 'completed', errorsFile: null });
    await expect(readFile(first.end.errorsFile ?? '')).rejects.toThrow('ENOENT');
  });
});
