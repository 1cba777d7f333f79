import { parseWorkflow, type Workflow } from './read.ts';

/** Small workflows for tests, written as a list of nodes and wires. */
export interface TestNode {
  id: number;
  type: string;
  title?: string;
  pos?: [number, number];
  inputs?: string[];
  properties?: Record<string, unknown>;
}

/** `[from, to, slot name]`, both copies right. */
export type Wire = [from: number, to: number, slot: string];

export function testTab(name: string, nodes: TestNode[], wires: Wire[] = []) {
  const full = nodes.map((node) => ({
    title: `Node ${node.id}`,
    pos: [0, 0],
    properties: {},
    ...node,
    inputs: (node.inputs ?? []).map((slot) => ({ name: slot, type: '*', link: null as number | null })),
    outputs: [{ name: 'output', type: '*', links: [] as number[] }],
  }));
  const links = wires.map(([from, to, slotName], i) => {
    const id = 501 + i;
    const origin = full.find((node) => node.id === from);
    const target = full.find((node) => node.id === to);
    const slot = target?.inputs.findIndex((input) => input.name === slotName) ?? -1;
    const input = target?.inputs[slot];
    if (!origin || !input) throw new Error(`no slot ${slotName} on node ${to}`);
    input.link = id;
    origin.outputs[0]?.links.push(id);
    return [id, from, 0, to, slot, '*'];
  });
  return { name, graphData: { nodes: full, links } };
}

export function testWorkflow(nodes: TestNode[], wires: Wire[] = []): Workflow {
  return parse({ name: 'test', tabs: [testTab('A', nodes, wires)] });
}

export const parse = (value: unknown): Workflow =>
  parseWorkflow(JSON.stringify(value, null, 2), 'test.nbflow');

export const dynamic = (id: number, variableName: string, dynamicRows: unknown[]): TestNode => ({
  id,
  type: 'nanobanana/Prompt',
  properties: { mode: 'dynamic', variableName, dynamicRows },
});

export const template = (id: number, text: string, inputs: string[]): TestNode => ({
  id,
  type: 'nanobanana/Prompt',
  inputs,
  properties: { mode: 'template', text },
});

export const plain = (id: number, text: string): TestNode => ({
  id,
  type: 'nanobanana/Prompt',
  properties: { mode: 'plain', text },
});

export const image = (id: number, more: Partial<TestNode> = {}): TestNode => ({
  id,
  type: 'nanobanana/NanobananaAPI',
  inputs: ['prompt', 'image 1', 'image 2'],
  ...more,
  properties: { model: 'nano_banana_2', outputCount: 4, ...more.properties },
});

export const video = (id: number, more: Partial<TestNode> = {}): TestNode => ({
  id,
  type: 'nanobanana/Veo3',
  inputs: ['prompt', 'start frame', 'end frame'],
  ...more,
  properties: { negativePrompt: '', outputCount: 4, ...more.properties },
});

export const gate = (id: number, properties: Record<string, unknown> = {}): TestNode => ({
  id,
  type: 'Approve',
  inputs: ['input'],
  properties,
});

export const media = (id: number, imageUrl: unknown): TestNode => ({
  id,
  type: 'nanobanana/Media',
  properties: { imageUrl },
});
