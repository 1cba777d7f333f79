import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import type { RunEvent } from '../../shared/run-events.ts';
import { editWorkflow, type NodeEdit } from '../workflow/edit.ts';
import { parseWorkflow } from '../workflow/read.ts';
import { type Bench, openBench, type Simulator, startSimulator } from './test-support.ts';

/** A person's picks and edits while a run goes on: they stay what they were meant to be. */

let simulator: Simulator;
let bench: Bench | null = null;
afterEach(async () => {
  await bench?.close();
  await simulator.kill();
});

async function open(latency = '0'): Promise<Bench> {
  simulator = await startSimulator(['--latency', latency, '--latency-spread', '0']);
  bench = await openBench({ server: simulator.url, settings: { 'runner.retries': 0 } });
  return bench;
}

async function start(b: Bench, more: Partial<RunOptions> = {}) {
  const handle = await b.runner.start(b.workflow, RunOptions.parse({ pollMs: 100, ...more }));
  const submittedFor = (nodeId: number) =>
    new Promise<void>((resolve) => {
      handle.onEvent((event: RunEvent) => {
        if (event.type === 'task.submitted' && event.nodeId === nodeId) resolve();
      });
    });
  return { handle, submittedFor };
}

const edit = async (b: Bench, ...edits: NodeEdit[]) =>
  writeFile(b.workflow, editWorkflow(await b.read(), edits));
const propertiesOf = async (b: Bench, id: number) =>
  parseWorkflow(await b.read(), b.workflow).nodes.get(id)?.properties ?? {};
const reasonOf = async (b: Bench, id: number) => {
  const plan = await b.runner.plan(b.workflow, RunOptions.parse({}));
  return plan.nodes.find((node) => node.nodeId === id)?.reason;
};

it('a clip knows the frame it was made from, though another was picked meanwhile', async () => {
  const b = await open('300');
  await b.run({ mode: 'images' });
  const { handle, submittedFor } = await start(b);
  await submittedFor(9);
  await handle.pick(5, 1, 3);
  expect((await handle.finished).event.status).toBe('completed');
  expect(await reasonOf(b, 9)).toBe('frame changed');
  expect(await reasonOf(b, 18)).toBe('cached');
});

it('a pick stays with its picture when a candidate before it could not be made again', async () => {
  const b = await open();
  await b.run({ mode: 'images' });
  const saved = (await propertiesOf(b, 4))._savedImages as string[];
  await edit(b, { nodeId: 5, properties: { approvedIndex: 2 } });
  await rm(fileURLToPath(saved[1] ?? ''));
  await rm(join(b.folder, 'project/Assets/XYZG3/generated-images/v0-1/scene01-c2.png'));
  await simulator.faults([{ fault: 'task-400', kind: 'image' }]);
  const { end } = await b.run({ mode: 'images' });
  expect(end).toMatchObject({ status: 'completed', counts: { generated: 1, submitted: 1 } });
  const gate = await propertiesOf(b, 5);
  expect(gate.candidates).toEqual([saved[0], saved[2], saved[3]]);
  expect((gate.candidates as string[])[Number(gate.approvedIndex)]).toBe(saved[2]);
});

it('a pick made in the file during the run, of a picture that is being replaced, is taken back', async () => {
  const b = await open('300');
  await b.run({ mode: 'images' });
  await edit(b, { nodeId: 2, properties: { dynamicRows: ['Another scene altogether.'] } });
  const { handle, submittedFor } = await start(b, { mode: 'images' });
  await submittedFor(4);
  await edit(b, { nodeId: 5, properties: { approvedIndex: 2 } });
  expect((await handle.finished).event.status).toBe('completed');
  expect((await propertiesOf(b, 5)).approvedIndex).toBeNull();
  expect(
    handle
      .view()
      .notices.map((notice) => notice.message)
      .join('\n'),
  ).toContain('taken back');
});

it('output that somebody else put there during the run is left alone', async () => {
  const b = await open('300');
  const { handle, submittedFor } = await start(b, { mode: 'images' });
  await submittedFor(4);
  const theirs = ['https://elsewhere.example/1.png'];
  await edit(b, { nodeId: 4, properties: { _savedImages: theirs } });
  await handle.finished;
  expect((await propertiesOf(b, 4))._savedImages).toEqual(theirs);
  expect((await propertiesOf(b, 13))._savedImages).toHaveLength(4);
  expect(
    handle
      .view()
      .notices.map((notice) => notice.message)
      .join('\n'),
  ).toContain('Assets');
});

it('output made with a reference that was changed during the run does not go into the file', async () => {
  const b = await open('300');
  const { handle, submittedFor } = await start(b, { mode: 'images' });
  await submittedFor(4);
  await edit(b, { nodeId: 4, properties: { aspectRatio: '16:9' } });
  await handle.finished;
  expect((await propertiesOf(b, 4))._savedImages).toEqual([]);
  expect(await reasonOf(b, 4)).toBe('missing');
});

it('a pick made while the run is held lets everything behind that gate be made in the same run', async () => {
  const b = await open('400');
  // Scene 2 refers to the picture picked in scene 1, and its clip starts from scene 2.
  const file = JSON.parse(await b.read());
  const graph = file.tabs[0].graphData;
  const node = (id: number) => graph.nodes.find((entry: { id: number }) => entry.id === id);
  graph.links.push([600, 5, 0, 13, 2, '*']);
  node(13).inputs[2].link = 600;
  node(5).outputs[0].links.push(600);
  for (const gate of [14, 23]) node(gate).properties.approvedIndex = 0;
  await writeFile(b.workflow, JSON.stringify(file));
  const { handle } = await start(b, { gates: 'hold' });
  const held = new Promise<void>((resolve) => {
    handle.onEvent((event) => {
      if (event.type === 'node.state' && event.nodeId === 13 && event.state === 'held') resolve();
    });
  });
  await held;
  await new Promise((resolve) => setImmediate(resolve));
  expect(handle.view().nodes.find((entry) => entry.nodeId === 4)?.gates[0]?.held).toBe(true);
  await handle.pick(5, 1, 2);
  expect(handle.view().nodes.find((entry) => entry.nodeId === 4)?.gates[0]?.held).toBe(false);
  const { event } = await handle.finished;
  expect(event).toMatchObject({ status: 'completed', counts: { generated: 6, skipped: 0, held: 0 } });
});

it('what lies behind a held gate is told as skipped when the run ends there', async () => {
  const b = await open();
  const file = JSON.parse(await b.read());
  const graph = file.tabs[0].graphData;
  const node = (id: number) => graph.nodes.find((entry: { id: number }) => entry.id === id);
  graph.links.push([600, 5, 0, 13, 2, '*']);
  node(13).inputs[2].link = 600;
  node(5).outputs[0].links.push(600);
  await writeFile(b.workflow, JSON.stringify(file));
  const { end } = await b.run({ gates: 'hold' });
  expect(end).toMatchObject({ status: 'held', counts: { generated: 2, held: 3, skipped: 1 } });
});

it('a pick after the end is the candidate in use, and nothing waits at that gate any more', async () => {
  const b = await open();
  await b.run({ gates: 'hold' });
  const folder = join(b.folder, 'project/Assets/XYZG3/generated-images/v0-1');
  const gate = async () =>
    (await b.runner.view('run-1'))?.nodes.find((entry) => entry.nodeId === 4)?.gates[0];
  expect(await gate()).toMatchObject({ held: true, picks: [] });
  expect(await readFile(join(folder, 'scene01.png'))).toEqual(await readFile(join(folder, 'scene01-c1.png')));
  await b.runner.pick('run-1', 5, 1, 3);
  expect(await gate()).toMatchObject({ held: false, picks: [{ row: 1, candidate: 3 }] });
  expect(await readFile(join(folder, 'scene01.png'))).toEqual(await readFile(join(folder, 'scene01-c3.png')));
});
