import type { LogLine } from '../../shared/services.ts';

/** Lines that have every word of `search`, in any order and case; all lines when it is blank. */
export function matchingLines(lines: readonly LogLine[], search: string): readonly LogLine[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return lines;
  return lines.filter((line) => {
    const text = line.text.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Lines as text to paste, with exact times. */
export function logText(lines: readonly LogLine[]): string {
  return lines.map((line) => `${line.at} ${line.text}`).join('\n');
}
