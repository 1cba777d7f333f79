import type { NodeEvidence, PlaceEvidence } from './evidence.ts';
import { identityOf } from './gather-cache.ts';

/**
 * One output cannot be two candidates: what was found a second time, or stands in the file at another place already, is
 * left out with the reason. Nodes come in the order of the workflow; the first has it. Pure.
 */
export function leaveOutTwins(nodes: readonly NodeEvidence[]): NodeEvidence[] {
  const owners = new Map<string, string>();
  const own = (identity: string | null, place: string) => {
    if (identity !== null && !owners.has(identity)) owners.set(identity, place);
  };
  for (const node of nodes) {
    for (const place of node.places)
      if (place.cache !== null && place.cache.state !== 'gone')
        own(place.cache.identity, wordsFor(node, place));
  }
  return nodes.map((node) => ({
    ...node,
    places: node.places.map((place) => {
      const here = wordsFor(node, place);
      const isOpen = place.cache === null || place.cache.state === 'gone';
      const problemOf = (found: { problem: string | null }, identity: string | null): string | null => {
        if (found.problem !== null || identity === null) return found.problem;
        if (isOpen) own(identity, here);
        const owner = owners.get(identity);
        return owner === undefined || owner === here ? null : `it is the same as ${owner}`;
      };
      const { local, store } = place;
      return {
        ...place,
        local: local && { ...local, problem: problemOf(local, identityOf(local.sha256)) },
        store: store && {
          ...store,
          problem: problemOf(store, store.hash === null ? null : identityOf(store.hash)),
        },
      };
    }),
  }));
}

const wordsFor = (node: NodeEvidence, { row, candidate }: PlaceEvidence): string => {
  const where = node.title === '' ? `node ${node.nodeId}` : `${node.title} (node ${node.nodeId})`;
  return row === 1
    ? `candidate ${candidate} of ${where}`
    : `candidate ${candidate} of row ${row} of ${where}`;
};
