import type { JsonEdit, JsonPath } from './json-edit.ts';
import type { Link, Tab, Workflow, WorkflowNode } from './read.ts';

/** Ids of tab N are usually those of the first tab plus N times this (pipeline.md §10.7). */
const TAB_OFFSET = 100_000;

/**
 * Edits that give every node an id of its own: the first to have an id keeps it, a later one in tab N gets it plus
 * N * 100000 (or the next free such id). Links of the tab follow, by what the nodes themselves say where two nodes
 * of one tab share an id. Link ids that another tab has too are renumbered alike.
 */
export function renumberEdits(workflow: Workflow): JsonEdit[] {
  const newIds = newNodeIds(workflow);
  const linkIds = new Ids(workflow.tabs.flatMap((tab) => tab.links.map((link) => link.id)));
  const seenLinks = new Set<number>();
  return workflow.tabs.flatMap((tab) => {
    const edits = tab.nodes.some((node) => newIds.has(node))
      ? tabEdits(tab, newIds, (link) => (seenLinks.has(link.id) ? linkIds.free(link.id, tab.index) : link.id))
      : [];
    for (const link of tab.links) seenLinks.add(link.id);
    return edits;
  });
}

export const nodePath = (node: WorkflowNode): JsonPath => [
  ...graphPath(node.tabIndex),
  'nodes',
  node.nodeIndex,
];
export const linkPath = (tab: Tab, link: Link): JsonPath => [...graphPath(tab.index), 'links', link.index];
const graphPath = (tabIndex: number): JsonPath => ['tabs', tabIndex, 'graphData'];

function newNodeIds(workflow: Workflow): Map<WorkflowNode, number> {
  const nodes = workflow.tabs.flatMap((tab) => tab.nodes);
  const ids = new Ids(nodes.map((node) => node.id));
  const seen = new Set<number>();
  const renumbered = new Map<WorkflowNode, number>();
  for (const node of nodes) {
    if (seen.has(node.id)) renumbered.set(node, ids.free(node.id, node.tabIndex));
    seen.add(node.id);
  }
  return renumbered;
}

/** Hands out ids that nobody has. */
class Ids {
  readonly #used: Set<number>;
  readonly #next = new Map<number, number>();

  constructor(used: readonly number[]) {
    this.#used = new Set(used);
  }

  free(id: number, tabIndex: number): number {
    const base = Math.abs(id) % TAB_OFFSET;
    let offset = Math.max(tabIndex, this.#next.get(base) ?? 0);
    while (this.#used.has(base + offset * TAB_OFFSET)) offset++;
    const free = base + offset * TAB_OFFSET;
    this.#used.add(free);
    // only what is surely taken is passed over next time
    if (offset > tabIndex) this.#next.set(base, offset + 1);
    return free;
  }
}

function tabEdits(tab: Tab, newIds: Map<WorkflowNode, number>, linkId: (link: Link) => number): JsonEdit[] {
  const edits: JsonEdit[] = [];
  const byId = new Map<number, WorkflowNode[]>();
  for (const node of tab.nodes) {
    const same = byId.get(node.id);
    if (same) same.push(node);
    else byId.set(node.id, [node]);
    const id = newIds.get(node);
    if (id !== undefined) edits.push({ path: [...nodePath(node), 'id'], value: id });
  }
  let maxLink = 0;
  for (const link of tab.links) {
    const origins = byId.get(link.originId) ?? [];
    const targets = byId.get(link.targetId) ?? [];
    const origin =
      origins.find((node) => node.outputs[link.originSlot]?.links?.includes(link.id)) ?? origins[0];
    const target = targets.find((node) => node.inputs[link.targetSlot]?.link === link.id) ?? targets[0];
    const id = linkId(link);
    maxLink = Math.max(maxLink, id);
    const set = (position: number, key: string, value: number | undefined) => {
      const path = [...linkPath(tab, link), link.form === 'tuple' ? position : key];
      if (value !== undefined) edits.push({ path, value });
    };
    set(1, 'origin_id', origin && newIds.get(origin));
    set(3, 'target_id', target && newIds.get(target));
    if (id !== link.id) {
      set(0, 'id', id);
      edits.push(...copyEdits(link, id, origin, target));
    }
  }
  return [...edits, ...counterEdits(tab, newIds, maxLink)];
}

/** The nodes' own copies of a link's id, where they are right. */
function copyEdits(link: Link, id: number, origin?: WorkflowNode, target?: WorkflowNode): JsonEdit[] {
  const edits: JsonEdit[] = [];
  if (target?.inputs[link.targetSlot]?.link === link.id) {
    edits.push({ path: [...nodePath(target), 'inputs', link.targetSlot, 'link'], value: id });
  }
  const position = origin?.outputs[link.originSlot]?.links?.indexOf(link.id) ?? -1;
  if (origin && position >= 0) {
    edits.push({ path: [...nodePath(origin), 'outputs', link.originSlot, 'links', position], value: id });
  }
  return edits;
}

/** LiteGraph counts ids it gives out; behind, it would give one out again. */
function counterEdits(tab: Tab, newIds: Map<WorkflowNode, number>, maxLink: number): JsonEdit[] {
  const edits: JsonEdit[] = [];
  let maxNode = 0;
  for (const node of tab.nodes) maxNode = Math.max(maxNode, newIds.get(node) ?? node.id);
  if (tab.lastNodeId !== null && tab.lastNodeId < maxNode) {
    edits.push({ path: [...graphPath(tab.index), 'last_node_id'], value: maxNode });
  }
  if (tab.lastLinkId !== null && tab.lastLinkId < maxLink) {
    edits.push({ path: [...graphPath(tab.index), 'last_link_id'], value: maxLink });
  }
  return edits;
}
