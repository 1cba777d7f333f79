import { defaultRangeExtractor, type Range } from '@tanstack/react-virtual';

/** What is in sight and the line or tab that has the focus, which must not be taken out of the page. */
export function rangeWith(range: Range, index: number): number[] {
  const shown = defaultRangeExtractor(range);
  if (index < 0 || index >= range.count || shown.includes(index)) return shown;
  return [...shown, index].sort((a, b) => a - b);
}
