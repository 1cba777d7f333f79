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
  /** Errors of the sanity check: a run is refused until they are mended. */
  errors: Finding[];
  /** When all that is paid for is taken and only what is missing is made. */
  resume: Forecast;
  rebuild: Forecast;
}

export function read(evidence: Evidence): Reading {
  const stale = staleNodes(evidence);
  return {
    evidence,
    stale,
    gone: evidence.nodes.map((node, at) => (stale[at] || isUnwanted(node) ? 0 : goneIn(node))),
    suspicions: suspicionsOf(evidence, stale),
    errors:
      evidence.source.state === 'sound'
        ? evidence.source.findings.filter(({ severity }) => severity === 'error')
        : [],
    resume: forecast(evidence, stale),
    rebuild: forecastRebuild(evidence),
  };
}

const isUnwanted = ({ reason }: NodeEvidence): boolean => reason === 'not wanted (images mode)';

export const goneIn = ({ places }: NodeEvidence): number => places.filter(isGone).length;

export const isGone = ({ cache }: PlaceEvidence): boolean => cache?.state === 'gone';

/** Nodes whose output is to be doubted, as places in `evidence.nodes`; those the sanity check names too. */
export function doubtedNodes({ evidence, suspicions, errors, stale }: Reading): Set<number> {
  const named = new Set(errors.map(({ nodeId }) => nodeId));
  const doubted = new Set(suspicions.map(({ node }) => node));
  evidence.nodes.forEach((node, at) => {
    const has = node.places.some(({ cache }) => cache !== null && cache.state !== 'gone');
    if (has && !stale[at] && named.has(node.nodeId)) doubted.add(at);
  });
  return doubted;
}

/** Something must be asked of the backend: generated, or fetched from it. */
export const needsBackend = ({ total }: Forecast): boolean => total.made > 0 || total.asked > 0;
