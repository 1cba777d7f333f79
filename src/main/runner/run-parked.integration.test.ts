import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { type Bench, openBench, type Simulator, startSimulator } from './test-support.ts';

/** Requests of which nobody can tell whether they arrived: they are shown to a person, who decides. */

let simulator: Simulator;
let bench: Bench;
const NODE = 4;

beforeEach(async () => {
  simulator = await startSimulator();
  bench = await openBench({ server: simulator.url });
  await bench.run({ mode: 'images' });
  const { db } = bench.deps;
  for (const { id } of db.journal.ofNode('run-1', NODE))
    db.journal.step(id, { state: 'parked', message: 'What became of it cannot be told.' }, 1);
  await writeFile(
    bench.workflow,
    editWorkflow(await bench.read(), [
      { nodeId: NODE, properties: { _savedImages: [], _cacheKey: undefined } },
    ]),
  );
});
afterEach(async () => {
  await bench.close();
  await simulator.kill();
});

it('a parked request is not repeated; its node says why, and what a person can do', async () => {
  const { events, end } = await bench.run({ mode: 'images' });
  expect(end).toMatchObject({ status: 'failed-nodes', counts: { submitted: 0, lost: 0, failed: 1 } });
  const told = events.find((event) => event.type === 'node.failed');
  const words = {
    message: 'What became of it cannot be told.',
    cure: expect.stringContaining('re-roll the node'),
  };
  expect(told).toMatchObject({ nodeId: NODE, ...words });
  const view = await bench.runner.view(end.runId);
  expect(view?.nodes.find(({ nodeId }) => nodeId === NODE)?.error).toMatchObject(words);
});

it('a person who says so has it given up, counted as lost, and made anew', async () => {
  const options = RunOptions.parse({ mode: 'images', pollMs: 50 });
  const handle = await bench.runner.start(bench.workflow, options, { asked: new Set([NODE]) });
  const { event } = await handle.finished;
  expect(event).toMatchObject({ status: 'completed', counts: { submitted: 4, lost: 4, failed: 0 } });
});

it('another node asked for does not give it up', async () => {
  const options = RunOptions.parse({ mode: 'images', pollMs: 50 });
  const handle = await bench.runner.start(bench.workflow, options, { asked: new Set([13]) });
  const { event } = await handle.finished;
  expect(event.counts).toMatchObject({ submitted: 0, lost: 0, failed: 1 });
});

it('G-Labs counts as one that may hold paid work while something is parked', () => {
  expect(bench.deps.db.journal.atBackendSince(0)).toBe(true);
});
