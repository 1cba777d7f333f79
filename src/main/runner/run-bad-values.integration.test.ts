import { writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import { generationNodes } from '../workflow/generation.ts';
import { parseWorkflow } from '../workflow/read.ts';
import { type Bench, openBench, type Simulator, startSimulator } from './test-support.ts';

/** Values in a workflow that are not what they should be: read as far as they go, or told. */

let simulator: Simulator;
let bench: Bench;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.kill());
beforeEach(async () => {
  bench = await openBench({ server: simulator.url });
});
afterEach(() => bench.close());

/** Puts properties into a node of the first tab. */
async function put(nodeId: number, properties: Record<string, unknown>): Promise<void> {
  const file = JSON.parse(await bench.read());
  const node = file.tabs[0].graphData.nodes.find((entry: { id: number }) => entry.id === nodeId);
  Object.assign(node.properties, properties);
  await writeFile(bench.workflow, JSON.stringify(file, null, 2));
}
const plan = () => bench.runner.plan(bench.workflow, RunOptions.parse({ mode: 'images' }));
const planned = async (nodeId: number) => (await plan()).nodes.find((node) => node.nodeId === nodeId);

it.each([
  ['an object', { 0: 'https://r2.example/a.png' }, 'missing', 4],
  ['a number', 7, 'missing', 4],
  ['a list of strangers', [7, { of: 1 }, [], true], 'missing', 4],
  ['addresses of a browser tab', Array(4).fill('blob:https://p.example/1'), 'stale url', 4],
  ['a file of another machine', Array(4).fill('file://server/share/a.png'), 'stale url', 4],
])(
  'saved output that is %s is told by the check, and made again',
  async (_what, value, reason, generations) => {
    await put(4, { _savedImages: value });
    expect(await planned(4)).toMatchObject({ reason, generations });
    const { end } = await bench.run({ mode: 'images' });
    expect(end).toMatchObject({ status: 'completed', counts: { submitted: 12, failed: 0 } });
    const [node] = generationNodes(parseWorkflow(await bench.read(), bench.workflow));
    expect(node?.saved).toHaveLength(4);
    for (const url of node?.saved ?? []) expect(url).toMatch(/^file:\/\/\//);
  },
);

it('saved output that is one address is one output: what is missing is made', async () => {
  await put(4, { _savedImages: 'https://r2.example/a.png' });
  expect(await planned(4)).toMatchObject({ reason: 'partial', generations: 3 });
  const { end } = await bench.run({ mode: 'images' });
  expect(end.counts.submitted).toBe(11);
  const [node] = generationNodes(parseWorkflow(await bench.read(), bench.workflow));
  expect(node?.saved[0]).toBe('https://r2.example/a.png');
});

it.each(['file://server/share/a.png', 'blob:https://p.example/1', 'a\0b.png', '/dev/zero', '/'])(
  'a reference such as %j fails its nodes with a sentence, in plan and run',
  async (imageUrl) => {
    await put(1, { imageUrl });
    expect(await planned(4)).toMatchObject({ reason: 'missing' });
    const { end, events } = await bench.run({ mode: 'images' });
    expect(end).toMatchObject({ status: 'failed-nodes', counts: { failed: 3, submitted: 0 } });
    expect(events.find((event) => event.type === 'node.failed')).toMatchObject({ error: 'reference' });
  },
);

it('a model without a price is told once, and counted as the dearest', async () => {
  await bench.close();
  const prices = [
    { model: 'nano_banana_2', unit: 'image' as const, usd: 0.04 },
    { model: 'veo_31_fast', unit: 'clip' as const, usd: 0.4 },
  ];
  const settings = { 'costs.table': { date: '2026-01-01', prices } };
  bench = await openBench({ server: simulator.url, settings });
  for (const id of [9, 18]) await put(id, { model: 'veo_31_quality' });
  const { events, end } = await bench.run();
  const notices = events.flatMap((event) => (event.type === 'run.notice' ? [event.message] : []));
  expect(notices.filter((message) => message.includes('price table'))).toEqual([
    expect.stringContaining('veo_31_quality'),
  ]);
  expect(end.costUSD).toBeCloseTo(12 * 0.04 + 12 * 0.4, 5);
});
