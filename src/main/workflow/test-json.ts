import type { JsonValue } from './edit.ts';

/** A JSON text and where in it each value stands, by path (`/tabs/0/name`). */
export interface Printed {
  text: string;
  spans: Map<string, [start: number, end: number]>;
}

/** Prints a value with any white space, number spelling and escapes; `next` gives whole numbers to choose by. */
export function printWildly(value: JsonValue, next: () => number): Printed {
  const spans: Printed['spans'] = new Map();
  let text = '';
  const pick = (list: string[]): string => list[next() % list.length] ?? '';
  const space = () => {
    text += pick(['', '', '', ' ', '\n  ', '\t', '\r\n']);
  };
  const string = (s: string): string => {
    const characters = s.split('').map((c) => {
      if (next() % 8 === 0) return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
      return c === '/' && next() % 2 === 0 ? '\\/' : JSON.stringify(c).slice(1, -1);
    });
    return `"${characters.join('')}"`;
  };
  const number = (n: number): string =>
    Number.isSafeInteger(n) ? pick([`${n}`, `${n}.0`, `${n}e0`, `${n}.00E+0`]) : JSON.stringify(n);

  const print = (v: JsonValue, path: string): void => {
    const start = text.length;
    if (typeof v === 'string') text += string(v);
    else if (typeof v === 'number') text += number(v);
    else if (v === null || typeof v === 'boolean') text += String(v);
    else {
      const list = Array.isArray(v);
      text += list ? '[' : '{';
      space();
      for (const [i, [key, item]] of Object.entries(v).entries()) {
        if (i > 0) {
          text += ',';
          space();
        }
        if (!list) {
          text += string(key);
          space();
          text += ':';
          space();
        }
        print(item, `${path}/${key}`);
        space();
      }
      text += list ? ']' : '}';
    }
    spans.set(path, [start, text.length]);
  };
  space();
  print(value, '');
  space();
  return { text, spans };
}

/** The list or object that begins at `from`, as text. */
export function bracketAt(text: string, from: number): string {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++;
    } else if (c === '{' || c === '[') depth++;
    else if ((c === '}' || c === ']') && --depth === 0) return text.slice(from, i + 1);
  }
  return text.slice(from);
}
