import { writeFile } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { type Bench, openBench, type Simulator, startSimulator } from './test-support.ts';

/** What a node is made from: frames and prompts that are not as usual. */

let simulator: Simulator | null = null;
let bench: Bench | null = null;
afterEach(async () => {
  await bench?.close();
  await simulator?.kill();
});

type Node = { id: number; inputs: { link: number | null }[]; properties: Record<string, unknown> };
type Graph = { nodes: Node[]; links: (number | string)[][] };

/** The three-scene workflow with a change of its graph. */
async function open(change: (graph: Graph, node: (id: number) => Node) => void): Promise<Bench> {
  simulator = await startSimulator();
  bench = await openBench({ server: simulator.url });
  const file = JSON.parse(await bench.read());
  const graph: Graph = file.tabs[0].graphData;
  change(graph, (id) => {
    const node = graph.nodes.find((entry) => entry.id === id);
    if (!node) throw new Error(`no node ${id}`);
    return node;
  });
  await writeFile(bench.workflow, JSON.stringify(file, null, 2));
  return bench;
}

it('never sends an end frame in the place of the start frame', async () => {
  const b = await open((graph, node) => {
    for (const link of graph.links) if (link[0] === 508) link[4] = 2;
    for (const [slot, input] of node(9).inputs.entries()) input.link = [507, null, 508][slot] ?? null;
  });
  const { end, events } = await b.run();
  expect(end).toMatchObject({ status: 'failed-nodes', counts: { failed: 1, generated: 5, submitted: 20 } });
  expect(events.find((event) => event.type === 'node.failed')).toMatchObject({
    nodeId: 9,
    error: 'reference',
    message: expect.stringContaining('no start frame'),
  });
});

it('starts a clip from the picture of a node that has one but no prompt', async () => {
  const first = await open(() => undefined);
  await first.run({ mode: 'images' });
  const file = JSON.parse(await first.read());
  for (const node of file.tabs[0].graphData.nodes) if (node.id === 2) node.properties.dynamicRows = [];
  for (const node of file.tabs[0].graphData.nodes) {
    if (node.id === 3) Object.assign(node.properties, { mode: 'plain', text: '' });
  }
  await writeFile(first.workflow, JSON.stringify(file, null, 2));
  const sent: number[] = [];
  const { openBackend } = first.deps;
  first.deps.openBackend = async (server) => {
    const backend = await openBackend(server);
    return {
      ...backend,
      submit: (request, signal) => {
        sent.push(request.references.length);
        return backend.submit(request, signal);
      },
    };
  };
  const { end } = await first.run();
  expect(end).toMatchObject({ status: 'completed', counts: { cached: 3, generated: 3 } });
  expect(sent).toEqual(Array(12).fill(1));
});

it('asks for no prompt of videos in images mode', async () => {
  const b = await open((_, node) => {
    for (const id of [8, 17, 26]) Object.assign(node(id).properties, { mode: 'plain', text: '' });
  });
  const { end } = await b.run({ mode: 'images' });
  expect(end).toMatchObject({ status: 'completed', counts: { generated: 3, skipped: 3, failed: 0 } });
});
