/** A generation node as the schedule sees it: `tasks` equal tasks, to be begun when all it needs is done. */
export interface ScheduledNode {
  nodeId: number;
  kind: 'image' | 'video';
  tabIndex: number;
  scene: number;
  needs: readonly number[];
  tasks: number;
}

/** Milliseconds of one task. */
export type Durations = Record<ScheduledNode['kind'], number>;

/**
 * Milliseconds a run takes when nothing but the backend's `slots` limits it: whenever one is free it takes the most
 * urgent task whose node may begin (behaviour.md §5: images first, then tab and scene order), and nothing costs time
 * but the tasks. No runner with that order can be faster.
 */
export function listSchedule(nodes: readonly ScheduledNode[], durations: Durations, slots: number): number {
  const waiting = [...nodes].sort(byUrgency).map((node) => ({ node, left: node.tasks }));
  const open = new Map(nodes.map((node) => [node.nodeId, node.tasks]));
  const working: { ends: number; nodeId: number }[] = [];
  let now = 0;
  for (;;) {
    while (working.length < slots) {
      const next = waiting.find(
        ({ node, left }) => left > 0 && node.needs.every((id) => (open.get(id) ?? 0) === 0),
      );
      if (!next) break;
      next.left -= 1;
      working.push({ ends: now + durations[next.node.kind], nodeId: next.node.nodeId });
    }
    working.sort((a, b) => a.ends - b.ends);
    const first = working.shift();
    if (!first) return now;
    now = first.ends;
    open.set(first.nodeId, (open.get(first.nodeId) ?? 0) - 1);
  }
}

/** No order whatever is faster: the slots' work divided among them, or the longest chain. */
export function lowerBound(nodes: readonly ScheduledNode[], durations: Durations, slots: number): number {
  const work = nodes.reduce((sum, { kind, tasks }) => sum + tasks * durations[kind], 0);
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const chain = (node: ScheduledNode): number =>
    Math.ceil(node.tasks / slots) * durations[node.kind] +
    Math.max(0, ...node.needs.flatMap((id) => byId.get(id) ?? []).map(chain));
  return Math.max(work / slots, ...nodes.map(chain));
}

function byUrgency(a: ScheduledNode, b: ScheduledNode): number {
  return (
    Number(a.kind === 'video') - Number(b.kind === 'video') ||
    a.tabIndex - b.tabIndex ||
    a.scene - b.scene ||
    a.nodeId - b.nodeId
  );
}
