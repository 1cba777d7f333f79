import { writeFile } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { parseWorkflow } from '../workflow/read.ts';
import type { RunHandle } from './runner-api.ts';
import { type Bench, openBench, type Simulator, startSimulator } from './test-support.ts';

/** A run that waits at its gates, and goes on by itself when a person has picked. */

let simulator: Simulator;
let bench: Bench | null = null;
afterEach(async () => {
  await bench?.close();
  await simulator.kill();
});

async function start(waitAtGates: boolean): Promise<{ b: Bench; handle: RunHandle }> {
  simulator = await startSimulator([]);
  bench = await openBench({ server: simulator.url });
  const options = RunOptions.parse({ pollMs: 50, gates: 'hold' });
  return { b: bench, handle: await bench.runner.start(bench.workflow, options, { waitAtGates }) };
}

const status = (handle: RunHandle, wanted: string) =>
  new Promise<void>((resolve) => {
    const look = () => {
      if (handle.view().summary.status === wanted) resolve();
    };
    handle.onEvent(look);
    look();
  });
const edit = async (b: Bench, ...picks: [gate: number, index: number][]) =>
  writeFile(
    b.workflow,
    editWorkflow(
      await b.read(),
      picks.map(([nodeId, approvedIndex]) => ({ nodeId, properties: { approvedIndex } })),
    ),
  );

it('waits, and goes on with the picks that are made in the window and in the file', async () => {
  const { b, handle } = await start(true);
  await status(handle, 'held');
  expect(handle.view().summary).toMatchObject({ live: true, finishedAt: null, picksOpen: 3 });
  await handle.pick(5, 1, 2);
  await edit(b, [14, 3], [23, 0]);
  const { event } = await handle.finished;
  expect(event).toMatchObject({ status: 'completed', counts: { generated: 6, held: 0 } });
  const gates = handle.view().nodes.flatMap((node) => node.gates);
  const picks = [5, 14, 23].map((id) => gates.find((gate) => gate.nodeId === id)?.picks[0]?.candidate);
  expect(picks).toEqual([2, 4, 1]);
});

it('goes on with what is picked, and goes on waiting for the rest', async () => {
  const { b, handle } = await start(true);
  await status(handle, 'held');
  await edit(b, [14, 1]);
  await status(handle, 'running');
  await status(handle, 'held');
  expect(handle.view().summary.picksOpen).toBe(2);
  expect(handle.view().nodes.find((node) => node.nodeId === 18)?.state).toBe('done');
});

it('ends as held when it is told to go while it waits; its picks count for the next run', async () => {
  const { b, handle } = await start(true);
  await status(handle, 'held');
  handle.cancel();
  expect((await handle.finished).event).toMatchObject({ status: 'held', counts: { held: 3 } });
  await b.runner.pick(handle.runId, 5, 1, 1);
  const { end } = await b.run({ gates: 'hold', pollMs: 50 });
  expect(end).toMatchObject({ status: 'held', counts: { generated: 1, cached: 3, held: 2 } });
});

it('does not wait when nobody could pick: a command ends as held', async () => {
  const { handle } = await start(false);
  expect((await handle.finished).event.status).toBe('held');
});

it('writes no pick of the machine into the file', async () => {
  simulator = await startSimulator([]);
  bench = await openBench({ server: simulator.url });
  await bench.run({ pollMs: 50 });
  const { nodes } = parseWorkflow(await bench.read(), bench.workflow);
  const picks = [5, 14, 23].map((id) => nodes.get(id)?.properties.approvedIndex);
  expect(picks).toEqual([null, null, null]);
});

it('that is told to go ends as held, also when the picks come at that very moment', async () => {
  const { b, handle } = await start(true);
  await status(handle, 'held');
  const gates = [5, 14, 23];
  // Two on their way when it is told, and one behind that.
  const early = gates.slice(0, 2).map((gate) => handle.pick(gate, 1, 2));
  handle.cancel();
  const late = handle.pick(23, 1, 2);
  await expect(late).rejects.toMatchObject({ failure: { code: 'usage' } });
  await Promise.all(early);
  expect((await handle.finished).event).toMatchObject({ status: 'held', counts: { generated: 3, held: 3 } });
  const { nodes } = parseWorkflow(await b.read(), b.workflow);
  expect(gates.map((gate) => nodes.get(gate)?.properties.approvedIndex)).toEqual([1, 1, null]);
});
