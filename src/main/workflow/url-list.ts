import { OUTPUT_COUNT } from './rules.ts';

/** What stands where a list of addresses should: saved output, or the gallery of a gate. */
export interface UrlList {
  /** Row-major. Null is a hole, to be made again at its place. */
  urls: (string | null)[];
  /** What is wrong, as the end of a sentence that begins with the property's name; null: nothing. */
  trouble: string | null;
}

/** Where an entry that is an object may keep its address. */
const ADDRESS_KEYS = ['url', 'src', 'imageUrl', 'image'];

/**
 * Reads saved output or a gallery in the shapes tools write: a list of texts; a single text, for one output; objects
 * with their address in `url`, `src`, `imageUrl` or `image`; a list per row, where each row is full. What cannot be
 * read counts as not there, and is told. Absent, null, empty text and `[]` are all the empty list.
 */
export function readUrlList(value: unknown): UrlList {
  if (value === undefined || value === null || value === '') return { urls: [], trouble: null };
  if (!Array.isArray(value)) {
    const url = addressIn(value);
    return url === null
      ? { urls: [], trouble: `is ${whatIs(value)}, not a list of addresses` }
      : { urls: [url], trouble: strange([url]) };
  }
  const entries: unknown[] = isRows(value) ? value.flat() : value;
  const urls = entries.map(addressIn);
  const unread = entries.filter((entry, i) => urls[i] === null && !isHole(entry));
  if (unread.length === 0) return { urls, trouble: strange(urls) };
  const kinds = [...new Set(unread.map(whatIs))].slice(0, 3).join(', ');
  return {
    urls,
    trouble: `has ${unread.length} of ${entries.length} entries that are no address (${kinds})`,
  };
}

/** The scheme of an address nobody outside a browser tab can ask for, or Flowdeck does not read; null: there is none. */
export function strangeScheme(address: string): string | null {
  const scheme = /^\s*([a-z][a-z0-9+.-]+):/i.exec(address)?.[1]?.toLowerCase() ?? null;
  return scheme === null || ['http', 'https', 'file', 'data'].includes(scheme) ? null : scheme;
}

function strange(urls: readonly (string | null)[]): string | null {
  const schemes = urls.flatMap((url) => (url === null ? [] : (strangeScheme(url) ?? [])));
  if (schemes.length === 0) return null;
  const named = [...new Set(schemes)].slice(0, 3).map((scheme) => `${scheme.slice(0, 20)}:`);
  return `has ${schemes.length} of ${urls.length} addresses that lead nowhere (${named.join(', ')})`;
}

function addressIn(entry: unknown): string | null {
  if (typeof entry === 'string') return entry.trim() === '' ? null : entry;
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return null;
  const record = entry as Record<string, unknown>;
  const key = ADDRESS_KEYS.find((name) => Object.hasOwn(record, name) && typeof record[name] === 'string');
  return key === undefined ? null : addressIn(record[key]);
}

const isHole = (entry: unknown): boolean =>
  entry === null || (typeof entry === 'string' && entry.trim() === '');

/** Rows that are full keep their places when they are laid end to end. The last one may be short. */
const isRows = (value: unknown[]): value is unknown[][] =>
  value.length > 0 &&
  value.every(
    (row, i) =>
      Array.isArray(row) &&
      (row.length === OUTPUT_COUNT || (i === value.length - 1 && row.length <= OUTPUT_COUNT)),
  );

function whatIs(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
