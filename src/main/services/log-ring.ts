import { stripVTControlCharacters } from 'node:util';
import { LOG_LINES, type LogLine } from '../../shared/services.ts';
import { type Clock, isoTime } from '../platform/clock.ts';

/** Longer lines are cut: a program that prints a picture as text must not fill the memory. */
const longestLine = 2000;

/** The last lines of a service's output, and the notes of its supervisor, without secrets. */
export class LogRing {
  private readonly clock: Clock;
  private readonly clean: (text: string) => string;
  private kept: LogLine[] = [];
  private fresh: LogLine[] = [];

  constructor(clock: Clock, clean: (text: string) => string) {
    this.clock = clock;
    this.clean = clean;
  }

  add(stream: LogLine['stream'], text: string): void {
    const plain = stripVTControlCharacters(text).trimEnd();
    if (plain === '') return;
    // Cleaned whole and cut then: half a secret would not be known as one.
    const clean = this.clean(plain);
    const shown = clean.length > longestLine ? `${clean.slice(0, longestLine)} …` : clean;
    const line = { at: isoTime(this.clock), stream, text: shown };
    this.kept = [...this.kept.slice(1 - LOG_LINES), line];
    this.fresh = [...this.fresh.slice(1 - LOG_LINES), line];
  }

  lines(): LogLine[] {
    return this.kept;
  }

  /** Lines since the last call. */
  takeFresh(): LogLine[] {
    const fresh = this.fresh;
    this.fresh = [];
    return fresh;
  }

  /** The last line the program itself printed since the last note, at most 300 characters; empty if none. */
  lastOutput(): string {
    const sinceNote = this.kept.slice(this.kept.findLastIndex((line) => line.stream === 'note') + 1);
    return (sinceNote.at(-1)?.text ?? '').slice(0, 300);
  }
}

/** Cuts a stream of text into lines; the unfinished rest of more than `limit` characters counts as a line. */
export function lineSplitter(
  onLine: (line: string) => void,
  limit = 64 * 1024,
): { add(text: string): void; end(): void } {
  let rest = '';
  return {
    add: (text) => {
      const lines = (rest + text).split(/\r?\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      if (rest.length > limit) {
        onLine(rest);
        rest = '';
      }
    },
    end: () => {
      if (rest) onLine(rest);
      rest = '';
    },
  };
}
