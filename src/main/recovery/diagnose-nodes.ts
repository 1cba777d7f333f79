import type { RecoveryNode, RecoveryNodeState } from '../../shared/recovery.ts';
import { type Forecast, salvagedIn, type Tally } from './diagnose-places.ts';
import { goneIn, type Reading } from './diagnose-reading.ts';
import type { NodeEvidence, PlaceEvidence } from './evidence.ts';
import { noteOf } from './words-nodes.ts';

/** The grid node × {cache, file, store, journal}, and what the recommended plan does for each. */
export function nodesOf(reading: Reading, planned: Forecast): RecoveryNode[] {
  const wrong = new Map<number, number>();
  for (const { node } of reading.suspicions) wrong.set(node, (wrong.get(node) ?? 0) + 1);
  return reading.evidence.nodes.map((node, at): RecoveryNode => {
    const tally = planned.nodes[at];
    const { nodeId, tab, title, kind, scene, places } = node;
    const addresses = countOf(places, ({ cache }) => cache !== null);
    const gone = goneIn(node);
    const bad = gone + (wrong.get(at) ?? 0);
    const stale = reading.stale[at] ?? false;
    const state = stateOf(node, tally, { gone, doubted: reading.doubted.has(at), stale });
    return {
      nodeId,
      tab,
      title,
      kind,
      scene,
      wanted: places.length,
      cache: addresses - bad,
      bad,
      local: countOf(places, ({ local }) => local !== null && local.problem === null),
      store: countOf(places, ({ store }) => store !== null && store.problem === null),
      journal: countOf(places, isPaid),
      salvaged: tally === undefined ? 0 : salvagedIn(tally),
      generations: tally?.made ?? 0,
      state,
      note: noteOf(node, state, tally, { gone, wrong: wrong.get(at) ?? 0 }),
    };
  });
}

const PAID: ReadonlySet<string> = new Set([
  'submitted',
  'timeout',
  'completed',
  'downloaded',
  'stored',
  'written',
]);

const isPaid = ({ journal }: PlaceEvidence): boolean => journal !== null && PAID.has(journal.state);

const countOf = (places: readonly PlaceEvidence[], is: (place: PlaceEvidence) => boolean): number =>
  places.reduce((sum, place) => sum + (is(place) ? 1 : 0), 0);

/** The worst of its candidates: what a person must look at goes before what is only to be done. */
function stateOf(
  { reason, places, surplus }: NodeEvidence,
  tally: Tally | undefined,
  { gone, doubted, stale }: { gone: number; doubted: boolean; stale: boolean },
): RecoveryNodeState {
  if (places.length === 0) return surplus.some(({ state }) => state !== 'gone') ? 'done' : 'blocked';
  if (tally === undefined || doubted) return 'suspicious';
  if (tally.parked > 0) return 'parked';
  if (gone > 0 && !stale && reason !== 'not wanted (images mode)') return 'gone';
  if (stale && places.some(({ cache }) => cache !== null)) return 'stale';
  if (tally.blocked > 0) return 'blocked';
  if (tally.made > 0) return tally.made === places.length ? 'missing' : 'partial';
  if (tally.asked > 0) return 'reattach';
  if (salvagedIn(tally) > 0) return 'salvage';
  return tally.left > 0 ? 'left' : 'done';
}
