/**
 * Walking JSON as text, without building a tree: every function takes an offset and gives the offset behind what
 * it read. The text must be valid JSON (json-syntax.ts says whether it is); one call is one linear pass.
 */

export function skipSpace(text: string, from: number): number {
  let i = from;
  for (;;) {
    const c = text.charCodeAt(i);
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return i;
    i++;
  }
}

/** `from` is at the opening quote. */
export function skipString(text: string, from: number): number {
  let i = from;
  for (;;) {
    i = text.indexOf('"', i + 1);
    if (i < 0) return text.length;
    if (text.charCodeAt(i - 1) !== 92) return i + 1;
    let backslashes = 1;
    while (text.charCodeAt(i - 1 - backslashes) === 92) backslashes++;
    if (backslashes % 2 === 0) return i + 1;
  }
}

/** `from` is at the first character of a value. */
export function skipValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === 34) return skipString(text, from);
  if (first !== 123 && first !== 91) return skipWord(text, from);
  let depth = 0;
  let i = from;
  // The hot loop of every edit: one look at most characters.
  while (i < text.length) {
    const c = text.charCodeAt(i);
    if (c === 34) {
      i = skipString(text, i);
      continue;
    }
    i++;
    if (c === 123 || c === 91) depth++;
    else if ((c === 125 || c === 93) && --depth === 0) return i;
  }
  return i;
}

/** A number, or `true`, `false`, `null`. */
function skipWord(text: string, from: number): number {
  let i = from;
  while (i < text.length && !isDelimiter(text.charCodeAt(i))) i++;
  return i;
}

export interface Member {
  key: string;
  keyStart: number;
  keyEnd: number;
  valueStart: number;
}

/** Visits the members of the object at `from`; `visit` gives the offset behind the member's value. */
export function walkObject(text: string, from: number, visit: (member: Member) => number): number {
  let i = skipSpace(text, from + 1);
  while (i < text.length && text.charCodeAt(i) !== 125) {
    const keyEnd = skipString(text, i);
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = visit({ key: keyAt(text, i, keyEnd), keyStart: i, keyEnd, valueStart });
    i = skipSpace(text, end);
    if (text.charCodeAt(i) === 44) i = skipSpace(text, i + 1);
  }
  return i + 1;
}

/** Visits the elements of the array at `from`; `visit` gives the offset behind the element. */
export function walkArray(
  text: string,
  from: number,
  visit: (index: number, start: number) => number,
): number {
  let i = skipSpace(text, from + 1);
  for (let index = 0; i < text.length && text.charCodeAt(i) !== 93; index++) {
    i = skipSpace(text, visit(index, i));
    if (text.charCodeAt(i) === 44) i = skipSpace(text, i + 1);
  }
  return i + 1;
}

/** Offset of the top value: behind a byte order mark and white space. */
export const topOf = (text: string): number => skipSpace(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);

export const isObjectAt = (text: string, at: number): boolean => text.charCodeAt(at) === 123;
export const isArrayAt = (text: string, at: number): boolean => text.charCodeAt(at) === 91;

function keyAt(text: string, start: number, end: number): string {
  const key = text.slice(start + 1, end - 1);
  return key.includes('\\') ? String(JSON.parse(text.slice(start, end))) : key;
}

function isDelimiter(c: number): boolean {
  return c === 44 || c === 125 || c === 93 || c === 32 || c === 10 || c === 13 || c === 9;
}
