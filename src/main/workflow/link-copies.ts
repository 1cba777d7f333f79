import type { TabGraph } from './graph.ts';
import type { Link, WorkflowNode } from './read.ts';

/** A node whose `inputs[].link` or `outputs[].links` disagree with the table, and what they should be (rule 9). */
export interface StaleCopies {
  node: WorkflowNode;
  /** Link id, or null for an unwired slot, by slot index. */
  inputs: Map<number, number | null>;
  outputs: Map<number, number[]>;
  /** A slot that several links of the table end at: a person has to say which one is meant. */
  crowded: number[];
}

/** In file order. Copies of links that dangle are left alone here: rule 8 tells of those. */
export function staleCopies(graph: TabGraph): StaleCopies[] {
  const dangling = new Set(graph.dangling.flatMap((link) => [inKey(link), outKey(link)]));
  const crowded = new Map<WorkflowNode, number[]>();
  for (const link of graph.surplus) {
    const target = graph.byId.get(link.targetId);
    if (target) crowded.set(target, [...(crowded.get(target) ?? []), link.targetSlot]);
  }
  const stale: StaleCopies[] = [];
  for (const node of graph.tab.nodes) {
    if (graph.byId.get(node.id) !== node) continue; // the second of an id: rule 10 tells of it
    const found: StaleCopies = {
      node,
      inputs: new Map(),
      outputs: new Map(),
      crowded: crowded.get(node) ?? [],
    };
    for (const [slot, { link }] of node.inputs.entries()) {
      const want = graph.into.get(node)?.get(slot)?.id ?? null;
      if (link !== want && !(want === null && dangling.has(`in ${link} ${node.id} ${slot}`))) {
        found.inputs.set(slot, want);
      }
    }
    const wanted = new Map<number, number[]>();
    for (const link of graph.outOf.get(node) ?? []) {
      const ids = wanted.get(link.originSlot);
      if (ids) ids.push(link.id);
      else wanted.set(link.originSlot, [link.id]);
    }
    for (const [slot, { links }] of node.outputs.entries()) {
      const want = new Set(wanted.get(slot));
      const have = links ?? [];
      const right = have.filter((id) => want.has(id) || dangling.has(`out ${id} ${node.id} ${slot}`));
      const kept = new Set(right);
      const missing = [...want].filter((id) => !kept.has(id));
      if (missing.length > 0 || right.length < have.length) found.outputs.set(slot, [...right, ...missing]);
    }
    if (found.inputs.size + found.outputs.size + found.crowded.length > 0) stale.push(found);
  }
  return stale;
}

const inKey = (link: Link): string => `in ${link.id} ${link.targetId} ${link.targetSlot}`;
const outKey = (link: Link): string => `out ${link.id} ${link.originId} ${link.originSlot}`;
