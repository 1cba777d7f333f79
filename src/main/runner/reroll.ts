import type { RerollTarget } from '../../shared/domain.ts';
import { fail } from '../../shared/failure.ts';
import type { GenerationNode } from '../workflow/generation.ts';
import type { Place } from './place.ts';
import type { PlannedNode } from './plan.ts';

/** Throws `not-found` for a target that is no generation node of the file, or a place it does not have. */
export function assertTargets(
  nodes: readonly GenerationNode[],
  targets: readonly RerollTarget[],
  workflow: string,
): void {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  for (const { nodeId, row, candidate } of targets) {
    const node = byId.get(nodeId);
    if (!node) {
      throw fail('not-found', `There is no image or video node ${nodeId} in this workflow.`, {
        where: workflow,
        cure: `"flowdeck plan" lists the nodes that can be re-rolled.`,
      });
    }
    const rows = node.prompts.length;
    if ((row ?? 1) <= rows && (candidate ?? 1) <= node.perRow) continue;
    // Without a prompt there is no place at all: the run tells that of the node itself.
    if (rows === 0 && row === undefined && candidate === undefined) continue;
    throw fail(
      'not-found',
      `${node.title} (node ${nodeId}) has no candidate ${candidate ?? 1} in row ${row ?? 1}: it has ${rows} × ${node.perRow}.`,
      { where: workflow },
    );
  }
}

/**
 * A node of a run that goes on, to be made anew at these places; `gallery` is what it has now. What is there stays
 * until its successor is.
 */
export function againAt(
  planned: PlannedNode,
  gallery: readonly (string | null)[],
  places: readonly Place[],
  priceOf: (node: GenerationNode) => number,
): PlannedNode {
  const again = new Set(places.map((place) => place.index));
  const keep = gallery.slice(0, planned.candidates);
  const anything = keep.some((url) => url !== null);
  return {
    ...planned,
    reason: anything ? 'forced' : planned.reason,
    keep: keep.map((url, index) => (again.has(index) ? null : url)),
    former: keep.map((url, index) => (again.has(index) ? url : null)),
    extra: gallery.slice(planned.candidates),
    todo: [...places],
    generations: places.length,
    costUSD: places.length * priceOf(planned.node),
    clear: false,
    // The latest outputs in the journal are the ones that did not please. Where there are none, a task that was not
    // waited for may be done by now, and is paid for.
    reuse: places.every(({ index }) => (gallery[index] ?? null) === null),
    asked: true,
  };
}
