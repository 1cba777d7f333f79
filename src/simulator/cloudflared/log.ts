export type Level = 'info' | 'warn' | 'error';
type Value = string | number | boolean;

/** One message of cloudflared. Only `error` comes first among its fields, the others are in the order of their names. */
export interface Entry {
  level: Level;
  message: string;
  fields?: Readonly<Record<string, Value>>;
}

export type LogFormat = 'default' | 'json';

const marks: Record<Level, string> = { info: 'INF', warn: 'WRN', error: 'ERR' };
const severity = { debug: 0, info: 1, warn: 2, error: 3, fatal: 4, panic: 5 } as const;
export type LogLevel = keyof typeof severity;

export const isLogLevel = (text: string): text is LogLevel => Object.hasOwn(severity, text);

/** Whether `--loglevel` lets this message through. */
export const isShown = (entry: Entry, level: LogLevel): boolean => severity[entry.level] >= severity[level];

/**
 * A message as cloudflared writes it, without the line end. A message of several lines stays so in the text format:
 * its further lines have no time (B1 of the reference).
 */
export function formatEntry(entry: Entry, format: LogFormat, now: Date): string {
  const time = `${now.toISOString().slice(0, 19)}Z`;
  const fields = Object.entries(entry.fields ?? {});
  if (format === 'json') {
    const all: Record<string, Value> = Object.fromEntries(fields);
    const whole = { ...all, level: entry.level, message: entry.message, time };
    return JSON.stringify(Object.fromEntries(Object.entries(whole).sort(byName)));
  }
  const first = fields.filter(([name]) => name === 'error');
  const others = fields.filter(([name]) => name !== 'error').sort(byName);
  const tail = [...first, ...others].map(([name, value]) => ` ${name}=${quoted(value)}`).join('');
  return `${time} ${marks[entry.level]} ${entry.message}${tail}`;
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);

/** Quotes where a value could be mistaken for more than one. */
function quoted(value: Value): string {
  if (typeof value !== 'string') return String(value);
  return /[^\x21-\x7e]|["\\]/.test(value) ? JSON.stringify(value) : value;
}

/** Lines in a frame of plus, minus and pipe; a title stands in a part of its own, in the middle. */
export function box(lines: readonly string[], title: string | null = null): string[] {
  const width = Math.max(...[...lines, title ?? ''].map((line) => line.length)) + 4;
  const border = `+${'-'.repeat(width)}+`;
  const framed = lines.map((line) => `|  ${line.padEnd(width - 2)}|`);
  if (title === null) return [border, ...framed, border];
  const left = Math.floor((width - title.length) / 2);
  const middle = `|${' '.repeat(left)}${title}${' '.repeat(width - left - title.length)}|`;
  return [border, middle, border, ...framed, border];
}

/** A duration as Go writes it: `1s`, `16s`, `1m4s`, `0s`. Milliseconds in. */
export function goDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds % 60}s`;
}

/** The milliseconds of a duration as Go reads it (`5s`, `1m30s`, `250ms`, `0`); null: it is none. */
export function readGoDuration(text: string): number | null {
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return null;
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, number = '0', unit = 's']) => sum + Number(number) * (units[unit] ?? 0),
    0,
  );
}
