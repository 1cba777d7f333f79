import type { PlannedNode } from './plan.ts';

/** Where a node stands for the scheduler. */
export type Standing =
  | 'waiting'
  | 'running'
  /** Made, and on its way to the store: what needs it can start. */
  | 'storing'
  | 'done'
  | 'failed'
  | 'skipped'
  | 'held';

export interface Decision {
  /** To be started now, in this order. */
  start: PlannedNode[];
  /** Can never start, and because of which node. */
  skip: { node: PlannedNode; because: number }[];
}

/**
 * What to do next (behaviour.md §5): a node starts when everything it needs is there, at most `free` of them;
 * images before videos, then tab and scene order, so that the first scenes can be looked at early. Pure.
 */
export function decide(
  nodes: readonly PlannedNode[],
  standing: ReadonlyMap<number, Standing>,
  free: number,
): Decision {
  const at = (id: number): Standing => standing.get(id) ?? 'done';
  const waiting = nodes.filter((node) => at(node.nodeId) === 'waiting');
  const skip = waiting.flatMap((node) => {
    // A held one may yet come: a person can pick at any moment.
    const because = node.needs.find((id) => at(id) === 'failed' || at(id) === 'skipped');
    return because === undefined ? [] : [{ node, because }];
  });
  const dead = new Set(skip.map((entry) => entry.node.nodeId));
  const ready = waiting.filter(
    (node) => !dead.has(node.nodeId) && node.needs.every((id) => at(id) === 'done' || at(id) === 'storing'),
  );
  return { start: ready.sort(byUrgency).slice(0, Math.max(0, free)), skip };
}

function byUrgency(a: PlannedNode, b: PlannedNode): number {
  return (
    Number(a.kind === 'video') - Number(b.kind === 'video') ||
    a.node.tabIndex - b.node.tabIndex ||
    a.scene - b.scene ||
    a.nodeId - b.nodeId
  );
}
