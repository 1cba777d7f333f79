import type { RerollTarget } from '../../shared/domain.ts';
import type { GenerationNode } from '../workflow/generation.ts';

/** A candidate's place: row and candidate count from 1, index is row-major from 0. */
export interface Place {
  row: number;
  candidate: number;
  index: number;
}

export const placeAt = (index: number, perRow: number): Place => ({
  row: Math.floor(index / perRow) + 1,
  candidate: (index % perRow) + 1,
  index,
});

/** What is asked for in a re-roll, by node. */
export const byNode = (targets: readonly RerollTarget[]): ReadonlyMap<number, readonly RerollTarget[]> =>
  Map.groupBy(targets, (target) => target.nodeId);

/** The places of a node that its targets mean, each once, in order. */
export function placesOf(
  node: Pick<GenerationNode, 'prompts' | 'perRow'>,
  targets: readonly RerollTarget[],
): Place[] {
  const places = Array.from({ length: node.prompts.length * node.perRow }, (_, index) =>
    placeAt(index, node.perRow),
  );
  return places.filter((place) =>
    targets.some(
      ({ row, candidate }) =>
        (row === undefined || row === place.row) &&
        (candidate === undefined || candidate === place.candidate),
    ),
  );
}
