import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';

/** Turns an option's text into its value; throws what commander shows as wrong use. */
export type ValueParser<T> = (text: string) => T;

/** A whole number within bounds; `why` explains the bound where a number alone would not. */
export function wholeNumber(least: number, most: number, why?: string): ValueParser<number> {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw outOfBounds(least, most, why, 'a whole number');
    return value;
  };
}

/** A number within bounds, fractions allowed. */
export function decimal(least: number, most: number, why?: string): ValueParser<number> {
  return (text) => {
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value < least || value > most)
      throw outOfBounds(least, most, why, 'a number');
    return value;
  };
}

/** Whole numbers with commas between them, such as `4,13,22`; each once. */
export const numberList: ValueParser<number[]> = (text) => {
  const numbers = text.split(',').map((part) => part.trim());
  if (!numbers.every((part) => /^\d{1,15}$/.test(part))) {
    throw new InvalidArgumentError('Allowed are whole numbers with commas between them, such as 4,13,22.');
  }
  return [...new Set(numbers.map(Number))];
};

/** An http or https address. */
export const serverAddress: ValueParser<string> = (text) => {
  if (text === 'local' || text === 'tunnel') return text;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError(
      'Allowed is an http or https address such as http://127.0.0.1:8765, or local, or tunnel.',
    );
  }
  return text;
};

function outOfBounds(least: number, most: number, why: string | undefined, what: string) {
  return new InvalidArgumentError(`Allowed is ${what} from ${least} to ${most}${why ? `: ${why}` : ''}.`);
}

/** What names an entry of a history: a path is one from here, all else is an id, a version or the name of a copy. */
export const entryIn = (cwd: string, entry: string): string =>
  /[/\\]/.test(entry) ? resolve(cwd, entry) : entry;
