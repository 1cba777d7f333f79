import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import type { RunEvent } from '../../shared/run-events.ts';
import { type Backend, BackendError } from '../backend/backend.ts';
import { systemClock } from '../platform/clock.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { generationNodes } from '../workflow/generation.ts';
import { parseWorkflow } from '../workflow/read.ts';
import { type Bench, openBench, type Simulator, startSimulator } from './test-support.ts';

/** What gets lost on the way, at the backend, on the disk or by a cancel, and what the run makes of it. */

let simulator: Simulator;
let bench: Bench | null = null;
afterEach(async () => {
  await bench?.close();
  await simulator.kill();
});

/** A bench whose backend is the simulator with some of its ways changed. */
async function open(change: (backend: Backend, b: Bench) => Partial<Backend>, args: string[] = []) {
  simulator = await startSimulator(args);
  const b = await openBench({ server: simulator.url });
  bench = b;
  const { openBackend } = b.deps;
  b.deps.openBackend = async (server) => {
    const backend = await openBackend(server);
    return { ...backend, ...change(backend, b) };
  };
  return b;
}

async function start(b: Bench, more: Partial<RunOptions> = {}) {
  const handle = await b.runner.start(b.workflow, RunOptions.parse({ pollMs: 100, ...more }));
  const until = (fits: (event: RunEvent) => boolean) =>
    new Promise<void>((resolve) => {
      handle.onEvent((event) => {
        if (fits(event)) resolve();
      });
    });
  return { handle, until };
}

const nodesOf = async (b: Bench) => generationNodes(parseWorkflow(await b.read(), b.workflow));
const rowsOf = async (b: Bench, run: string) =>
  (await nodesOf(b)).flatMap((node) => b.deps.db.journal.ofNode(run, node.nodeId));
const gone = () =>
  new BackendError({
    kind: 'gone',
    class: 'api_error',
    code: 404,
    arrived: 'no',
    message: 'The result is no longer there (404).',
    cure: '',
  });

it('makes a result again that the backend has lost, and counts it as lost', async () => {
  let lost = 2;
  const b = await open((backend) => ({
    download: (url, signal) => (lost-- > 0 ? Promise.reject(gone()) : backend.download(url, signal)),
  }));
  const { end } = await b.run({ mode: 'images' });
  expect(end).toMatchObject({ status: 'completed', counts: { submitted: 14, lost: 2, generated: 3 } });
  for (const node of await nodesOf(b)) expect(node.saved).toHaveLength(node.kind === 'image' ? 4 : 0);
});

it('does not buy a result for ever that is lost again and again', async () => {
  const b = await open(() => ({ download: () => Promise.reject(gone()) }));
  const { end } = await b.run({ mode: 'images' });
  expect(end).toMatchObject({ status: 'failed-nodes', counts: { failed: 3 } });
  expect(end.counts.submitted).toBe(12 * 4);
});

it('takes an output from the store when its file in Assets is gone', async () => {
  let dead = false;
  const b = await open(
    (backend) => ({
      download: (url, signal) => (dead ? Promise.reject(gone()) : backend.download(url, signal)),
    }),
    ['--fault', 'stuck,skip=1'],
  );
  const { handle, until } = await start(b, { mode: 'images' });
  await until((event) => event.type === 'candidate.stored');
  handle.cancel();
  await handle.finished;
  const stored = (await rowsOf(b, 'run-1')).filter((row) => row.state === 'stored');
  expect(stored.length).toBeGreaterThan(0);
  await rm(join(b.folder, 'project/Assets'), { recursive: true });
  dead = true;
  const second = await start(b, { mode: 'images' });
  await second.until((event) => event.type === 'candidate.stored');
  second.handle.cancel();
  const { event } = await second.handle.finished;
  expect(event.counts.salvaged).toBeGreaterThan(0);
  const files = await readdir(join(b.folder, 'project/Assets/XYZG3/generated-images/v0-1'));
  expect(files.length).toBeGreaterThan(0);
});

it('puts an output in the store again when its address leads nowhere and its file is here', async () => {
  const b = await open(() => ({}));
  await b.run({ mode: 'images' });
  const before = await b.read();
  const [node] = await nodesOf(b);
  await rm(fileURLToPath(node?.saved[2] ?? ''));
  const { end } = await b.run({ mode: 'images' });
  expect(end).toMatchObject({ status: 'completed', counts: { submitted: 0, salvaged: 1, uploaded: 1 } });
  expect(await b.read()).toBe(before);
  const plan = await b.runner.plan(b.workflow, RunOptions.parse({ mode: 'images' }));
  expect(plan.totals.generations).toBe(0);
});

it('waits on cancel for answers that are on their way, so that their tasks can be stopped', async () => {
  const stopped: string[] = [];
  let posted: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    posted = resolve;
  });
  const b = await open(
    (backend) => ({
      submit: async (request, signal) => {
        const answer = await backend.submit(request, signal);
        posted();
        await new Promise((resolve) => setTimeout(resolve, 300));
        signal?.throwIfAborted();
        return answer;
      },
      stop: (taskId, signal) => {
        stopped.push(taskId);
        return backend.stop(taskId, signal);
      },
    }),
    ['--latency', '3000'],
  );
  // By the clock of the world: the hurried one would not wait for an answer so long.
  b.deps.clock = systemClock;
  const { handle } = await start(b);
  await first;
  handle.cancel();
  const { event } = await handle.finished;
  const rows = await rowsOf(b, 'run-1');
  expect(rows.map((row) => row.state)).toEqual(rows.map(() => 'submitted'));
  expect(event.counts.submitted).toBe(rows.length);
  expect(stopped.sort()).toEqual(rows.map((row) => row.taskId).sort());
});

it('plans anew what was edited while it waited for the backend', async () => {
  const prompts: string[] = [];
  let edited = false;
  const b = await open((backend, made) => ({
    health: async (signal) => {
      if (!edited) {
        edited = true;
        const text = editWorkflow(await made.read(), [
          { nodeId: 2, properties: { dynamicRows: ['Written while the run waited.'] } },
        ]);
        await writeFile(made.workflow, text);
      }
      return backend.health(signal);
    },
    submit: (request, signal) => {
      prompts.push(request.prompt);
      return backend.submit(request, signal);
    },
  }));
  const { end } = await b.run({ mode: 'images' });
  expect(end).toMatchObject({ status: 'completed', counts: { submitted: 12 } });
  expect(prompts.filter((prompt) => prompt.includes('Written while the run waited.'))).toHaveLength(4);
  expect((await nodesOf(b)).find((node) => node.nodeId === 4)?.saved).toHaveLength(4);
});
