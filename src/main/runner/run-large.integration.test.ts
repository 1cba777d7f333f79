import { readFile, writeFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import { writeLockOf } from '../platform/lock.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { parseWorkflow } from '../workflow/read.ts';
import { openSourceWriter } from './source-thread.ts';
import { LARGE_BYTES } from './source-writer.ts';
import { type Bench, openBench, type Simulator, startSimulator } from './test-support.ts';

/** A run whose workflow file is large: the thread that writes it begins and ends with the run. */

let simulator: Simulator;
let bench: Bench | null = null;
afterEach(async () => {
  await bench?.close();
  await simulator.kill();
});

it('is written by a thread of its own, keeps what a person saves meanwhile, and is exported as it is', async () => {
  simulator = await startSimulator();
  bench = await openBench({ server: simulator.url });
  const { workflow, deps, runner, read } = bench;
  const note = 'é'.repeat(LARGE_BYTES);
  await writeFile(workflow, editWorkflow(await read(), [{ nodeId: 1, properties: { note } }]));
  const ended: Promise<unknown>[] = [];
  deps.openSource = (start) =>
    openSourceWriter(start, deps.disk, (workerData) => {
      const thread = new Worker(new URL('source-worker.ts', import.meta.url), { workerData });
      ended.push(new Promise((resolve) => thread.once('exit', resolve)));
      return thread;
    });

  const handle = await runner.start(workflow, RunOptions.parse({ pollMs: 100, mode: 'images' }));
  const firstPicture = new Promise<void>((resolve) => {
    handle.onEvent((event) => {
      if (event.type === 'candidate.stored') resolve();
    });
  });
  await firstPicture;
  await deps.alone(writeLockOf(workflow), 'a person', async () =>
    deps.disk.write(workflow, editWorkflow(await read(), [{ nodeId: 2, properties: { mine: true } }])),
  );
  const { event } = await handle.finished;
  expect(event).toMatchObject({ status: 'completed', counts: { generated: 3 } });
  expect(ended).toHaveLength(1);
  await Promise.all(ended);

  const text = await read();
  const { nodes } = parseWorkflow(text, workflow);
  expect(nodes.get(1)?.properties.note === note).toBe(true);
  expect(nodes.get(2)?.properties.mine).toBe(true);
  for (const id of [4, 13, 22]) expect(nodes.get(id)?.properties._savedImages).toHaveLength(4);
  expect((await readFile(event.output ?? '', 'utf8')) === text).toBe(true);
});
