import type { CacheEvidence, Evidence, NodeEvidence } from './evidence.ts';

/** Why an output that is there does not look like the node's own (behaviour.md §8). */
export type Doubt = 'same picture' | 'other shape' | 'other workflow' | 'other version' | 'other scene';

export interface Suspicion {
  /** Place of the node in `evidence.nodes`, and of the candidate in its `places`. */
  node: number;
  place: number;
  why: Doubt;
  url: string;
  /** For `same picture`: the nodes that have it, this one among them. */
  owners: ReadonlySet<number>;
}

/** A shape may be so far from the one asked for. */
const SHAPE_TOLERANCE = 0.1;

/** Outputs in the file that do not look like their node's own. What is gone or stale is not judged: it is made anew. */
export function suspicionsOf({ nodes }: Evidence, stale: readonly boolean[]): Suspicion[] {
  const shared = sharedPictures(nodes, stale);
  const found: Suspicion[] = [];
  nodes.forEach((node, at) => {
    if (stale[at]) return;
    node.places.forEach(({ cache }, place) => {
      if (cache === null || cache.state === 'gone') return;
      const owners = (shared.size > 0 ? shared.get(identityOf(cache)) : undefined) ?? NOBODY;
      const why = owners.size > 0 ? 'same picture' : doubtOf(cache, node);
      if (why !== null) found.push({ node: at, place, why, url: cache.url, owners });
    });
  });
  return found;
}

const NOBODY: ReadonlySet<number> = new Set();

function doubtOf({ named, shape }: CacheEvidence, { aspectRatio }: NodeEvidence): Doubt | null {
  if (named !== 'ours' && named !== 'no scheme') return named;
  const asked = ratioOf(aspectRatio);
  if (shape === null || asked === null) return null;
  return Math.abs(shape / asked - 1) > SHAPE_TOLERANCE ? 'other shape' : null;
}

/** Ids of the nodes that have a picture, by what tells it, where there are several. */
function sharedPictures(nodes: readonly NodeEvidence[], stale: readonly boolean[]): Map<string, Set<number>> {
  const first = new Map<string, number>();
  const shared = new Map<string, Set<number>>();
  nodes.forEach(({ nodeId, places }, at) => {
    if (stale[at]) return;
    for (const { cache } of places) {
      if (cache === null || cache.state === 'gone') continue;
      const identity = identityOf(cache);
      const owner = first.get(identity);
      if (owner === undefined) first.set(identity, nodeId);
      else if (owner !== nodeId) shared.set(identity, (shared.get(identity) ?? new Set([owner])).add(nodeId));
    }
  });
  return shared;
}

/** One address is one picture, whatever else is known. */
const identityOf = ({ identity, url }: CacheEvidence): string => identity ?? url;

/** `9:16` → 0.5625. Null: not a ratio. */
function ratioOf(text: string): number | null {
  const [, width, height] = /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
  const ratio = Number(width) / Number(height);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
}
