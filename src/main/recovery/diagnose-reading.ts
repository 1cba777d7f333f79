import type { Finding } from '../../shared/domain.ts';
import { type Forecast, forecast, forecastRebuild, staleNodes } from './diagnose-places.ts';
import { type Suspicion, suspicionsOf } from './diagnose-suspicion.ts';
import type { Evidence, NodeEvidence, PlaceEvidence } from './evidence.ts';

/** Evidence, and what follows from it whatever is done: the verdict, the findings and the plans read this. */
export interface Reading {
  evidence: Evidence;
  /** By place in `evidence.nodes`: its output does not fit any more. */
  stale: boolean[];
  /** By place in `evidence.nodes`: how many of its addresses are gone that a run would have used. */
  gone: number[];
  suspicions: Suspicion[];
  /** Nodes whose output is to be doubted, as places in `evidence.nodes`; those the sanity check names too. */
  doubted: ReadonlySet<number>;
  /** Errors of the sanity check: a run is refused until they are mended. */
  errors: Finding[];
  /** When all that is paid for is taken and only what is missing is made. */
  resume: Forecast;
  rebuild: Forecast;
}

export function read(evidence: Evidence): Reading {
  const { source, nodes } = evidence;
  const stale = staleNodes(evidence);
  const suspicions = suspicionsOf(evidence, stale);
  const errors = source.state === 'sound' ? source.findings.filter(isError) : [];
  return {
    evidence,
    stale,
    gone: nodes.map((node, at) => (stale[at] || isUnwanted(node) ? 0 : goneIn(node))),
    suspicions,
    doubted: doubtedNodes(nodes, stale, suspicions, errors),
    errors,
    resume: forecast(evidence, stale),
    rebuild: forecastRebuild(evidence),
  };
}

const isError = ({ severity }: Finding): boolean => severity === 'error';
/** This run would leave it as it is: it makes only pictures, or only what a re-roll asks for. */
const isUnwanted = ({ reason, reroll }: NodeEvidence): boolean =>
  reason === 'not wanted (images mode)' || reroll !== null;

export const isGone = ({ cache }: PlaceEvidence): boolean => cache?.state === 'gone';

export function goneIn({ places }: NodeEvidence): number {
  let gone = 0;
  for (const place of places) if (isGone(place)) gone++;
  return gone;
}

function doubtedNodes(
  nodes: readonly NodeEvidence[],
  stale: readonly boolean[],
  suspicions: readonly Suspicion[],
  errors: readonly Finding[],
): Set<number> {
  const doubted = new Set(suspicions.map(({ node }) => node));
  const named = new Set(errors.map(({ nodeId }) => nodeId));
  if (named.size === 0) return doubted;
  nodes.forEach((node, at) => {
    const has = node.places.some(({ cache }) => cache !== null && cache.state !== 'gone');
    if (has && !stale[at] && named.has(node.nodeId)) doubted.add(at);
  });
  return doubted;
}

/** Something must be asked of the backend: generated, or fetched from it. */
export const needsBackend = ({ total }: Forecast): boolean => total.made > 0 || total.asked > 0;
