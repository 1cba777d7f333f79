import type { ListedObject } from '../storage/object-store.ts';
import type { GatherDeps, SeenPlan } from './gather-deps.ts';
import { objectNames, placeId } from './place-names.ts';

/** An object in the store under the name of a place, whose address does not stand in the file. */
export interface SeenObject extends ListedObject {
  url: string;
  /** The first digits of its hash, where its key has them. */
  hash: string | null;
}

/**
 * Objects of this code and version in the store, by place; `into` is filled as they come. An object whose address nobody
 * can tell is of no use. Rejects as the store does.
 */
export async function gatherStore(
  { nodes, places }: SeenPlan,
  into: Map<string, SeenObject[]>,
  { openStore }: Pick<GatherDeps, 'openStore'>,
  signal: AbortSignal,
): Promise<void> {
  const store = await openStore();
  const listed = await store.list(`${places.code}/${places.version}/`, signal);
  if (listed === null) return;
  const placeOf = objectNames(nodes, places);
  const inFile = new Set(nodes.flatMap(({ node }) => node.saved));
  for (const object of listed) {
    const place = placeOf(object.key);
    const url = store.urlOf(object.key);
    if (place === null || url === null || inFile.has(url)) continue;
    const id = placeId(place.nodeId, place.row, place.candidate);
    into.set(id, [...(into.get(id) ?? []), { ...object, url, hash: place.hash }]);
  }
}
