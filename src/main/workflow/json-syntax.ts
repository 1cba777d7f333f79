import { skipString } from './json-text.ts';

/** The first place where a text is not JSON (RFC 8259). Iterative: no depth overflows it. */
export interface SyntaxProblem {
  offset: number;
  /** What is there or what is missing, as the end of a sentence: `a comma or ] is missing`. */
  problem: string;
}

const LITERALS = ['true', 'false', 'null'];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Offset of the first bracket that is deeper than `limit`, else null. Strings are skipped. */
export function deeperThan(text: string, limit: number): number | null {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34) {
      i = skipString(text, i) - 1;
    } else if (c === 123 || c === 91) {
      if (++depth > limit) return i;
    } else if (c === 125 || c === 93) {
      depth--;
    }
  }
  return null;
}

export function findSyntaxProblem(text: string): SyntaxProblem | null {
  const open: ('{' | '[')[] = [];
  let i = 0;
  let expect: 'value' | 'value or ]' | 'key' | 'key or }' | 'comma' = 'value';
  const at = (problem: string, offset = i): SyntaxProblem => ({ offset, problem });

  for (;;) {
    while (i < text.length && ' \n\r\t'.includes(text.charAt(i))) i++;
    const c = text.charAt(i);
    if (c === '') {
      if (expect === 'comma' && open.length === 0) return null;
      return at(i === 0 ? 'it is empty' : 'it ends too early');
    }
    if (expect === 'comma') {
      const top = open.at(-1);
      if (top === undefined) return at('something follows the end of the workflow');
      if (c === ',') {
        expect = top === '{' ? 'key' : 'value';
        i++;
      } else if (c === (top === '{' ? '}' : ']')) {
        open.pop();
        i++;
      } else {
        return at(`a comma or ${top === '{' ? '}' : ']'} is missing`);
      }
      continue;
    }
    if (expect === 'key' || expect === 'key or }') {
      if (c === '}' && expect === 'key or }') {
        open.pop();
        i++;
        expect = 'comma';
        continue;
      }
      if (c !== '"') return at('a property name in double quotes is missing');
      const key = stringAt(text, i);
      if (typeof key !== 'number') return key;
      i = key;
      while (i < text.length && ' \n\r\t'.includes(text.charAt(i))) i++;
      if (i >= text.length) return at('it ends too early');
      if (text.charAt(i) !== ':') return at('a colon is missing');
      i++;
      expect = 'value';
      continue;
    }
    if (c === ']' && expect === 'value or ]') {
      open.pop();
      i++;
      expect = 'comma';
      continue;
    }
    if (c === '{' || c === '[') {
      open.push(c);
      i++;
      expect = c === '{' ? 'key or }' : 'value or ]';
      continue;
    }
    const end = scalarAt(text, i, c);
    if (typeof end !== 'number') return end;
    i = end;
    expect = 'comma';
  }
}

function scalarAt(text: string, i: number, c: string): number | SyntaxProblem {
  if (c === '"') return stringAt(text, i);
  const literal = LITERALS.find((word) => text.startsWith(word, i));
  if (literal !== undefined) return i + literal.length;
  NUMBER.lastIndex = i;
  if (NUMBER.test(text)) {
    const end = NUMBER.lastIndex;
    return /[\d.eE+-]/.test(text.charAt(end)) ? { offset: i, problem: 'a number is misspelt' } : end;
  }
  return { offset: i, problem: 'a value is missing or misspelt' };
}

function stringAt(text: string, start: number): number | SyntaxProblem {
  for (let i = start + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34) return i + 1;
    if (c < 32) return { offset: i, problem: 'a line break or control character stands in a text' };
    if (c === 92) {
      if (i + 1 >= text.length) break;
      ESCAPE.lastIndex = i;
      if (!ESCAPE.test(text)) return { offset: i, problem: 'a \\ in a text begins no known escape' };
      i = ESCAPE.lastIndex - 1;
    }
  }
  return { offset: text.length, problem: 'it ends inside a text' };
}
