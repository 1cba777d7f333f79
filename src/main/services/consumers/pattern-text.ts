import { bodyStart, type Edited, unable } from './edited.ts';

/**
 * The text with the first group of the first match replaced. `^` and `$` are the ends of a line. The pattern must find
 * the address again where it stands now: else the next one would find no place. It may run for ever: only in a thread.
 */
export function withGroupReplaced(text: string, pattern: string, value: string): Edited {
  const expression = compile(pattern);
  if (typeof expression === 'string') {
    return unable(
      `The pattern is no regular expression: ${expression}.`,
      'Correct the pattern of this consumer.',
    );
  }
  const mark = text.slice(0, bodyStart(text));
  const body = text.slice(mark.length);
  const match = expression.exec(body);
  if (match === null) {
    return unable(
      'The pattern matches nothing in this file.',
      'Correct the pattern, or put the line it looks for into the file.',
    );
  }
  if (match.length < 2) {
    return unable(
      'The pattern has no group.',
      'Put round brackets around the part that is the address: url = (\\S+)',
    );
  }
  const [start, end] = match.indices?.[1] ?? [-1, -1];
  if (start < 0) {
    return unable(
      'The first group of the pattern takes no part in the match.',
      'Put the round brackets around the part that is the address.',
    );
  }
  const next = body.slice(0, start) + value + body.slice(end);
  const again = expression.exec(next);
  if (again?.[1] !== value || again.indices?.[1]?.[0] !== start) {
    return unable(
      'With the new address in its place, the pattern would not find it again.',
      'Let the group match any address, as in url = (\\S+)',
    );
  }
  return { text: mark + next };
}

/** Or what is wrong with it, as the engine says it. */
function compile(pattern: string): RegExp | string {
  try {
    return new RegExp(pattern, 'dm');
  } catch (error) {
    if (error instanceof SyntaxError) return error.message.replace(/^.*?: (?=[^:]*$)/, '').toLowerCase();
    throw error;
  }
}
