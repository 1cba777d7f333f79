import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import { type Simulator, startSimulator } from '../runner/test-support.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { type Flowdeck, openFlowdeck } from './flowdeck.ts';

/** What a window asks of a run that has ended, over the contract, with a real simulator. */

const fixtures = join(import.meta.dirname, '../workflow/fixtures');
let folder: string;
let flowdeck: Flowdeck;
let simulator: Simulator;
let workflow: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-reroll-'));
  simulator = await startSimulator([]);
  const project = join(folder, 'project');
  workflow = join(project, 'testing', 'XYZG3-V0-1.nbflow');
  await mkdir(join(project, 'testing'), { recursive: true });
  await mkdir(join(project, 'Assets'));
  await cp(join(fixtures, 'valid/XYZG3-V0-1.nbflow'), workflow);
  // The avatar of the fixture lies nowhere: one that is here stands for it.
  flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir: join(folder, 'data') });
  await flowdeck.settings.set('glabs.url', simulator.url);
  const avatar = join(fixtures, 'refs/avatar-a.png');
  const text = await readFile(workflow, 'utf8');
  await writeFile(workflow, editWorkflow(text, [{ nodeId: 1, properties: { imageUrl: avatar } }]));
});
afterEach(async () => {
  await flowdeck.close();
  await simulator.kill();
  await rm(folder, { recursive: true, force: true });
});

const options = (more: Partial<RunOptions> = {}) => RunOptions.parse({ pollMs: 50, ...more });
const ended = async (runId: string) =>
  (await flowdeck.runner.handle(runId)?.finished)?.event ?? Promise.reject(new Error('it does not go on'));
const lastRun = () => flowdeck.runner.lastRunOf(workflow)?.runId ?? '';

it('re-rolls a node of a run that has ended in a run of its own', async () => {
  const client = await flowdeck.client();
  const first = await flowdeck.runner.start(workflow, options({ mode: 'images' }));
  await first.finished;
  const { runId, path } = await client.runs.reroll({
    runId: first.runId,
    targets: [{ nodeId: 22 }],
    edits: [],
  });
  expect(path).toBe(workflow);
  expect(await ended(runId ?? '')).toMatchObject({
    status: 'completed',
    counts: { submitted: 4, cached: 2 },
  });
});

it('goes on by itself after the last pick at the gates of a run that a command left', async () => {
  const client = await flowdeck.client();
  const first = await flowdeck.runner.start(workflow, options({ gates: 'hold' }));
  expect((await first.finished).event).toMatchObject({ status: 'held', counts: { held: 3 } });
  await Promise.all(
    [5, 14].map((gate) => client.runs.pick({ runId: first.runId, gate, row: 1, candidate: 2 })),
  );
  expect(lastRun()).toBe(first.runId);
  expect((await flowdeck.runner.view(first.runId))?.summary.picksOpen).toBe(1);
  await client.runs.pick({ runId: first.runId, gate: 23, row: 1, candidate: 4 });
  await expect.poll(lastRun, { timeout: 30_000 }).not.toBe(first.runId);
  expect(await ended(lastRun())).toMatchObject({
    status: 'completed',
    counts: { generated: 3, cached: 3, submitted: 12 },
  });
});

it('goes on too when the last pick is made in the file, but not because a window is opened', async () => {
  const first = await flowdeck.runner.start(workflow, options({ gates: 'hold' }));
  await first.finished;
  const pick = async (...picks: [gate: number, index: number][]) =>
    writeFile(
      workflow,
      editWorkflow(
        await readFile(workflow, 'utf8'),
        picks.map(([nodeId, approvedIndex]) => ({ nodeId, properties: { approvedIndex } })),
      ),
    );
  await pick([5, 1], [14, 2]);
  await flowdeck.client();
  // It has been looked at by then, as this asks the same later.
  expect(await flowdeck.runner.picksMade(first.runId)).toBe(false);
  await pick([23, 0]);
  await expect.poll(lastRun, { timeout: 30_000 }).not.toBe(first.runId);
  expect(await ended(lastRun())).toMatchObject({ status: 'completed', counts: { generated: 3, cached: 3 } });
});

it('tries what failed again, and makes what waits for it', async () => {
  const client = await flowdeck.client();
  await flowdeck.settings.set('runner.retries', 0);
  await simulator.faults([{ fault: 'task-400', kind: 'image', next: 4 }]);
  const first = await flowdeck.runner.start(workflow, options({ concurrency: 1 }));
  expect((await first.finished).event).toMatchObject({ status: 'failed-nodes' });
  const failed = first.view().nodes.find((node) => node.state === 'failed');
  const { runId } = await client.runs.reroll({
    runId: first.runId,
    targets: [{ nodeId: failed?.nodeId ?? 0 }],
    edits: [],
  });
  expect(await ended(runId ?? '')).toMatchObject({
    status: 'completed',
    counts: { generated: 2, cached: 4 },
  });
});

it('tries again only what was asked for of what failed', async () => {
  const client = await flowdeck.client();
  await flowdeck.settings.set('runner.retries', 0);
  await simulator.faults([{ fault: 'task-400', kind: 'image', next: 8 }]);
  const first = await flowdeck.runner.start(workflow, options({ concurrency: 1 }));
  expect((await first.finished).event).toMatchObject({ status: 'failed-nodes', counts: { failed: 2 } });
  const failed = first.view().nodes.find((node) => node.state === 'failed');
  const { runId } = await client.runs.reroll({
    runId: first.runId,
    targets: [{ nodeId: failed?.nodeId ?? 0 }],
    edits: [],
  });
  expect((await ended(runId ?? '')).counts).toMatchObject({ generated: 2, submitted: 8, cached: 2 });
});

it('shows a run as it was drawn, also afterwards', async () => {
  const client = await flowdeck.client();
  const first = await flowdeck.runner.start(workflow, options({ mode: 'images' }));
  await first.finished;
  const { tabs } = await client.runs.graph({ runId: first.runId });
  expect(tabs.map((tab) => [tab.name, tab.nodes.length])).toEqual([['Account A', 28]]);
  expect(tabs[0]?.links).toContainEqual({ from: 3, to: 4, slot: 'prompt' });
  await expect(client.runs.graph({ runId: 'none' })).rejects.toMatchObject({ code: 'not-found' });
});

it('edits a prompt in the next version of the file, and re-rolls its node there', async () => {
  const client = await flowdeck.client();
  const first = await flowdeck.runner.start(workflow, options({ mode: 'images' }));
  await first.finished;
  const [source] = await client.workflows.prompts({ path: workflow, nodeId: 22 });
  expect(source).toMatchObject({ nodeId: 21, role: 'template' });
  const { runId, path } = await client.runs.reroll({
    runId: first.runId,
    targets: [{ nodeId: 22 }],
    edits: [{ nodeId: 20, row: 1, text: 'A quiet kitchen at dawn.' }],
  });
  expect(path).toBe(join(folder, 'project', 'testing', 'XYZG3-V0-2.nbflow'));
  expect(await ended(runId ?? '')).toMatchObject({
    status: 'completed',
    counts: { submitted: 4, cached: 2 },
  });
  expect(await readdir(join(folder, 'project', 'backups'))).toContain('XYZG3-V0-1.nbflow');
});
