import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import type { RunEvent } from '../../shared/run-events.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { parseWorkflow } from '../workflow/read.ts';
import type { RunHandle } from './runner-api.ts';
import { type Bench, openBench, type Simulator, startSimulator } from './test-support.ts';

/** Re-rolls: exactly what was asked for is made anew, and nothing that was paid for goes away for it. */

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

const propertiesOf = async (b: Bench, id: number) =>
  parseWorkflow(await b.read(), b.workflow).nodes.get(id)?.properties ?? {};
const savedOf = async (b: Bench, id: number) => (await propertiesOf(b, id))._savedImages as string[];
const assets = async (b: Bench): Promise<Map<string, string>> => {
  const folder = join(b.folder, 'project', 'Assets');
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((e) => e.isFile());
  return new Map(
    await Promise.all(
      files.map(
        async (entry) => [entry.name, await readFile(join(entry.parentPath, entry.name), 'base64')] as const,
      ),
    ),
  );
};
const notices = (events: RunEvent[]) =>
  events.flatMap((event) => (event.type === 'run.notice' ? [event.message] : [])).join('\n');

it('makes four fresh candidates of one node, updates its gate, and leaves every other file as it was', async () => {
  const b = await open();
  await b.run({ mode: 'images' });
  const before = await assets(b);
  const saved = await savedOf(b, 22);
  const { end } = await b.run({ reroll: [{ nodeId: 22 }] });
  expect(end).toMatchObject({
    status: 'completed',
    counts: { submitted: 4, generated: 1, cached: 2, skipped: 3, salvaged: 0 },
  });
  const now = await savedOf(b, 22);
  expect(now).toHaveLength(4);
  expect(now.filter((url) => saved.includes(url))).toEqual([]);
  expect((await propertiesOf(b, 23)).candidates).toEqual(now);
  const after = await assets(b);
  const changed = [...before].flatMap(([name, bytes]) => (after.get(name) === bytes ? [] : [name]));
  expect(changed.sort()).toEqual([
    'scene03-c1.png',
    'scene03-c2.png',
    'scene03-c3.png',
    'scene03-c4.png',
    'scene03.png',
  ]);
  // The old pictures are still where their addresses lead.
  for (const url of saved) expect((await readFile(new URL(url))).byteLength).toBeGreaterThan(0);
});

it('makes one candidate anew and keeps the other three, and a pick among them', async () => {
  const b = await open();
  await b.run({ mode: 'images' });
  const saved = await savedOf(b, 4);
  const handle = await b.runner.start(b.workflow, RunOptions.parse({ mode: 'images' }));
  await handle.finished;
  await b.runner.pick(handle.runId, 5, 1, 3);
  const { end } = await b.run({ reroll: [{ nodeId: 4, row: 1, candidate: 2 }] });
  expect(end.counts.submitted).toBe(1);
  const now = await savedOf(b, 4);
  expect(now[1]).not.toBe(saved[1]);
  expect(now.toSpliced(1, 1)).toEqual(saved.toSpliced(1, 1));
  expect((await propertiesOf(b, 5)).approvedIndex).toBe(2);
});

it('keeps what was there when nothing new can be made, and says so', async () => {
  const b = await open();
  await b.run({ mode: 'images' });
  const before = await b.read();
  await simulator.faults([{ fault: 'task-400', kind: 'image' }]);
  const { end, events } = await b.run({ reroll: [{ nodeId: 4 }] });
  expect(end).toMatchObject({ status: 'failed-nodes', counts: { failed: 1, submitted: 4 } });
  expect(await b.read()).toBe(before);
  expect(notices(events)).toContain('4 candidates of Scene 01 — image gen could not be made anew');
  await simulator.faults([]);
  const plan = await b.runner.plan(b.workflow, RunOptions.parse({ mode: 'images' }));
  expect(plan.totals.generations).toBe(0);
});

it('makes all of a node whose prompt was changed since, since the others do not fit any more', async () => {
  const b = await open();
  await b.run({ mode: 'images' });
  await writeFile(
    b.workflow,
    editWorkflow(await b.read(), [{ nodeId: 2, properties: { dynamicRows: ['Another scene.'] } }]),
  );
  const { end } = await b.run({ reroll: [{ nodeId: 4, row: 1, candidate: 1 }] });
  expect(end.counts).toMatchObject({ submitted: 4, generated: 1 });
});

it('that was cut short is told by the next run, and the next re-roll takes up what was ordered', async () => {
  const b = await open('1500');
  await b.run({ mode: 'images' });
  const { openBackend } = b.deps;
  // As when the process is killed: nobody asks G-Labs to stop.
  b.deps.openBackend = async (server) => ({ ...(await openBackend(server)), stop: async () => false });
  const handle = await b.runner.start(b.workflow, RunOptions.parse({ pollMs: 50, reroll: [{ nodeId: 22 }] }));
  await new Promise<void>((resolve) => {
    handle.onEvent(() => {
      const taken = b.deps.db.journal.ofNode(handle.runId, 22).filter((row) => row.state === 'submitted');
      if (taken.length === 4) resolve();
    });
  });
  handle.cancel();
  await handle.finished;
  const plain = await b.run({ mode: 'images' });
  expect(plain.end.counts).toMatchObject({ submitted: 0, cached: 3 });
  expect(notices(plain.events)).toContain('4 candidates of an interrupted re-roll are not in the file');
  const again = await b.run({ reroll: [{ nodeId: 22 }] });
  expect(again.end).toMatchObject({ status: 'completed', counts: { submitted: 0, reattached: 4 } });
  const after = await b.run({ mode: 'images' });
  expect(notices(after.events)).toBe('');
});

it('names what it cannot re-roll before anything is touched', async () => {
  const b = await open();
  await expect(b.run({ reroll: [{ nodeId: 5 }] })).rejects.toMatchObject({
    failure: { code: 'not-found', message: expect.stringContaining('node 5') },
  });
  await expect(b.run({ reroll: [{ nodeId: 4, row: 1, candidate: 9 }] })).rejects.toMatchObject({
    failure: { code: 'not-found', message: expect.stringContaining('candidate 9') },
  });
  await expect(readdir(join(b.folder, 'project', 'backups'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('says what is missing when a clip cannot be re-rolled for want of its picture', async () => {
  const b = await open();
  const { end } = await b.run({ reroll: [{ nodeId: 9 }] });
  expect(end).toMatchObject({ status: 'failed-nodes', counts: { submitted: 0 } });
});

it('in a run that goes on: a finished node is made again in the same run, a failed one gets what it lacks', async () => {
  const b = await open('150');
  const [failing = ''] = (await propertiesOf(b, 11)).dynamicRows as string[];
  await simulator.faults([{ fault: 'task-400', prompt: failing.slice(0, 30), kind: 'image' }]);
  const handle = await b.runner.start(b.workflow, RunOptions.parse({ pollMs: 50, concurrency: 5 }));
  const when = (nodeId: number, state: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (handle.view().nodes.find((node) => node.nodeId === nodeId)?.state === state) resolve();
      };
      handle.onEvent(look);
      look();
    });
  await Promise.all([when(13, 'failed'), when(4, 'done')]);
  await simulator.faults([]);
  const first = handle
    .view()
    .nodes.find((node) => node.nodeId === 4)
    ?.candidates.map(({ url }) => url);
  await handle.reroll([{ nodeId: 13 }, { nodeId: 4, row: 1, candidate: 4 }]);
  await expect(handle.reroll([{ nodeId: 13 }])).rejects.toMatchObject({ failure: { code: 'usage' } });
  const { event } = await handle.finished;
  expect(event).toMatchObject({ status: 'completed', errorsFile: null });
  expect(event.counts).toMatchObject({
    generated: 6,
    failed: 0,
    skipped: 0,
    submitted: 4 * 3 + 4 * 3 + 4 + 1,
  });
  const node = handle.view().nodes.find((entry) => entry.nodeId === 4);
  expect(node?.candidates.map(({ url }) => url).slice(0, 3)).toEqual(first?.slice(0, 3));
  expect(node?.candidates[3]?.url).not.toBe(first?.[3]);
  expect(node?.attempts).toHaveLength(5);
  expect(await savedOf(b, 4)).toEqual(node?.candidates.map(({ url }) => url));
});

const stateOf = (handle: RunHandle, nodeId: number) =>
  handle.view().nodes.find((node) => node.nodeId === nodeId)?.state;
const comesTo = (handle: RunHandle, isSo: () => boolean) =>
  new Promise<void>((resolve) => {
    const look = () => {
      if (isSo()) resolve();
    };
    handle.onEvent(look);
    look();
  });

it('in a run that goes on: what was not waited for long enough is asked for again, not bought again', async () => {
  const b = await open('60000');
  const options = RunOptions.parse({ mode: 'images', pollMs: 50, imageTimeoutS: 1, concurrency: 2 });
  const handle = await b.runner.start(b.workflow, options);
  await comesTo(handle, () => stateOf(handle, 4) === 'failed');
  await handle.reroll([{ nodeId: 4 }]);
  const { event } = await handle.finished;
  expect(event.counts).toMatchObject({ submitted: 12, reattached: 4 });
});

it('in a run that goes on: a new candidate takes its place in a file that somebody saved meanwhile', async () => {
  const b = await open();
  const options = RunOptions.parse({ pollMs: 50, gates: 'hold' });
  const handle = await b.runner.start(b.workflow, options, { waitAtGates: true });
  await comesTo(handle, () => handle.view().summary.status === 'held');
  await expect.poll(async () => await savedOf(b, 4), { timeout: 20_000 }).toHaveLength(4);
  const before = await savedOf(b, 4);
  await writeFile(
    b.workflow,
    editWorkflow(await b.read(), [{ nodeId: 14, properties: { approvedIndex: 1 } }]),
  );
  await comesTo(handle, () => stateOf(handle, 18) === 'done');
  await handle.reroll([{ nodeId: 4, row: 1, candidate: 2 }]);
  await comesTo(handle, () => stateOf(handle, 4) === 'done');
  await comesTo(handle, () => handle.view().summary.status === 'held');
  handle.cancel();
  await handle.finished;
  const shown = handle
    .view()
    .nodes.find((node) => node.nodeId === 4)
    ?.candidates.map(({ url }) => url);
  expect(await savedOf(b, 4)).toEqual(shown);
  expect(shown?.[1]).not.toBe(before[1]);
});
