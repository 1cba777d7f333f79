import type { RecoveryNodeState } from '../../shared/recovery.ts';
import type { Tally } from './diagnose-places.ts';
import type { NodeEvidence } from './evidence.ts';
import { asPart, count } from './words.ts';

/** A word to a node's state; null where the state says it all. */
export function noteOf(
  { reason, places }: NodeEvidence,
  state: RecoveryNodeState,
  tally: Tally | undefined,
  { gone, wrong }: { gone: number; wrong: number },
): string | null {
  const of = `of ${places.length}`;
  switch (state) {
    case 'gone':
      return `${gone} ${of} ${gone === 1 ? 'is' : 'are'} gone`;
    case 'suspicious':
      return wrong === 0
        ? 'named by the sanity check'
        : `${wrong} ${of} ${wrong === 1 ? 'does' : 'do'} not look like its own`;
    case 'stale':
      return reason === 'forced' ? 'asked for anew' : reason.endsWith(' changed') ? reason : 'frame changed';
    case 'parked': {
      const why = places.find(({ journal }) => journal?.state === 'parked')?.journal?.message;
      return why === undefined || why === null
        ? `${count(tally?.parked ?? 0, 'request')} of unknown fate`
        : asPart(why);
    }
    case 'blocked':
      return places.length === 0 ? 'it has no prompt' : reason;
    case 'partial':
      return `${tally?.made ?? 0} ${of} to make`;
    case 'missing':
      return leftOut(places);
    case 'reattach':
      return count(tally?.asked ?? 0, 'task');
    case 'left':
      return reason === 'not wanted (images mode)' ? reason : 'not part of the re-roll';
    case 'salvage':
    case 'done':
      return null;
  }
}

/** Why what lies about cannot be taken. */
function leftOut(places: NodeEvidence['places']): string | null {
  const problems = places.flatMap(({ local, store }) => local?.problem ?? store?.problem ?? []);
  const [first] = problems;
  if (first === undefined) return null;
  return problems.length === 1 ? asPart(first) : `${problems.length} files left out: ${asPart(first)}`;
}
