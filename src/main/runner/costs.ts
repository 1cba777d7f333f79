import type { GenerationKind } from '../../shared/domain.ts';
import type { Settings } from '../../shared/settings.ts';

/**
 * Price of one candidate in US dollars by the dated table of the settings. A model that is not in it costs as
 * much as the dearest of its kind: an estimate may be too high, never too low.
 */
export function priceOf(table: Settings['costs.table'], kind: GenerationKind, model: string): number {
  const unit = kind === 'image' ? 'image' : 'clip';
  const known = table.prices.find((price) => price.unit === unit && price.model === model);
  if (known) return known.usd;
  return Math.max(0, ...table.prices.filter((price) => price.unit === unit).map((price) => price.usd));
}

/** Usual seconds of one task, and how many the backend really works on at once (glabs-api.md A8). */
export const USUAL_S: Record<GenerationKind, number> = { image: 45, video: 180 };
const BACKEND_LANES = 5;

/** A rough time for a plan in seconds, for people: lanes full, images before their videos. */
export function estimateSeconds(
  images: number,
  videos: number,
  concurrency: number,
  maxTasks: number,
  perNode = 4,
): number {
  const lanes = Math.max(1, Math.min(maxTasks, concurrency * perNode, BACKEND_LANES));
  return Math.round((images * USUAL_S.image + videos * USUAL_S.video) / lanes);
}

/** Sums of money without the noise of binary fractions. */
export const roundUSD = (usd: number): number => Math.round(usd * 10_000) / 10_000;
