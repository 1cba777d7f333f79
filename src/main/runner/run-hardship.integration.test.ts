import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import { fail } from '../../shared/failure.ts';
import type { RunEvent } from '../../shared/run-events.ts';
import { nodeDisk } from '../platform/disk.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { generationNodes } from '../workflow/generation.ts';
import { parseWorkflow } from '../workflow/read.ts';
import { type Bench, type BenchOptions, openBench, type Simulator, startSimulator } from './test-support.ts';

const open: { simulators: Simulator[]; benches: Bench[] } = { simulators: [], benches: [] };
afterEach(async () => {
  for (const bench of open.benches.splice(0)) await bench.close();
  for (const simulator of open.simulators.splice(0)) await simulator.kill();
});

const simulate = async (...args: string[]): Promise<Simulator> => {
  const simulator = await startSimulator(args);
  open.simulators.push(simulator);
  return simulator;
};
const bench = async (simulator: Simulator, options: Partial<BenchOptions> = {}): Promise<Bench> => {
  const made = await openBench({ server: simulator.url, ...options });
  open.benches.push(made);
  return made;
};
const nodesOf = async (b: Bench) => generationNodes(parseWorkflow(await b.read(), b.workflow));
const options = (more: Partial<RunOptions> = {}) => RunOptions.parse({ pollMs: 100, ...more });

/** Starts a run and gives a promise of the first event that fits. */
async function start(b: Bench, more: Partial<RunOptions> = {}) {
  const handle = await b.runner.start(b.workflow, options(more));
  const events: RunEvent[] = [];
  const waiting: { fits: (event: RunEvent) => boolean; resolve: (event: RunEvent) => void }[] = [];
  handle.onEvent((event) => {
    events.push(event);
    for (const entry of waiting) if (entry.fits(event)) entry.resolve(event);
  });
  const until = (fits: (event: RunEvent) => boolean) =>
    new Promise<RunEvent>((resolve) => {
      const past = events.find(fits);
      if (past) resolve(past);
      else waiting.push({ fits, resolve });
    });
  return { handle, events, until };
}

describe('an outage of the backend', () => {
  it('pauses the run, which goes on by itself and buys nothing twice', async () => {
    // One task never ends there, so that something is surely lost with it.
    const first = await simulate('--latency', '150', '--fault', 'stuck,kind=image,skip=5,next=1');
    const { port } = new URL(first.url);
    const b = await bench(first);
    const { handle, until } = await start(b);
    await until((event) => event.type === 'candidate.stored');
    await first.kill();
    await until((event) => event.type === 'backend.down');
    expect(handle.view().summary.status).toBe('waiting-backend');
    await simulate('--latency', '20', '--port', port);
    const { event } = await handle.finished;
    expect(event).toMatchObject({ status: 'completed', counts: { nodes: 6, generated: 6, failed: 0 } });
    // Tasks that were at the killed backend are gone with it: exactly those are made again.
    expect(event.counts.submitted).toBe(24 + event.counts.lost);
    expect(event.counts.lost).toBeGreaterThan(0);
  });

  it('ends the run with code 5 words when nobody comes back, and the next run goes on from there', async () => {
    const first = await simulate('--latency', '100');
    const b = await bench(first);
    const { handle, until } = await start(b, { waitBackendS: 1 });
    await until((event) => event.type === 'candidate.stored');
    await first.kill();
    const { event, failure } = await handle.finished;
    expect(event.status).toBe('aborted');
    expect(failure).toMatchObject({
      code: 'backend-unreachable',
      cure: expect.stringContaining('Start G-Labs'),
    });
    const second = await simulate();
    const again = await b.run({ server: second.url });
    expect(again.end).toMatchObject({ status: 'completed' });
    const bought = event.counts.submitted + again.end.counts.submitted;
    expect(bought).toBe(24 + event.counts.lost + again.end.counts.lost);
  });
});

describe('a backend that refuses', () => {
  it('is given three pauses for its quota, then the run ends with code 6', async () => {
    const b = await bench(await simulate('--fault', 'task-429'), { settings: { 'runner.quotaPauseS': 1 } });
    const { end, failure } = await b.run({ mode: 'images' });
    expect(end.status).toBe('aborted');
    expect(failure).toMatchObject({ code: 'backend-refused', message: expect.stringContaining('3 pauses') });
  });

  it('goes on after a short quota pause without using up the retries', async () => {
    const b = await bench(await simulate('--fault', 'task-429,next=5'), {
      settings: { 'runner.quotaPauseS': 1, 'runner.retries': 0 },
    });
    const { end } = await b.run({ mode: 'images' });
    expect(end).toMatchObject({ status: 'completed', counts: { failed: 0 } });
  });

  it('ends the run at once when the key is not taken any more', async () => {
    const b = await bench(await simulate('--fault', 'http-401,on=submit,skip=4'));
    const { end, failure } = await b.run();
    expect(end.status).toBe('aborted');
    expect(failure).toMatchObject({ code: 'backend-refused' });
  });
});

describe('a task that takes too long', () => {
  it('fails as timeout, is not bought again, and its old task is asked for first by the next run', async () => {
    const simulator = await simulate('--latency', '5000', '--latency-spread', '0', '--slots', '100');
    const b = await bench(simulator);
    const first = await b.run({ mode: 'images', imageTimeoutS: 0.2 });
    expect(first.end).toMatchObject({ status: 'failed-nodes', counts: { submitted: 12, failed: 3 } });
    const errors = JSON.parse(await readFile(first.end.errorsFile ?? '', 'utf8'));
    expect(errors.map((entry: { type: string; attempts: number }) => [entry.type, entry.attempts])).toEqual(
      Array(3).fill(['timeout', 1]),
    );
    const second = await b.run({ mode: 'images' });
    expect(second.end).toMatchObject({ status: 'completed', counts: { submitted: 0, reattached: 12 } });
  });
});

describe('other builds of G-Labs', () => {
  it('that answer at once', async () => {
    const b = await bench(await simulate('--variant', 'sync'));
    const { end } = await b.run();
    expect(end).toMatchObject({ status: 'completed', counts: { submitted: 24 } });
  });

  it('that give several files for a task: none is thrown away, fewer are asked for', async () => {
    const b = await bench(await simulate('--variant', 'multi-file'));
    const { end } = await b.run({ concurrency: 1 });
    expect(end.status).toBe('completed');
    expect(end.counts.submitted).toBeLessThan(24);
    for (const node of await nodesOf(b)) expect(node.saved.length).toBeGreaterThanOrEqual(4);
  });
});

describe('workflows of every kind', () => {
  it('makes only what a partly cached one lacks, row by row', async () => {
    const b = await bench(await simulate(), { fixture: 'valid/XYZS1-V1.nbflow' });
    const { end } = await b.run();
    expect(end).toMatchObject({
      status: 'completed',
      counts: { nodes: 12, cached: 4, generated: 8, submitted: 80 },
    });
    const nodes = await nodesOf(b);
    const before = generationNodes(
      parseWorkflow(
        await readFile(
          join(b.folder, 'project/backups', (await readdir(join(b.folder, 'project/backups')))[0] ?? ''),
          'utf8',
        ),
        b.workflow,
      ),
    );
    for (const node of nodes) {
      const old = before.find((entry) => entry.nodeId === node.nodeId)?.saved ?? [];
      expect(node.saved.slice(0, old.length)).toEqual(old);
      expect(node.saved).toHaveLength(node.prompts.length * 4);
    }
  });

  it('stores a local reference once and puts its address in', async () => {
    const b = await bench(await simulate(), { fixture: 'valid/XYZG4-V2-0-1.nbflow' });
    const { end } = await b.run();
    expect(end).toMatchObject({ status: 'completed', counts: { nodes: 14, submitted: 56 } });
    const workflow = parseWorkflow(await b.read(), b.workflow);
    const [one, two] = [
      workflow.nodes.get(1)?.properties.imageUrl,
      workflow.nodes.get(2)?.properties.imageUrl,
    ];
    expect(one).toMatch(/\/objects\/refs\/[0-9a-f]{64}\.png$/);
    expect(two).toBe(one);
    expect(end.counts.uploaded).toBe(57);
    const shown = (await b.runner.view('run-1'))?.nodes.find((node) => node.nodeId === 6)?.references[0];
    expect(shown?.media).toMatch(/^[0-9a-f]{64}\.png$/);
    const again = await b.run();
    expect(again.end.counts).toMatchObject({ submitted: 0, cached: 14 });
  });

  it('keeps every byte of a file with strange numbers, keys and names', async () => {
    const b = await bench(await simulate(), { fixture: 'valid/litegraph-extras.nbflow' });
    const { end } = await b.run();
    expect(end).toMatchObject({ status: 'completed', counts: { nodes: 8, submitted: 32 } });
    const text = await b.read();
    expect(text).toContain('12345678901234567890');
    expect(text.endsWith('}')).toBe(true);
    const folders = await readdir(join(b.folder, 'project/Assets/litegraph-extras/generated-images/v0-0'));
    expect(folders.sort()).toEqual(['account-a', 'account-b-cafe']);
  });
});

describe('references', () => {
  it('fail their nodes before anything is submitted when they cannot be had', async () => {
    const simulator = await simulate();
    const b = await bench(simulator, { fixture: 'valid/XYZG4-V2-0-1.nbflow' });
    await rm(join(b.folder, 'project/refs'), { recursive: true });
    const { end, events } = await b.run({ mode: 'images' });
    expect(end.status).toBe('failed-nodes');
    const failed = events.filter((event) => event.type === 'node.failed');
    expect(failed.map((event) => event.type === 'node.failed' && event.error)).toEqual(
      failed.map(() => 'reference'),
    );
    expect(failed.length).toBeGreaterThan(0);
    expect(end.counts.submitted).toBe(4 * end.counts.generated);
  });

  it('that are no pictures are refused with a sentence', async () => {
    const b = await bench(await simulate(), { fixture: 'valid/XYZG4-V2-0-1.nbflow' });
    await writeFile(join(b.folder, 'project/refs/avatar-a.png'), '<html>sign in</html>');
    const { events } = await b.run({ mode: 'images' });
    expect(events.find((event) => event.type === 'node.failed')).toMatchObject({
      error: 'reference',
      message: expect.stringContaining('not a picture'),
    });
  });
});

describe('a file that somebody else edits during the run', () => {
  it('keeps their edit and gets our results merged in, where they still fit', async () => {
    const b = await bench(await simulate('--latency', '200'));
    const { handle, until } = await start(b);
    await until((event) => event.type === 'task.submitted');
    const workflow = parseWorkflow(await b.read(), b.workflow);
    const edited = editWorkflow(workflow.text, [
      { nodeId: 1, properties: { note: 'a person was here' } },
      {
        nodeId: 20,
        properties: { dynamicRows: ['Something else altogether, in other words, for scene three.'] },
      },
    ]);
    await writeFile(b.workflow, edited);
    const { event } = await handle.finished;
    expect(event.status).toBe('completed');
    const after = parseWorkflow(await b.read(), b.workflow);
    expect(after.nodes.get(1)?.properties.note).toBe('a person was here');
    const nodes = generationNodes(after);
    expect(nodes.find((node) => node.nodeId === 4)?.saved).toHaveLength(4);
    expect(nodes.find((node) => node.nodeId === 22)?.saved).toHaveLength(0);
    expect(
      handle
        .view()
        .notices.map((notice) => notice.message)
        .join('\n'),
    ).toContain('prompt was changed during the run');
  });
});

describe('pause, concurrency and cancel', () => {
  it('submits nothing while paused', async () => {
    const b = await bench(await simulate('--latency', '60'));
    const { handle, events, until } = await start(b, { concurrency: 1 });
    await until((event) => event.type === 'candidate.stored');
    handle.pause();
    expect(handle.view().summary.status).toBe('paused');
    const running = () =>
      handle
        .view()
        .nodes.flatMap((node) => node.candidates)
        .filter((c) => ['generating', 'downloading', 'storing'].includes(c.state));
    while (running().length > 0) await new Promise((resolve) => setImmediate(resolve));
    const submitted = () => events.filter((event) => event.type === 'task.submitted').length;
    const before = submitted();
    await b.deps.clock.sleep(6000);
    expect(submitted()).toBe(before);
    handle.resume();
    expect((await handle.finished).event).toMatchObject({ status: 'completed', counts: { submitted: 24 } });
  });

  it('keeps what is there on cancel, and the next run pays only for the rest', async () => {
    const b = await bench(await simulate('--latency', '150'));
    const { handle, until } = await start(b);
    await until((event) => event.type === 'candidate.stored');
    handle.cancel();
    const { event, failure } = await handle.finished;
    expect(event).toMatchObject({ status: 'interrupted', output: null });
    expect(failure).toBeNull();
    const { end } = await b.run();
    expect(end.status).toBe('completed');
    expect(
      end.counts.submitted + end.counts.salvaged + end.counts.reattached + 4 * end.counts.cached,
    ).toBeGreaterThanOrEqual(24);
    expect(end.counts.submitted).toBeLessThan(24);
  });

  it('changes the concurrency while running', async () => {
    const b = await bench(await simulate('--latency', '100'));
    const { handle, until } = await start(b, { concurrency: 1 });
    await until((event) => event.type === 'task.submitted');
    handle.setConcurrency(5);
    expect(handle.view().summary.concurrency).toBe(5);
    await until((event) => event.type === 'node.state' && event.state === 'done');
    expect((await handle.finished).event.status).toBe('completed');
  });
});

describe('a disk that takes nothing', () => {
  it('ends the run with a sentence, loses nothing that was paid for, and the next run fetches it', async () => {
    let full = false;
    const disk: typeof nodeDisk = {
      ...nodeDisk,
      write: async (path, data) => {
        if (full && path.includes('Assets'))
          throw fail('store-unreachable', 'The disk is full.', { where: path, cure: 'Free some space.' });
        await nodeDisk.write(path, data);
      },
    };
    const b = await bench(await simulate('--latency', '40'), { disk });
    const { handle, until } = await start(b);
    await until((event) => event.type === 'candidate.stored');
    full = true;
    const { event, failure } = await handle.finished;
    expect(event.status).toBe('aborted');
    expect(failure).toMatchObject({ code: 'store-unreachable', message: 'The disk is full.' });
    JSON.parse(await b.read());
    full = false;
    const { end } = await b.run();
    expect(end.status).toBe('completed');
    expect(event.counts.submitted + end.counts.submitted).toBe(24);
  });

  it('is told before anything is bought when the project folder cannot be written', async () => {
    const b = await bench(await simulate());
    const file = join(b.folder, 'not-a-folder');
    await copyFile(b.workflow, file);
    await expect(b.run({ outRoot: join(file, 'out') })).rejects.toMatchObject({
      failure: { code: 'folder', cure: expect.any(String) },
    });
  });

  it('never overwrites a picture that is not in our books', async () => {
    const b = await bench(await simulate());
    const folder = join(b.folder, 'project/Assets/XYZG3/generated-images/v0-1');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'scene01-c1.png'), 'a person drew this');
    await b.run({ mode: 'images' });
    const kept = (await readdir(folder)).filter((name) => /^scene01-c1-[0-9a-f]{12}\.png$/.test(name));
    expect(kept).toHaveLength(1);
    expect(await readFile(join(folder, kept[0] ?? ''), 'utf8')).toBe('a person drew this');
  });
});
