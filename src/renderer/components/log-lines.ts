import type { LogLine } from '../../shared/services.ts';

/** The lines that have every word of `search`, in any order and case, oldest first; none when it is blank. */
export function matchingLines(lines: readonly LogLine[], search: string): readonly LogLine[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return lines.filter((line) => {
    const text = line.text.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/**
 * The match to go to from `current`, round and round; the newest where one begins, or where the current one is no
 * longer kept.
 */
export function nextMatch(
  matches: readonly LogLine[],
  current: LogLine | null,
  step: 1 | -1,
): LogLine | null {
  const at = current === null ? -1 : matches.indexOf(current);
  if (at < 0) return matches.at(-1) ?? null;
  return matches.at((at + step) % matches.length) ?? null;
}

/** How many lines came after those a person has stopped at; `all`: even the last of those is no longer kept. */
export function linesSince(
  frozen: readonly LogLine[],
  lines: readonly LogLine[],
): { count: number; all: boolean } {
  const last = frozen.at(-1);
  const at = last === undefined ? -1 : lines.lastIndexOf(last);
  return { count: lines.length - 1 - at, all: last !== undefined && at < 0 };
}

/** How a line is meant. Of what is written to the error output only that is an error which does not say it is none. */
export type Tone = 'plain' | 'note' | 'warning' | 'error';

const levels: Partial<Record<string, Tone>> = { WRN: 'warning', ERR: 'error', FTL: 'error', PNC: 'error' };

/** cloudflared writes all it says to the error output, each line with its level. */
export function toneOf({ stream, text }: LogLine): Tone {
  if (stream === 'note') return 'note';
  const level = /^\d{4}-\d\d-\d\dT[\d:.]+Z ([A-Z]{3}) /.exec(text)?.[1];
  if (level !== undefined) return levels[level] ?? 'plain';
  return stream === 'err' ? 'error' : 'plain';
}

/** Lines as text to paste, with exact times. */
export function logText(lines: readonly LogLine[]): string {
  return lines.map((line) => `${line.at} ${line.text}`).join('\n');
}
