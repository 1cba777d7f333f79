import type { GenerationKind } from '../../../shared/domain.ts';
import { priceIn } from '../../../shared/prices.ts';
import type { AttemptView, RunNodeView } from '../../../shared/run-view.ts';
import type { Settings } from '../../../shared/settings.ts';

/** What a run's money went to, by kind and model. Pure. */

export interface CostPiece {
  kind: GenerationKind;
  model: string;
  /** US dollars for one candidate. */
  unitUSD: number;
  /** The model stands in the table; else the price is that of the dearest of its kind. */
  known: boolean;
  /** Tasks that gave their result, or may have been paid for and are gone; what was refused costs nothing. */
  paid: number;
  paidUSD: number;
  /** Candidates that were there already. */
  reused: number;
  savedUSD: number;
}

/** Images before clips, and by model; a model of which nothing was paid or reused is left out. */
export function costPieces(nodes: readonly RunNodeView[], table: Settings['costs.table']): CostPiece[] {
  const pieces = new Map<string, CostPiece>();
  for (const { kind, model, attempts, candidates } of nodes) {
    const paid = attempts.filter(isPaid).length;
    const reused = candidates.filter((candidate) => candidate.state === 'cached').length;
    if (paid + reused === 0) continue;
    const key = `${kind} ${model}`;
    const { usd, known } = priceIn(table, kind, model);
    const empty = { kind, model, unitUSD: usd, known, paid: 0, paidUSD: 0, reused: 0, savedUSD: 0 };
    const sum = pieces.get(key) ?? empty;
    pieces.set(key, {
      ...sum,
      paid: sum.paid + paid,
      paidUSD: sum.paidUSD + paid * usd,
      reused: sum.reused + reused,
      savedUSD: sum.savedUSD + reused * usd,
    });
  }
  return [...pieces.values()].sort((a, b) => a.kind.localeCompare(b.kind) || a.model.localeCompare(b.model));
}

const isPaid = ({ outcome, endedAt }: AttemptView): boolean =>
  outcome === 'done' || outcome === 'lost' || (outcome === 'working' && endedAt !== null);

/** Less than this is the noise of fractions, in US dollars. */
const CENT = 0.005;

/**
 * Why the pieces do not come to what the run counted; null when they do. A run counts at the prices of its day, and
 * tasks it took up from an earlier run are not paid again.
 */
export function costDifference(pieces: readonly CostPiece[], run: { costUSD: number }): number | null {
  const sum = pieces.reduce((all, piece) => all + piece.paidUSD, 0);
  return Math.abs(sum - run.costUSD) < CENT ? null : sum;
}
