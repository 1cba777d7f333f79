import type { GenerationKind } from '../../shared/domain.ts';
import { priceIn } from '../../shared/prices.ts';
import type { Settings } from '../../shared/settings.ts';

/** Price of one candidate in US dollars (shared/prices.ts). */
export const priceOf = (table: Settings['costs.table'], kind: GenerationKind, model: string): number =>
  priceIn(table, kind, model).usd;

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

/** Models of work to do that the price table does not know: their estimate may be too high. Each once, as named. */
export function unpricedModels(
  nodes: readonly { kind: GenerationKind; model: string; todo: readonly unknown[] }[],
  table: Settings['costs.table'],
): string[] {
  const wanted = nodes.filter(
    ({ kind, model, todo }) => todo.length > 0 && !priceIn(table, kind, model).known,
  );
  return [...new Set(wanted.map(({ model }) => model))];
}
