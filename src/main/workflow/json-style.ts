import { isArrayAt, isObjectAt, skipSpace, skipString, skipValue, topOf } from './json-text.ts';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** How a JSON text is laid out, so that what is added looks like what is there. */
export interface JsonStyle {
  /** White space of one level; null when the text is on one line. */
  indent: string | null;
  newline: string;
  /** Between key and value: `:`, `: `, … */
  colon: string;
  /** Between items on one line: `,` or `, `. */
  comma: string;
}

/** Told from the first member of the text. */
export function styleOf(text: string): JsonStyle {
  const top = topOf(text);
  const first = skipSpace(text, top + 1);
  const gap = text.slice(top + 1, first);
  const indent = gap.includes('\n') ? gap.slice(gap.lastIndexOf('\n') + 1) : null;
  const newline = gap.includes('\r\n') ? '\r\n' : '\n';
  if (!isObjectAt(text, top) || text.charCodeAt(first) !== 34) {
    return { indent, newline, colon: indent === null ? ':' : ': ', comma: indent === null ? ',' : ', ' };
  }
  const keyEnd = skipString(text, first);
  const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
  const colon = text.slice(keyEnd, valueStart);
  const loose = indent !== null || colon.endsWith(' ') || isSpaced(text, valueStart);
  // By hand, mostly to align it with those below it: no pattern for others.
  const spaced = /[\n\t]| {2}/.test(colon);
  return { indent, newline, colon: spaced ? ': ' : colon, comma: loose ? ', ' : ',' };
}

/** `base`: the white space of the line the value stands on. `lines`: a list or object gets a line per item. */
export function printJson(value: JsonValue, style: JsonStyle, base: string, lines: boolean): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const list = Array.isArray(value);
  const indent = style.indent ?? '';
  const items = list
    ? value.map((item) => printJson(item, style, base + indent, lines))
    : Object.entries(value).map(
        ([key, item]) => JSON.stringify(key) + style.colon + printJson(item, style, base + indent, lines),
      );
  const [open, close] = list ? ['[', ']'] : ['{', '}'];
  if (items.length === 0) return open + close;
  if (!lines) return open + items.join(style.comma) + close;
  const inner = style.newline + base + indent;
  return open + inner + items.join(`,${inner}`) + style.newline + base + close;
}

/** White space at the beginning of the line that `at` is on. */
export function lineIndent(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  let end = start;
  while (end < at && (text.charCodeAt(end) === 32 || text.charCodeAt(end) === 9)) end++;
  return text.slice(start, end);
}

/** Equal as JSON: key order does not matter, spelling of numbers and escapes neither. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item: unknown, i) => sameJson(item, b[i]));
  }
  const left = Object.entries(a);
  const right = new Map<string, unknown>(Object.entries(b));
  return (
    left.length === right.size &&
    left.every(([key, item]) => right.has(key) && sameJson(item, right.get(key)))
  );
}

function isSpaced(text: string, valueStart: number): boolean {
  if (isArrayAt(text, valueStart) || isObjectAt(text, valueStart)) return false;
  const comma = skipSpace(text, skipValue(text, valueStart));
  return text.charCodeAt(comma) === 44 && text.charCodeAt(comma + 1) === 32;
}
