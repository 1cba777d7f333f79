import type { RunNodeView } from '../../../shared/run-view.ts';
import { nodeMark } from '../../components/marks.ts';

/** What a run that has ended says of a node it did not get through. */
export const STOPPED = 'stopped';
export const NOT_REACHED = 'not reached';
export const PICKED_SINCE = 'picked, for the next run';

/**
 * Nodes of a run that has ended, as a person should see them: its record keeps the state in which each was left, but
 * nothing generates or waits any more, and what was held for a pick that has been made since goes on in the next run.
 * Untouched nodes stay the same objects. Pure.
 */
export function nodesAfterEnd(nodes: readonly RunNodeView[]): readonly RunNodeView[] {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const picked = (id: number) => byId.get(id)?.gates.every((gate) => gate.picks.length > 0) ?? true;
  return nodes.map((node) => {
    if (node.state === 'held') return node.needs.every(picked) ? left(node, PICKED_SINCE) : node;
    const { mark } = nodeMark(node.state);
    if (mark === 'working') return left(node, STOPPED);
    return mark === 'waiting' ? left(node, NOT_REACHED) : node;
  });
}

const left = (node: RunNodeView, note: string): RunNodeView => ({
  ...node,
  state: 'skipped',
  note,
  candidates: node.candidates.map((candidate) =>
    candidate.url !== null || candidate.state === 'failed' ? candidate : { ...candidate, state: 'missing' },
  ),
});
