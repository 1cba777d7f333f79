import { bodyStart, type Edited, unable } from './edited.ts';

/** One `KEY=value` of an env file. The value is that of a text between quotes, without them. */
interface Assignment {
  key: string;
  /** `export ` as it stands, or nothing. */
  prefix: string;
  /** `=` or `: ` with the white space around it. */
  separator: string;
  quote: string;
  /** Offsets of the value with its quotes. */
  start: number;
  end: number;
}

const head = /[^\S\r\n]*(export[^\S\r\n]+)?([\w.-]+)([^\S\r\n]*=[^\S\r\n]*|:[^\S\r\n]+)/y;
const lineEnd = /\r\n|\n|\r/g;
const blankOrComment = /[^\S\r\n]*(?:#[^\r\n]*)?(?=[\r\n]|$)/y;
/** Means the same to every reader, with quotes and without: nothing that a shell or dotenv expands or cuts. */
const plain = /^[\w.~:/?=%+@,-]*$/;

/**
 * The text of an env file with the key set: every active assignment of it, since readers differ in which one counts,
 * else a new one at the end in the style of the last that has a value. `export`, quotes, comments, white space and line ends stay.
 */
export function withEnvValue(text: string, key: string, value: string): Edited {
  if (!/^[\w.-]+$/.test(key)) {
    return unable(
      `${key} cannot be the name of a variable.`,
      'Use letters, digits and _ for the key of this consumer.',
    );
  }
  if (!plain.test(value) && /['\r\n]/.test(value)) {
    return unable('The address has a quotation mark in it.', 'Use an address without one.');
  }
  const all = assignments(text);
  const own = all.filter((assignment) => assignment.key === key);
  if (own.length === 0)
    return {
      text: appended(
        text,
        key,
        value,
        all.findLast(({ start, end }) => start < end),
      ),
    };
  const pieces: string[] = [];
  let at = 0;
  for (const assignment of own) {
    const before = text.slice(assignment.start, assignment.end);
    if (/[\r\n]/.test(before)) {
      return unable(
        `The value of ${key} runs over several lines, which no address does.`,
        `Look at the quotation marks after ${key} in this file.`,
      );
    }
    const start = before === '' ? emptyPlace(assignment) : assignment.start;
    pieces.push(text.slice(at, start), quoted(value, assignment.quote));
    at = before === '' ? start : assignment.end;
    // What stands behind an empty value may be a comment, which must not become a part of the address.
    if (before === '' && text.charAt(at) === '#') pieces.push(' ');
  }
  pieces.push(text.slice(at));
  return { text: pieces.join('') };
}

/** Every active assignment, in order. What looks like one inside a value of several lines is none. */
function assignments(text: string): Assignment[] {
  const found: Assignment[] = [];
  let at = bodyStart(text);
  while (at < text.length) {
    head.lastIndex = at;
    const match = head.exec(text);
    if (match) {
      const [whole, prefix = '', key = '', separator = ''] = match;
      const start = at + whole.length;
      const { quote, end } = valueAt(text, start);
      found.push({ key, prefix, separator, quote, start, end });
      at = end;
    }
    at = nextLine(text, at);
  }
  return found;
}

function valueAt(text: string, start: number): { quote: string; end: number } {
  const quote = text.charAt(start);
  if (quote !== '' && `'"\``.includes(quote)) {
    const end = closingQuote(text, start, quote);
    if (end !== null) return { quote, end };
  }
  const line = text.slice(start, endOfLine(text, start));
  // A # inside a word is a part of the value for some readers and a comment for others: all of it is replaced.
  const comment = line.search(/(?:^|(?<=\s))#/);
  const value = comment < 0 ? line : line.slice(0, comment);
  return { quote: '', end: start + value.trimEnd().length };
}

/** Offset behind the quote that closes a value, on its line or a later one; null: there is none, and it opens nothing. */
function closingQuote(text: string, start: number, quote: string): number | null {
  const line = endOfLine(text, start);
  for (let at = text.indexOf(quote, start + 1); at >= 0; at = text.indexOf(quote, at + 1)) {
    blankOrComment.lastIndex = at + 1;
    const ends = blankOrComment.test(text);
    const escaped = text.charAt(at - 1) === '\\';
    if (ends && (!escaped || at < line)) return at + 1;
    if (!escaped) return null;
  }
  return null;
}

/** Where the value of `KEY=` goes: right behind the `=`, so that a shell takes it too. */
function emptyPlace({ start, separator }: Assignment): number {
  const equals = separator.indexOf('=');
  return equals < 0 ? start : start - separator.length + equals + 1;
}

/** The value within the quotes it had, unless only single ones keep it from being read as something else. */
function quoted(value: string, quote: string): string {
  const mark = plain.test(value) ? quote : "'";
  return mark + value + mark;
}

function appended(text: string, key: string, value: string, last: Assignment | undefined): string {
  const prefix = last?.prefix ?? '';
  const line = `${prefix}${key}${last?.separator ?? '='}${quoted(value, last?.quote ?? '')}`;
  const newline = text.match(lineEnd)?.at(-1) ?? '\n';
  if (text.length === bodyStart(text)) return text + line + newline;
  return /[\r\n]$/.test(text) ? text + line + newline : text + newline + line;
}

function endOfLine(text: string, at: number): number {
  lineEnd.lastIndex = at;
  return lineEnd.exec(text)?.index ?? text.length;
}

function nextLine(text: string, at: number): number {
  lineEnd.lastIndex = at;
  return lineEnd.exec(text) === null ? text.length : lineEnd.lastIndex;
}
