import type { PlanReason } from '../../shared/domain.ts';
import type { Evidence, NodeEvidence, PlaceEvidence } from './evidence.ts';

/** How a place comes to its output when a plan is carried out. */
export type Way =
  /** It stands in the workflow file and stays there. */
  | 'kept'
  /** Fetched by an earlier run: the journal knows its file. */
  | 'journal'
  /** A file in `Assets/`. */
  | 'file'
  /** An object in the store. */
  | 'store'
  /** Ordered, and to be asked of the backend. */
  | 'asked'
  /** Nobody can tell whether its request arrived. */
  | 'parked'
  /** Not wanted by this run. */
  | 'left'
  /** What it needs cannot be had. */
  | 'blocked'
  /** Generated, and paid for. */
  | 'made';

export type Tally = Record<Way, number>;

/** What a node loses before a plan makes anything. */
export interface Treatment {
  /** Its output goes first; what is in flight stays, for it is fresh. */
  wiped: boolean;
  /** Its output no longer fits. */
  stale: boolean;
  /** What the file has is not looked at: another content is put in its place. */
  replaced?: boolean;
}

/** Made from a prompt, reference, model or frame that is another now, or asked for anew by a person. */
export const isStale = (reason: PlanReason): boolean => reason === 'forced' || reason.endsWith(' changed');

/** How this place comes to its output. What costs nothing goes before what costs; what is at hand before what is asked for. */
export function wayOf(node: NodeEvidence, place: PlaceEvidence, how: Treatment): Way {
  const cache = how.replaced ? null : place.cache;
  const again = isRerolled(node, place);
  if (cache !== null && cache.state !== 'gone' && !how.wiped && !how.stale && !again) return 'kept';
  if (node.reason === 'not wanted (images mode)') return 'left';
  if (node.reason.startsWith('blocked by')) return 'blocked';
  const taken = fromJournal(place.journal, cache, how);
  if (taken !== null) return taken;
  // A re-roll makes its own places and no others.
  if (node.reroll !== null && !again && !how.wiped && !how.replaced) return 'left';
  return (again && node.reason === 'forced' ? null : fromFiles(place, how)) ?? 'made';
}

const isRerolled = ({ reroll }: NodeEvidence, { row, candidate }: PlaceEvidence): boolean =>
  reroll?.some((place) => place.row === row && place.candidate === candidate) ?? false;

function fromJournal(
  journal: PlaceEvidence['journal'],
  cache: PlaceEvidence['cache'],
  { wiped }: Treatment,
): Way | null {
  if (journal === null) return null;
  switch (journal.state) {
    case 'intent':
      return 'asked';
    case 'submitted':
    case 'timeout':
      return journal.taskId === null ? null : 'asked';
    case 'parked':
      return 'parked';
    case 'completed':
      return wiped ? null : 'asked';
    case 'downloaded':
    case 'stored':
      if (wiped) return null;
      if (journal.intact) return 'journal';
      return journal.taskId === null ? null : 'asked';
    case 'written':
      // What was in the file and is not any more was taken out; what only lost its address is put in the store again.
      return !wiped && journal.intact && cache?.state === 'gone' ? 'journal' : null;
    case 'unsent':
    case 'failed':
    case 'lost':
    case 'cancelled':
      return null;
  }
}

/** A file under the name of stale output is that output: it is not taken. */
function fromFiles({ local, store }: PlaceEvidence, { wiped, stale }: Treatment): Way | null {
  if (wiped || stale) return null;
  if (local !== null && local.problem === null) return 'file';
  return store !== null && store.problem === null ? 'store' : null;
}

export const emptyTally = (): Tally => ({
  kept: 0,
  journal: 0,
  file: 0,
  store: 0,
  asked: 0,
  parked: 0,
  left: 0,
  blocked: 0,
  made: 0,
});

/** What a plan does for each node, in the order of the evidence, and what that costs. */
export interface Forecast {
  nodes: Tally[];
  total: Tally;
  images: number;
  videos: number;
  costUSD: number;
}

/** What is done where the nodes `wiped` (places in `evidence.nodes`) lose their output first. */
export function forecast(
  { nodes }: Pick<Evidence, 'nodes'>,
  stale: readonly boolean[],
  wiped: ReadonlySet<number> = new Set(),
): Forecast {
  return gather(nodes, (node, at, tally) => {
    const how = { wiped: wiped.has(at), stale: stale[at] ?? false };
    for (const place of node.places) tally[wayOf(node, place, how)]++;
  });
}

/**
 * Everything made anew that such a run makes: what a recovery is measured against. Clips that `images` leaves for later
 * are neither made nor saved.
 */
export function forecastRebuild({ nodes }: Pick<Evidence, 'nodes'>): Forecast {
  return gather(nodes, ({ reason, places }, _, tally) => {
    const unwanted = reason === 'not wanted (images mode)';
    tally[unwanted ? 'left' : reason.startsWith('blocked by') ? 'blocked' : 'made'] = places.length;
  });
}

function gather(
  nodes: readonly NodeEvidence[],
  fill: (node: NodeEvidence, at: number, tally: Tally) => void,
): Forecast {
  const total = emptyTally();
  const made = { image: 0, video: 0 };
  let costUSD = 0;
  const tallies = nodes.map((node, at) => {
    const tally = emptyTally();
    fill(node, at, tally);
    add(total, tally);
    made[node.kind] += tally.made;
    costUSD += tally.made * node.priceUSD;
    return tally;
  });
  return { nodes: tallies, total, images: made.image, videos: made.video, costUSD: roundUSD(costUSD) };
}

/** By name, for a workflow may have 20,000 nodes: a loop over the names takes ten times as long. */
function add(total: Tally, tally: Tally): void {
  total.kept += tally.kept;
  total.journal += tally.journal;
  total.file += tally.file;
  total.store += tally.store;
  total.asked += tally.asked;
  total.parked += tally.parked;
  total.left += tally.left;
  total.blocked += tally.blocked;
  total.made += tally.made;
}

/** Sums of money without the noise of binary fractions. */
export const roundUSD = (usd: number): number => Math.round(usd * 10_000) / 10_000;

/** Taken without generating anything. */
export const salvagedIn = (tally: Tally): number => tally.journal + tally.file + tally.store + tally.asked;

/**
 * Nodes whose output does not fit any more: by the plan, or since a picture they start from has lost every address it
 * had, so that what takes its place is another picture; and so on down.
 */
export function staleNodes({ nodes }: Pick<Evidence, 'nodes'>): boolean[] {
  // What a re-roll is about stays until its successor is made, and each place is looked at for itself.
  const stale = nodes.map(({ reason, reroll }) => reroll === null && isStale(reason));
  const lost = nodes.flatMap((node, at) => (addressesLost(node) ? [at] : []));
  for (const at of downstream(nodes, lost)) if (nodes[at]?.reroll === null) stale[at] = true;
  return stale;
}

function addressesLost({ places, surplus }: NodeEvidence): boolean {
  const isThere = (cache: PlaceEvidence['cache']) => cache !== null && cache.state !== 'gone';
  if (places.some(({ cache }) => isThere(cache)) || surplus.some(isThere)) return false;
  return places.some(({ cache }) => cache !== null) || surplus.length > 0;
}

/** All that is made from these nodes, directly or not, without them. Nodes are named by their place in the list. */
export function downstream(nodes: readonly NodeEvidence[], from: readonly number[]): Set<number> {
  if (from.length === 0) return new Set();
  const byId = new Map<number, number[]>();
  nodes.forEach(({ nodeId }, at) => {
    addTo(byId, nodeId, at);
  });
  const below = new Map<number, number[]>();
  nodes.forEach(({ needs }, at) => {
    for (const id of needs) for (const source of byId.get(id) ?? []) addTo(below, source, at);
  });
  const found = new Set<number>();
  const open = [...from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const child of below.get(at) ?? []) {
      if (found.has(child)) continue;
      found.add(child);
      open.push(child);
    }
  }
  for (const at of from) found.delete(at);
  return found;
}

function addTo(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
