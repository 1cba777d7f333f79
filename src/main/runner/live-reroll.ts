import type { RerollTarget } from '../../shared/domain.ts';
import { fail } from '../../shared/failure.ts';
import { byNode, placeAt, placesOf } from './place.ts';
import type { PlannedNode } from './plan.ts';
import { againAt, assertTargets } from './reroll.ts';
import type { RunState } from './run-state.ts';
import { reopenNode, reviveSkipped } from './standings.ts';

/**
 * Makes nodes or candidates of a run that goes on anew. What is in the making cannot be asked for again; a node that
 * failed gets what it lacks. Throws `not-found` or `usage`, then nothing was changed.
 */
export function rerollInRun(run: RunState, targets: readonly RerollTarget[]): void {
  const where = run.opened.path;
  assertTargets(run.planned.nodes, targets, where);
  const asked = [...byNode(targets)].map(([nodeId, of]) => {
    const node = run.nodes.find((entry) => entry.nodeId === nodeId);
    const at = run.standing.get(nodeId);
    if (!node) throw fail('not-found', `Node ${nodeId} is not in this run.`, { where });
    if (at === 'waiting' || at === 'running' || at === 'storing') {
      throw fail('usage', `${node.title} is being made just now.`, {
        where,
        cure: 'Wait until it is done, then re-roll it.',
      });
    }
    if (at === 'held' || (at === 'skipped' && node.needs.some((id) => run.standing.get(id) !== 'done'))) {
      throw fail('usage', `${node.title} cannot be made before what it needs is there.`, {
        where,
        cure: 'Pick, or re-roll, the picture it starts from.',
      });
    }
    return { node, of };
  });
  for (const { node, of } of asked) again(run, node, of);
}

function again(run: RunState, node: PlannedNode, targets: readonly RerollTarget[]): void {
  const gallery = run.galleries.get(node.nodeId) ?? [];
  const failed = run.standing.get(node.nodeId) === 'failed';
  const lacking = gallery.flatMap((url, index) =>
    url === null && index < node.candidates ? [placeAt(index, node.node.perRow)] : [],
  );
  const whole = targets.some(({ row, candidate }) => row === undefined && candidate === undefined);
  const places = failed && whole && lacking.length > 0 ? lacking : placesOf(node.node, targets);
  const planned = againAt(node, gallery, places, run.planned.facts.priceOf);
  run.replace(planned);
  reopenNode(run, planned);
  reviveSkipped(run, node.nodeId);
  const below = run.nodes.filter(
    (entry) =>
      entry.needs.includes(node.nodeId) &&
      ['done', 'running', 'storing'].includes(run.standing.get(entry.nodeId) ?? ''),
  );
  for (const entry of below)
    run.notice(
      `${entry.title} was made from what ${node.title} had before. The next plan says whether it is stale.`,
      entry.nodeId,
    );
}
