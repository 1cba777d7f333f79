import { createHash } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import type { RunEvent } from '../../shared/run-events.ts';
import type { RunView } from '../../shared/run-view.ts';
import { generationNodes } from '../workflow/generation.ts';
import { parseWorkflow } from '../workflow/read.ts';
import type { Salvage, StartControl } from './runner-api.ts';
import { type Bench, openBench, type Simulator, startSimulator } from './test-support.ts';

/** Outputs of a run that left no journal: recovery found them, and a run takes them instead of generating. */

let simulator: Simulator;
let bench: Bench;
/** What the other tool made, by place. */
let found: Map<string, { file: string; sha256: string }>;

beforeEach(async () => {
  simulator = await startSimulator();
  const other = await openBench({ server: simulator.url });
  await other.run({ mode: 'images' });
  const view = (await other.runner.view('run-1')) as RunView;
  bench = await openBench({ server: simulator.url });
  const folder = join(bench.folder, 'found');
  found = new Map();
  for (const node of view.nodes)
    for (const { row, candidate, file, sha256 } of node.candidates) {
      if (file === null || sha256 === null) continue;
      const copy = join(folder, `${sha256}.png`);
      await cp(file, copy);
      found.set(`${node.nodeId}/${row}/${candidate}`, { file: copy, sha256 });
    }
  await other.close();
});
afterEach(async () => {
  await bench.close();
  await simulator.kill();
});

const offers = (
  change: (key: string) => Awaited<ReturnType<Salvage['take']>> | null = () => null,
): Salvage => ({
  size: found.size,
  has: (nodeId, row, candidate) => found.has(`${nodeId}/${row}/${candidate}`),
  take: async (nodeId, row, candidate) => {
    const key = `${nodeId}/${row}/${candidate}`;
    const file = found.get(key);
    return change(key) ?? (file ? { ...file, url: null } : { why: 'nothing is there' });
  },
});

async function run(control: StartControl, more: Partial<RunOptions> = {}) {
  const options = RunOptions.parse({ pollMs: 50, mode: 'images', waitBackendS: 1, ...more });
  const handle = await bench.runner.start(bench.workflow, options, control);
  const events: RunEvent[] = [];
  handle.onEvent((event) => events.push(event));
  const { event, failure } = await handle.finished;
  const notices = events.flatMap((each) => (each.type === 'run.notice' ? [each.message] : []));
  return { handle, event, failure, notices };
}
const images = async () =>
  generationNodes(parseWorkflow(await bench.read(), bench.workflow)).filter(({ kind }) => kind === 'image');
const hashOf = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

describe('what recovery found', () => {
  it('fills the whole workflow though no G-Labs is there, and nothing is paid for', async () => {
    await simulator.kill();
    const { handle, event, failure } = await run({ salvage: offers() });
    expect(failure).toBeNull();
    expect(event).toMatchObject({ status: 'completed', costUSD: 0 });
    expect(event.counts).toMatchObject({ submitted: 0, salvaged: 12, generated: 3, lost: 0 });
    const { summary } = handle.view();
    expect(summary).toMatchObject({ done: 12, total: 12, plan: { generations: 0, costUSD: 0 } });
    for (const node of await images()) {
      expect(node.saved).toHaveLength(4);
      for (const [i, url] of node.saved.entries()) {
        const object = bench.deps.db.objects.byUrl(url ?? '');
        expect(object?.sha256).toBe(found.get(`${node.nodeId}/1/${i + 1}`)?.sha256);
        expect(await hashOf(object?.file ?? '')).toBe(object?.sha256);
      }
    }
    const assets = await readdir(join(bench.folder, 'project', 'Assets'), { recursive: true });
    expect(assets.filter((name) => name.endsWith('.png')).length).toBeGreaterThanOrEqual(12);
    // A backup was made first: the file was changed.
    const backups = await readdir(join(bench.folder, 'project'), { recursive: true });
    expect(backups.some((name) => name.includes('pre-run'))).toBe(true);
    // The next run finds it all cached.
    const plan = await bench.runner.plan(bench.workflow, RunOptions.parse({ mode: 'images' }));
    expect(plan.totals.generations).toBe(0);
  });

  it('is counted out of the plan: only what was not found is generated', async () => {
    const [missing = ''] = found.keys();
    found.delete(missing);
    const { event, handle } = await run({ salvage: offers() });
    expect(event.counts).toMatchObject({ submitted: 1, salvaged: 11 });
    expect(handle.view().summary).toMatchObject({ done: 12, total: 12, plan: { generations: 1 } });
  });

  it('and cannot be taken after all is told with the reason and generated', async () => {
    const [bad = ''] = found.keys();
    const { event, notices } = await run({
      salvage: offers((key) => (key === bad ? { why: 'scene01.png is cut off.' } : null)),
    });
    expect(event).toMatchObject({ status: 'completed', counts: { submitted: 1, salvaged: 11 } });
    expect(notices).toContain('scene01.png is cut off.');
  });

  it('keeps the address it has in the store, and the window can show it', async () => {
    const [known = ''] = found.keys();
    const url = 'https://pub-0000.r2.dev/XYZG3/V0-1/images/scene01-c1.png';
    await simulator.kill();
    const file = found.get(known);
    if (!file) throw new Error('nothing was found');
    const { event, handle } = await run({
      salvage: offers((key) => (key === known ? { ...file, url } : null)),
    });
    expect(event.status).toBe('completed');
    expect((await images()).flatMap((node) => node.saved)).toContain(url);
    const shown = handle.view().nodes.flatMap((node) => node.candidates);
    expect(shown.find((candidate) => candidate.url === url)).toMatchObject({
      state: 'done',
      sha256: file.sha256,
    });
    // What stands behind the address is a copy that nobody edits.
    const object = bench.deps.db.objects.byUrl(url);
    expect(object?.file).not.toBe(file.file);
    expect(await hashOf(object?.file ?? '')).toBe(file.sha256);
  });

  it('and changed between the look and the taking fails its candidate, not the run', async () => {
    const [changed = ''] = found.keys();
    const file = found.get(changed);
    if (!file) throw new Error('nothing was found');
    await writeFile(file.file, 'not a picture any more');
    await simulator.kill();
    const { event, failure } = await run({ salvage: offers() });
    expect(failure).toBeNull();
    expect(event.counts).toMatchObject({ submitted: 0, salvaged: 11, generated: 3 });
  });

  it('is left alone by a re-roll: that asks for something new', async () => {
    await run({ salvage: offers() });
    const [node] = await images();
    const { event } = await run({ salvage: offers() }, { reroll: [{ nodeId: node?.nodeId ?? 0 }] });
    expect(event.counts).toMatchObject({ submitted: 4, salvaged: 0 });
  });
});
