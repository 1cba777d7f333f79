import { errorWords } from '../../shared/error-words.ts';
import { type Clock, isoTime } from '../platform/clock.ts';
import type { NodeFailure } from './keep-candidate.ts';
import type { Place } from './place.ts';
import type { PlannedNode } from './plan.ts';
import type { RunState } from './run-state.ts';

/** How a node's standing changes: noted, counted and told in one place each. */

export function failNode(run: RunState, node: PlannedNode, problem: NodeFailure, clock: Clock): void {
  const { nodeId, tab, title } = node;
  const { message, attempts, row } = problem;
  run.standing.set(nodeId, 'failed');
  run.counts.failed++;
  run.failed.set(nodeId, {
    nodeId,
    tab,
    title,
    type: problem.class,
    code: problem.code ?? 0,
    attempts,
    message,
    prompt: node.node.prompts[row - 1] ?? '',
    row,
    workflow: run.opened.path,
    runId: run.runId,
    at: isoTime(clock),
  });
  run.tell(node, 'failed');
  const cure = problem.cure ?? errorWords[problem.class].cure;
  run.emit({ type: 'node.failed', nodeId, tab, title, error: problem.class, message, attempts, cure });
}

export function finishNode(run: RunState, node: PlannedNode, short: boolean): void {
  run.standing.set(node.nodeId, 'done');
  run.counts.generated++;
  run.tell(node, 'done', short ? { short: true, reason: 'fewer candidates than asked for' } : {});
}

export function skipNode(run: RunState, node: PlannedNode, because: number | undefined): void {
  run.standing.set(node.nodeId, 'skipped');
  run.counts.skipped++;
  run.tell(node, 'skipped', { reason: `needs node ${because}` });
}

/** What lies behind a held gate could not come up: nobody picked while the run went on. */
export function skipTheRest(run: RunState): void {
  for (const node of run.nodes) {
    if (run.standing.get(node.nodeId) !== 'waiting') continue;
    skipNode(
      run,
      node,
      node.needs.find((id) => run.standing.get(id) !== 'done'),
    );
  }
}

/** Holds a node that draws from a gate without a person's pick, in `hold` mode; the gate, or null if none holds it. */
export function holdNode(run: RunState, node: PlannedNode): number | null {
  const gateId = run.waitsForPick(node);
  if (gateId === null) return null;
  run.standing.set(node.nodeId, 'held');
  run.counts.held++;
  const title = run.planned.gates.get(gateId)?.title;
  const gate = title ? `${title} (node ${gateId})` : `node ${gateId}`;
  run.tell(node, 'held', { reason: `waits for a pick at ${gate}` });
  return gateId;
}

/** Candidates of a re-roll that could not be made anew: what was there stays, and is shown again. */
export function tellStayed(run: RunState, node: PlannedNode, stayed: readonly Place[]): void {
  const view = run.recorder.node(node.nodeId);
  if (!view || stayed.length === 0) return;
  const places = new Set(stayed.map(({ row, candidate }) => `${row}/${candidate}`));
  const candidates = view.candidates.map((entry) =>
    places.has(`${entry.row}/${entry.candidate}`) ? { ...entry, state: 'cached' as const } : entry,
  );
  run.recorder.change({ nodes: [{ ...view, candidates }] });
  const what = stayed.length === 1 ? 'One candidate' : `${stayed.length} candidates`;
  run.notice(`${what} of ${node.title} could not be made anew; what was there before stays.`, node.nodeId);
}

/** A node that was through is to be made (again): what it counted as is taken back. */
export function reopenNode(run: RunState, node: PlannedNode): void {
  const { nodeId } = node;
  const view = run.recorder.node(nodeId);
  switch (run.standing.get(nodeId)) {
    case 'done':
      if (view?.state === 'cached') run.counts.cached--;
      else run.counts.generated--;
      break;
    case 'failed':
      run.counts.failed--;
      run.failed.delete(nodeId);
      break;
    case 'skipped':
      run.counts.skipped--;
      break;
  }
  run.standing.set(nodeId, 'waiting');
  if (view) {
    const again = new Set(node.todo.map(({ row, candidate }) => `${row}/${candidate}`));
    const candidates = view.candidates.map((entry) =>
      again.has(`${entry.row}/${entry.candidate}`)
        ? { ...entry, state: 'waiting' as const, message: null, attempt: 0 }
        : entry,
    );
    run.recorder.change({ nodes: [{ ...view, candidates, error: null, short: false }] });
    // What this run had made already is counted in its total.
    const untouched = view.candidates.filter(
      (entry) => again.has(`${entry.row}/${entry.candidate}`) && ['cached', 'missing'].includes(entry.state),
    );
    run.recorder.more(untouched.length);
  }
  run.tell(node, 'waiting', { reason: 'to be made again' });
}

/** What was passed over because this node failed has its chance again. */
export function reviveSkipped(run: RunState, nodeId: number): void {
  for (const node of run.nodes) {
    if (run.standing.get(node.nodeId) !== 'skipped' || !node.needs.includes(nodeId)) continue;
    if (node.todo.length === 0) continue;
    run.standing.set(node.nodeId, 'waiting');
    run.counts.skipped--;
    run.tell(node, 'waiting');
    reviveSkipped(run, node.nodeId);
  }
}

/** Lets go of the nodes whose gates have their picks now. */
export function releaseHeld(run: RunState): void {
  for (const node of run.nodes) {
    if (run.standing.get(node.nodeId) !== 'held' || run.waitsForPick(node) !== null) continue;
    run.standing.set(node.nodeId, 'waiting');
    run.counts.held--;
    run.tell(node, 'waiting');
  }
}
