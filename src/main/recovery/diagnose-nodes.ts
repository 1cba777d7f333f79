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
    const there = countsOf(places);
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
      cache: there.cache - bad,
      bad,
      local: Math.min(places.length, Math.max(there.local, node.inUse)),
      store: there.store,
      journal: there.journal,
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

/** In one go, for a workflow may have 20,000 nodes. */
function countsOf(places: readonly PlaceEvidence[]) {
  const counts = { cache: 0, local: 0, store: 0, journal: 0 };
  for (const { cache, local, store, journal } of places) {
    if (cache !== null) counts.cache++;
    if (local?.problem === null) counts.local++;
    if (store?.problem === null) counts.store++;
    if (journal !== null && PAID.has(journal.state)) counts.journal++;
  }
  return counts;
}

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
