import { stripVTControlCharacters } from 'node:util';
import { LOG_LINES, type LogLine } from '../../shared/services.ts';
import type { Clock } from '../platform/clock.ts';

/** Longer lines are cut: a program that prints a picture as text must not fill the memory. */
const longestLine = 2000;
/** Up to this length a line waits as it came; a longer one is made ready at once, which costs its printer time. */
const longestRaw = 8000;
/** A flood: of the lines of this span of time only so many are kept, and the last ones. */
const windowMs = 250;
const windowLines = 400;
const lastOfFlood = 50;
/** Begins what a terminal would take for a colour. */
const escapeCode = '\u001b';

type Stream = LogLine['stream'];

interface Held {
  at: number;
  stream: Stream;
  raw: string;
  /** Ready to be shown, as of the secrets known then; null: not yet. */
  shown: { line: LogLine; secrets: string } | null;
}

/**
 * The last lines of a service's output, and the notes of its supervisor, without secrets. Takes a flood at little
 * cost: what is left out is counted and told. Lines are made clean when they are shown, so with the secrets known then.
 */
export class LogRing {
  private readonly clock: Clock;
  private readonly clean: (text: string) => string;
  private readonly secrets: () => readonly string[];
  /** Up to twice as many as are kept, so that cutting is rare. */
  private kept: Held[] = [];
  /** Lines ever kept, and how many of them were given out as fresh. */
  private total = 0;
  private given = 0;
  private window = { until: 0, lines: 0 };
  private flood: { left: number; last: Held[] } = { left: 0, last: [] };
  private snapshot: { total: number; secrets: string; lines: LogLine[] } | null = null;

  /** `secrets`: those that `clean` knows at the moment; when they change, what is kept is cleaned again. */
  constructor(clock: Clock, clean: (text: string) => string, secrets: () => readonly string[] = () => []) {
    this.clock = clock;
    this.clean = clean;
    this.secrets = secrets;
  }

  add(stream: Stream, text: string): void {
    if (stream === 'note') {
      this.endFlood();
      this.keep(this.hold(stream, text));
      return;
    }
    const now = this.clock.monotonic();
    if (now >= this.window.until) {
      this.endFlood();
      this.window = { until: now + windowMs, lines: 0 };
    }
    const held = this.hold(stream, text);
    if (held === null) return;
    this.window.lines += 1;
    if (this.window.lines <= windowLines) this.keep(held);
    else this.leaveOut(held);
  }

  lines(): LogLine[] {
    this.endOldFlood();
    const secrets = this.secretsKey();
    if (this.snapshot?.total !== this.total || this.snapshot.secrets !== secrets) {
      const lines = this.kept.slice(-LOG_LINES).map((held) => this.show(held, secrets));
      this.snapshot = { total: this.total, secrets, lines };
    }
    return this.snapshot.lines;
  }

  /** Lines since the last call. */
  takeFresh(): LogLine[] {
    this.endOldFlood();
    const count = Math.min(this.total - this.given, LOG_LINES);
    this.given = this.total;
    if (count === 0) return [];
    const secrets = this.secretsKey();
    return this.kept.slice(-count).map((held) => this.show(held, secrets));
  }

  /** The last line the program itself printed since the last note, at most 300 characters; empty if none. */
  lastOutput(): string {
    return (this.lastLines(1)[0] ?? '').slice(0, 300);
  }

  /** The last lines the program itself printed since the last note, oldest first. */
  lastLines(count: number): string[] {
    this.endFlood();
    const secrets = this.secretsKey();
    const sinceNote = this.kept.slice(this.kept.findLastIndex((held) => held.stream === 'note') + 1);
    return sinceNote.slice(-count).map((held) => this.show(held, secrets).text);
  }

  private hold(stream: 'note', text: string): Held;
  private hold(stream: Stream, text: string): Held | null;
  private hold(stream: Stream, text: string): Held | null {
    const plain = (text.includes(escapeCode) ? stripVTControlCharacters(text) : text).trimEnd();
    if (stream !== 'note' && plain === '') return null;
    const raw = plain.length > longestRaw ? this.readable(plain) : plain;
    return { at: this.clock.now(), stream, raw, shown: null };
  }

  private keep(held: Held): void {
    this.kept.push(held);
    this.total += 1;
    if (this.kept.length >= 2 * LOG_LINES) this.kept = this.kept.slice(-LOG_LINES);
  }

  private leaveOut(held: Held): void {
    this.flood.left += 1;
    this.flood.last.push(held);
    if (this.flood.last.length >= 2 * lastOfFlood) this.flood.last = this.flood.last.slice(-lastOfFlood);
  }

  private endOldFlood(): void {
    if (this.clock.monotonic() >= this.window.until) this.endFlood();
  }

  private endFlood(): void {
    const { left, last } = this.flood;
    if (left === 0) return;
    this.flood = { left: 0, last: [] };
    const shown = last.slice(-lastOfFlood);
    const gap = left - shown.length;
    if (gap > 0) {
      const raw = `… ${gap.toLocaleString('en-US')} ${gap === 1 ? 'line' : 'lines'} left out`;
      this.keep({ at: this.clock.now(), stream: shown[0]?.stream ?? 'out', raw, shown: null });
    }
    for (const held of shown) this.keep(held);
  }

  private show(held: Held, secrets: string): LogLine {
    if (held.shown?.secrets !== secrets) {
      const text = this.readable(held.raw);
      held.shown = { line: { at: new Date(held.at).toISOString(), stream: held.stream, text }, secrets };
    }
    return held.shown.line;
  }

  private readable(raw: string): string {
    // Cleaned whole and cut then: half a secret would not be known as one.
    const clean = this.clean(raw);
    return clean.length > longestLine ? `${clean.slice(0, longestLine)} …` : clean;
  }

  private secretsKey(): string {
    return this.secrets().join('\0');
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
