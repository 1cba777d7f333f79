import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RunEvent } from '../../shared/run-events.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { generationNodes } from '../workflow/generation.ts';
import { parseWorkflow } from '../workflow/read.ts';
import { type Bench, type BenchOptions, openBench, type Simulator, startSimulator } from './test-support.ts';

let simulator: Simulator;
let bench: Bench | null = null;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.kill());
afterEach(async () => {
  await simulator.faults([]);
  await bench?.close();
  bench = null;
});

const open = async (options: Partial<BenchOptions> = {}): Promise<Bench> => {
  bench = await openBench({ server: simulator.url, ...options });
  return bench;
};
const nodesOf = async (b: Bench) => generationNodes(parseWorkflow(await b.read(), b.workflow));

describe('a first run of the three-scene workflow', () => {
  it('makes four candidates of everything, writes them back and exports', async () => {
    const b = await open();
    const before = await readFile(b.workflow);
    const { events, end, failure } = await b.run();
    expect(failure).toBeNull();
    expect(end).toMatchObject({
      status: 'completed',
      errorsFile: null,
      counts: {
        nodes: 6,
        generated: 6,
        cached: 0,
        failed: 0,
        held: 0,
        skipped: 0,
        submitted: 24,
        reattached: 0,
        adopted: 0,
        salvaged: 0,
        lost: 0,
      },
    });
    for (const event of events) RunEvent.parse(event);
    expect(events[0]).toMatchObject({ type: 'run.started', demo: true, plan: { generations: 24, nodes: 6 } });
    expect(events.filter((event) => event.type === 'task.submitted')).toHaveLength(24);
    expect(events.filter((event) => event.type === 'candidate.stored')).toHaveLength(24);

    const nodes = await nodesOf(b);
    for (const node of nodes) {
      expect(node.saved).toHaveLength(4);
      expect(new Set(node.saved).size).toBe(4);
      expect(node.cacheKey).toMatch(/^v1\./);
    }
    const exported = await readFile(end.output ?? '', 'utf8');
    expect(exported).toBe(await b.read());
    expect(end.output).toMatch(/project\/Generations\/XYZG3-V0-1-generated-\d{8}-\d{6}\.nbflow$/);

    const project = join(b.folder, 'project');
    const stills = await readdir(join(project, 'Assets/XYZG3/generated-images/v0-1'));
    expect(stills.sort()).toEqual(
      ['01', '02', '03']
        .flatMap((scene) => ['-c1', '-c2', '-c3', '-c4', ''].map((part) => `scene${scene}${part}.png`))
        .sort(),
    );
    const clips = await readdir(join(project, 'Assets/XYZG3/generated-videos/v0-1'));
    expect(clips.filter((name) => name.endsWith('.mp4'))).toHaveLength(15);
    const backups = await readdir(join(project, 'backups'));
    expect(backups).toEqual([expect.stringMatching(/^XYZG3-V0-1\.nbflow\.bak-\d{4}-\d{2}-\d{2}-pre-run$/)]);
    expect(await readFile(join(project, 'backups', backups[0] ?? ''))).toEqual(before);
  });

  it('puts the candidates into the galleries of the gates and leaves everything else as it was', async () => {
    const b = await open();
    const before = JSON.parse(await b.read());
    await b.run();
    const after = JSON.parse(await b.read());
    const first = after.tabs[0].graphData.nodes.find((node: { id: number }) => node.id === 4);
    const gate = after.tabs[0].graphData.nodes.find((node: { id: number }) => node.id === 5);
    expect(gate.properties.candidates).toEqual(first.properties._savedImages);
    expect(gate.properties.approvedIndex).toBeNull();
    for (const node of after.tabs[0].graphData.nodes) {
      for (const key of ['_savedImages', '_savedClips', 'candidates', '_cacheKey'])
        delete node.properties[key];
    }
    for (const node of before.tabs[0].graphData.nodes) {
      for (const key of ['_savedImages', '_savedClips', 'candidates']) delete node.properties[key];
    }
    expect(after).toEqual(before);
  });

  it('takes every step of the journal, in order, to the end', async () => {
    const b = await open();
    await b.run();
    const rows = (await nodesOf(b)).flatMap((node) => b.deps.db.journal.ofNode('run-1', node.nodeId));
    expect(rows).toHaveLength(24);
    for (const row of rows) {
      expect(row).toMatchObject({ state: 'written', attempt: 1 });
      expect(row.taskId).toMatch(/^[0-9a-f]{8}$/);
      expect(row.url).toMatch(/^file:.*-[0-9a-f]{12}\.(png|mp4)$/);
      expect((await stat(row.file ?? '')).size).toBeGreaterThan(0);
    }
  });
});

describe('a second run', () => {
  it('submits nothing', async () => {
    const b = await open();
    await b.run();
    const text = await b.read();
    const { end } = await b.run();
    expect(end).toMatchObject({
      status: 'completed',
      counts: { submitted: 0, cached: 6, generated: 0 },
      costUSD: 0,
    });
    expect(end.savedUSD).toBeGreaterThan(0);
    expect(await b.read()).toBe(text);
  });

  it('needs no backend when everything is cached', async () => {
    const b = await open();
    await b.run();
    const { end } = await b.run({ server: 'http://127.0.0.1:9', waitBackendS: 0 });
    expect(end).toMatchObject({ status: 'completed', counts: { submitted: 0 } });
  });

  it('makes only the edited scene and what hangs on it', async () => {
    const b = await open();
    await b.run();
    const workflow = parseWorkflow(await b.read(), b.workflow);
    const rows = workflow.nodes.get(11)?.properties.dynamicRows as string[];
    await writeFile(
      b.workflow,
      editWorkflow(workflow.text, [
        { nodeId: 11, properties: { dynamicRows: [`${rows[0]} She wears reading glasses.`] } },
      ]),
    );
    const plan = await b.runner.plan(b.workflow, { mode: 'full', gates: 'auto', qa: 'off' });
    expect(
      plan.nodes.filter((node) => node.reason !== 'cached').map((node) => [node.nodeId, node.reason]),
    ).toEqual([
      [13, 'prompt changed'],
      [18, 'frame changed'],
    ]);
    const { end } = await b.run();
    expect(end).toMatchObject({ status: 'completed', counts: { submitted: 8, cached: 4, generated: 2 } });
  });
});

describe('modes and gates', () => {
  it('leaves the videos for later in images mode, and the full run then makes only them', async () => {
    const b = await open();
    const images = await b.run({ mode: 'images' });
    expect(images.end).toMatchObject({
      status: 'completed',
      counts: { submitted: 12, generated: 3, skipped: 3 },
    });
    const full = await b.run();
    expect(full.end).toMatchObject({
      status: 'completed',
      counts: { submitted: 12, cached: 3, generated: 3 },
    });
  });

  it('makes everything anew in clean mode', async () => {
    const b = await open();
    await b.run();
    const before = (await nodesOf(b)).flatMap((node) => node.saved);
    const { end } = await b.run({ mode: 'clean' });
    expect(end.counts).toMatchObject({ submitted: 24, cached: 0 });
    const after = (await nodesOf(b)).flatMap((node) => node.saved);
    expect(after.filter((url) => before.includes(url))).toEqual([]);
  });

  it('holds at gates without a pick, and goes on when a person picks', async () => {
    const b = await open();
    const held = await b.run({ gates: 'hold' });
    expect(held.end).toMatchObject({ status: 'held', output: null, counts: { submitted: 12, held: 3 } });
    await b.runner.pick('run-1', 5, 1, 2);
    const text = JSON.parse(await b.read());
    expect(
      text.tabs[0].graphData.nodes.find((node: { id: number }) => node.id === 5).properties.approvedIndex,
    ).toBe(1);
    const second = await b.run({ gates: 'hold' });
    expect(second.end).toMatchObject({ status: 'held', counts: { submitted: 4, generated: 1, held: 2 } });
    expect((await b.runner.view('run-1'))?.nodes[0]?.gates[0]?.picks).toEqual([{ row: 1, candidate: 2 }]);
  });
});

describe('errors', () => {
  it('retries a refused prompt and counts every submission', async () => {
    const b = await open();
    await simulator.faults([{ fault: 'task-400', kind: 'image', next: 1 }]);
    const { end } = await b.run({ mode: 'images' });
    // Twelve pictures at the price of the list; the refused one is not paid.
    expect(end.costUSD).toBe(0.48);
    expect(end).toMatchObject({ status: 'completed', counts: { submitted: 13 } });
  });

  it('gives a node up after its retries, skips what hangs on it, and writes errors.json', async () => {
    const b = await open();
    const [first] = await nodesOf(b);
    await simulator.faults([{ fault: 'task-400', kind: 'image', prompt: first?.prompts[0]?.slice(0, 60) }]);
    const { end, events } = await b.run();
    expect(end).toMatchObject({ status: 'failed-nodes', counts: { failed: 1, skipped: 1, generated: 4 } });
    const errors = JSON.parse(await readFile(end.errorsFile ?? '', 'utf8'));
    expect(errors).toEqual([
      expect.objectContaining({
        nodeId: first?.nodeId,
        type: 'content_policy',
        code: 400,
        attempts: 4,
        row: 1,
        runId: 'run-1',
      }),
    ]);
    expect(events.find((event) => event.type === 'node.failed')).toMatchObject({
      error: 'content_policy',
      attempts: 4,
    });
    await simulator.faults([]);
    const again = await b.run();
    expect(again.end).toMatchObject({
      status: 'completed',
      counts: { submitted: 8, cached: 4 },
      errorsFile: null,
    });
    await expect(stat(end.errorsFile ?? '')).rejects.toThrow('ENOENT');
  });

  it('adopts what it paid for when the answer is dropped', async () => {
    const b = await open();
    await simulator.faults([{ fault: 'drop-answer', kind: 'image', next: 3 }]);
    const { end } = await b.run({ mode: 'images' });
    expect(end).toMatchObject({ status: 'completed', counts: { submitted: 12, adopted: 3, lost: 0 } });
  });

  it('submits again what never arrived, and counts it neither as submitted nor as lost', async () => {
    // A simulator of its own: tasks of other runs with the same prompts must not be there to be found.
    const fresh = await startSimulator(['--fault', 'drop-before,kind=image,next=2']);
    const b = await open({ server: fresh.url });
    const { end } = await b.run({ mode: 'images' });
    await fresh.kill();
    expect(end).toMatchObject({ status: 'completed', counts: { submitted: 12, adopted: 0, lost: 0 } });
  });

  it('fetches a broken file again and never buys it again', async () => {
    const b = await open();
    await simulator.faults([
      { fault: 'short-file', next: 2 },
      { fault: 'corrupt-file', next: 1 },
    ]);
    const { end } = await b.run({ mode: 'images' });
    expect(end).toMatchObject({ status: 'completed', counts: { submitted: 12 } });
  });
});

describe('what is refused before anything is changed', () => {
  const unchanged = async (b: Bench, before: string) => {
    expect(await b.read()).toBe(before);
    expect((await readdir(join(b.folder, 'project'))).sort()).toEqual(['refs', 'testing']);
  };

  it('a workflow with an error of the check', async () => {
    const b = await open({ fixture: 'broken/12-cycle.nbflow' });
    const before = await b.read();
    await expect(b.run()).rejects.toMatchObject({ failure: { code: 'check-failed' } });
    await unchanged(b, before);
  });

  it('a dangling link, which errors.json tells too: the manual has people look there', async () => {
    const b = await open({ fixture: 'broken/08-dangling-link.nbflow' });
    const before = await b.read();
    await expect(b.run()).rejects.toMatchObject({ failure: { code: 'check-failed' } });
    expect(await b.read()).toBe(before);
    const file = join(b.folder, 'project', 'Generations', 'errors.json');
    const entries = JSON.parse(await readFile(file, 'utf8'));
    expect(entries).not.toHaveLength(0);
    for (const entry of entries)
      expect(entry).toMatchObject({ type: 'dangling link', attempts: 0, workflow: b.workflow, runId: null });
  });

  it('a backend that is not there', async () => {
    const b = await open({ server: 'http://127.0.0.1:9' });
    const before = await b.read();
    await expect(b.run({ waitBackendS: 0 })).rejects.toMatchObject({
      failure: { code: 'backend-unreachable' },
    });
    await unchanged(b, before);
  });

  it('a second run of the same file, naming who holds it', async () => {
    const b = await open();
    const handle = await b.runner.start(b.workflow, { mode: 'full', gates: 'auto', qa: 'off', pollMs: 100 });
    await expect(b.run()).rejects.toMatchObject({
      failure: { code: 'locked', message: expect.stringContaining(String(process.pid)) },
    });
    handle.cancel();
    expect((await handle.finished).event.status).toBe('interrupted');
  });
});
