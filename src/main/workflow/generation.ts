import type { GenerationKind } from '../../shared/domain.ts';
import { type ExtraFields, readField, readText, savedUrls } from './fields.ts';
import { graphOf, sourceOf, type TabGraph, targetsOf } from './graph.ts';
import { type Prompts, resolvePrompts } from './prompts.ts';
import type { Workflow, WorkflowNode } from './read.ts';
import { DEFAULT_ASPECT_RATIO, IMAGE_MODEL, OUTPUT_COUNT } from './rules.ts';
import { sceneNumbers } from './scene.ts';
import { slotRoles } from './slots.ts';

/** What a run must know of one image or video node. */
export interface GenerationNode {
  nodeId: number;
  tabIndex: number;
  /** Name of the tab. */
  tab: string;
  title: string;
  kind: GenerationKind;
  /** From the title, else the rank on the canvas (behaviour.md §6). */
  scene: number;
  where: string;
  /** One per row, resolved. Empty: no prompt, or one with an error (check.ts says which). */
  prompts: string[];
  /** Candidates per row: the enforced `outputCount`. */
  perRow: number;
  /** Images: the enforced model. Videos: the node's own, '' if none. */
  model: string;
  /** What the file says. */
  namedModel: string | null;
  aspectRatio: string;
  negativePrompt: string;
  /** Seconds. */
  timeoutS: number | null;
  /** Images: references in slot order. Videos: start, then end frame. */
  inputs: MediaInput[];
  /** Row-major; null is a hole. */
  saved: (string | null)[];
  cacheKey: string | null;
  /** Approve nodes it feeds directly. */
  gates: number[];
}

export interface MediaInput {
  /** Name of the slot. */
  label: string;
  slot: 'reference' | 'start frame' | 'end frame';
  source:
    | { kind: 'media'; nodeId: number; value: string }
    /** An image node's output; `gateId` is the gate nearest to the consumer, if one lies between. */
    | { kind: 'output'; nodeId: number; gateId: number | null };
}

/** All generation nodes in tab and scene order, images before videos. Never throws; errors are check.ts's to tell. */
export function generationNodes(workflow: Workflow, fields: ExtraFields = workflow.fields): GenerationNode[] {
  return workflow.tabs.flatMap((tab) => {
    const graph = graphOf(tab);
    return generationNodesOf(graph, resolvePrompts(graph, fields), fields);
  });
}

/** The same for one tab whose prompts are resolved already. */
export function generationNodesOf(
  graph: TabGraph,
  prompts: Map<WorkflowNode, Prompts>,
  fields: ExtraFields,
): GenerationNode[] {
  const scenes = sceneNumbers(graph.tab.nodes);
  const sceneOf = (node: WorkflowNode) => scenes.get(node) ?? 0;
  return graph.tab.nodes
    .filter((node) => node.kind === 'image' || node.kind === 'video')
    .sort(
      (a, b) =>
        sceneOf(a) - sceneOf(b) ||
        a.kind.localeCompare(b.kind) ||
        a.pos[1] - b.pos[1] ||
        a.pos[0] - b.pos[0] ||
        a.nodeIndex - b.nodeIndex,
    )
    .map((node) => generationNode(graph, node, sceneOf(node), prompts.get(node)?.rows ?? [], fields));
}

function generationNode(
  graph: TabGraph,
  node: WorkflowNode,
  scene: number,
  prompts: string[],
  fields: ExtraFields,
): GenerationNode {
  const kind = node.kind === 'video' ? 'video' : 'image';
  const namedModel = readText(node, 'model', fields);
  const cacheKey = readText(node, 'cacheKey', fields);
  return {
    nodeId: node.id,
    tabIndex: graph.tab.index,
    tab: graph.tab.name,
    title: node.title,
    kind,
    scene,
    where: node.where,
    prompts,
    perRow: OUTPUT_COUNT,
    model: kind === 'image' ? IMAGE_MODEL : (namedModel ?? '').trim(),
    namedModel,
    aspectRatio: readText(node, 'aspectRatio', fields)?.trim() || DEFAULT_ASPECT_RATIO,
    negativePrompt: readText(node, 'negativePrompt', fields) ?? '',
    timeoutS: seconds(readField(node, 'timeout', fields)),
    inputs: mediaInputs(graph, node, fields),
    saved: savedUrls(node, fields),
    cacheKey: cacheKey === '' ? null : cacheKey,
    gates: targetsOf(graph, node)
      .filter((target) => target.kind === 'gate')
      .map((gate) => gate.id),
  };
}

function mediaInputs(graph: TabGraph, node: WorkflowNode, fields: ExtraFields): MediaInput[] {
  const inputs: MediaInput[] = [];
  for (const { index, label, slot } of slotRoles(node).media) {
    const source = mediaSource(graph, node, index, fields);
    if (source !== null) inputs.push({ label, slot, source });
  }
  return inputs;
}

/** Follows a slot up through gates. Only pictures are references or frames: a clip is not. */
function mediaSource(
  graph: TabGraph,
  node: WorkflowNode,
  slot: number,
  fields: ExtraFields,
): MediaInput['source'] | null {
  let gateId: number | null = null;
  const seen = new Set<WorkflowNode>();
  let source = sourceOf(graph, node, slot);
  while (source?.kind === 'gate' && !seen.has(source)) {
    seen.add(source);
    gateId ??= source.id;
    source = gateSource(graph, source);
  }
  if (source?.kind === 'image') return { kind: 'output', nodeId: source.id, gateId };
  if (source?.kind !== 'media') return null;
  const value = readText(source, 'media', fields)?.trim() ?? '';
  return value === '' ? null : { kind: 'media', nodeId: source.id, value };
}

/** What a gate shows: the source of its first wired slot. */
function gateSource(graph: TabGraph, gate: WorkflowNode): WorkflowNode | null {
  for (let slot = 0; slot < gate.inputs.length; slot++) {
    const source = sourceOf(graph, gate, slot);
    if (source !== null) return source;
  }
  return null;
}

function seconds(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : null;
}
