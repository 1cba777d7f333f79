import type { Link, Tab, WorkflowNode } from './read.ts';

/** A tab's wiring by the table `graphData.links`, the authority (behaviour.md §1). Build it once and ask often. */
export interface TabGraph {
  tab: Tab;
  /** The first wins where an id is used twice. */
  byId: Map<number, WorkflowNode>;
  /** Links that end at a slot that is there, by node and slot index. */
  into: Map<WorkflowNode, Map<number, Link>>;
  /** Links that leave a slot that is there, in table order. */
  outOf: Map<WorkflowNode, Link[]>;
  /** Links from or to a node or slot that is not there. */
  dangling: Link[];
  /** Links that end at a slot another link already ends at; the one that the slot's copy names is kept. */
  surplus: Link[];
}

export function graphOf(tab: Tab): TabGraph {
  const graph: TabGraph = {
    tab,
    byId: new Map(),
    into: new Map(),
    outOf: new Map(),
    dangling: [],
    surplus: [],
  };
  for (const node of tab.nodes) if (!graph.byId.has(node.id)) graph.byId.set(node.id, node);
  for (const link of tab.links) {
    const origin = graph.byId.get(link.originId);
    const target = graph.byId.get(link.targetId);
    const slot = target?.inputs[link.targetSlot];
    if (!origin || !target || !slot || !origin.outputs[link.originSlot]) {
      graph.dangling.push(link);
      continue;
    }
    const slots = graph.into.get(target) ?? new Map<number, Link>();
    graph.into.set(target, slots);
    const other = slots.get(link.targetSlot);
    if (other === undefined) {
      slots.set(link.targetSlot, link);
    } else {
      const better = other.id !== slot.link && link.id === slot.link;
      if (better) slots.set(link.targetSlot, link);
      graph.surplus.push(better ? other : link);
    }
    const out = graph.outOf.get(origin);
    if (out) out.push(link);
    else graph.outOf.set(origin, [link]);
  }
  return graph;
}

/** The node that feeds a slot; null when nothing (that is there) does. */
export function sourceOf(graph: TabGraph, node: WorkflowNode, slotIndex: number): WorkflowNode | null {
  const link = graph.into.get(node)?.get(slotIndex);
  return (link && graph.byId.get(link.originId)) ?? null;
}

/** Nodes that this node feeds directly, each once, in table order. */
export function targetsOf(graph: TabGraph, node: WorkflowNode): WorkflowNode[] {
  const targets = new Set<WorkflowNode>();
  for (const link of graph.outOf.get(node) ?? []) {
    const target = graph.byId.get(link.targetId);
    if (target) targets.add(target);
  }
  return [...targets];
}

/** Every node behind all that feeds it; nodes on a cycle, and what hangs on one, are left out. */
export function topologicalOrder(graph: TabGraph): WorkflowNode[] {
  const waitsFor = new Map<WorkflowNode, number>(graph.tab.nodes.map((node) => [node, 0]));
  for (const node of graph.tab.nodes) {
    for (const target of targetsOf(graph, node)) waitsFor.set(target, (waitsFor.get(target) ?? 0) + 1);
  }
  const order = graph.tab.nodes.filter((node) => waitsFor.get(node) === 0);
  for (const node of order) {
    for (const target of targetsOf(graph, node)) {
      const left = (waitsFor.get(target) ?? 0) - 1;
      waitsFor.set(target, left);
      if (left === 0) order.push(target); // the loop goes on with it
    }
  }
  return order;
}

/** Groups of nodes that feed each other (or one that feeds itself), in file order. Tarjan's way, without recursion. */
export function cyclesOf(graph: TabGraph): WorkflowNode[][] {
  const index = new Map<WorkflowNode, number>();
  const low = new Map<WorkflowNode, number>();
  const onStack = new Set<WorkflowNode>();
  const stack: WorkflowNode[] = [];
  const cycles: WorkflowNode[][] = [];

  for (const root of graph.tab.nodes) {
    if (index.has(root)) continue;
    const work: { node: WorkflowNode; targets: WorkflowNode[]; next: number }[] = [];
    const enter = (node: WorkflowNode) => {
      index.set(node, index.size);
      low.set(node, index.size - 1);
      stack.push(node);
      onStack.add(node);
      work.push({ node, targets: targetsOf(graph, node), next: 0 });
    };
    enter(root);
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const target = frame.targets[frame.next++];
      if (target !== undefined) {
        if (!index.has(target)) enter(target);
        else if (onStack.has(target)) lower(low, frame.node, index.get(target));
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent) lower(low, parent.node, low.get(frame.node));
      if (low.get(frame.node) !== index.get(frame.node)) continue;
      const group: WorkflowNode[] = [];
      let member: WorkflowNode | undefined;
      do {
        member = stack.pop();
        if (member) {
          onStack.delete(member);
          group.push(member);
        }
      } while (member && member !== frame.node);
      if (group.length > 1 || frame.targets.includes(frame.node)) cycles.push(group);
    }
  }
  for (const group of cycles) group.sort((a, b) => a.nodeIndex - b.nodeIndex);
  return cycles.sort((a, b) => (a[0]?.nodeIndex ?? 0) - (b[0]?.nodeIndex ?? 0));
}

function lower(low: Map<WorkflowNode, number>, node: WorkflowNode, value: number | undefined): void {
  const now = low.get(node);
  if (value !== undefined && (now === undefined || value < now)) low.set(node, value);
}
