import type { GenerationKind } from './domain.ts';
import type { Settings } from './settings.ts';

/** The unit of the price table that a kind of node is paid by. */
export const unitOf = (kind: GenerationKind) => (kind === 'image' ? 'image' : 'clip');

/**
 * Price of one candidate in US dollars by the dated table of the settings, and whether its model stands there. One
 * that does not costs as much as the dearest of its kind: an estimate may be too high, never too low. Pure.
 */
export function priceIn(
  table: Settings['costs.table'],
  kind: GenerationKind,
  model: string,
): { usd: number; known: boolean } {
  const ofKind = table.prices.filter((price) => price.unit === unitOf(kind));
  const known = ofKind.find((price) => price.model === model);
  if (known) return { usd: known.usd, known: true };
  return { usd: Math.max(0, ...ofKind.map((price) => price.usd)), known: false };
}
