import type { ResultFile } from './backend.ts';
import { resultUrl } from './result-url.ts';
import { isRecord } from './wording.ts';

/** The document names `results`; the others are synchronous variants and gateways (glabs-api.md A9). */
const resultKeys = ['results', 'images', 'videos', 'urls', 'data', 'result', 'candidates'];

/** Every result an answer carries, from the first field that has any, without repeats. */
export function readResults(json: unknown, base: string): ResultFile[] {
  if (!isRecord(json)) return [];
  for (const key of resultKeys) {
    const found = resultsIn(json[key], base, 0);
    if (found.length === 0) continue;
    const seen = new Set<string>();
    return found.filter(({ url }) => url === null || (!seen.has(url) && seen.add(url)));
  }
  return [];
}

/** Names a result goes by inside an object, bytes first. */
const bytesKeys = ['b64_json', 'base64', 'bytesBase64Encoded'];
const nestedKeys = ['inlineData', 'inline_data', 'content', 'parts', 'data', 'url', 'uri', 'file_url'];

function resultsIn(value: unknown, base: string, depth: number): ResultFile[] {
  if (depth > 8) return [];
  if (typeof value === 'string') {
    const file = resultOf(value.trim(), base);
    return file === null ? [] : [file];
  }
  if (Array.isArray(value)) return value.flatMap((item) => resultsIn(item, base, depth + 1));
  if (!isRecord(value)) return [];
  for (const key of bytesKeys) {
    const bytes = typeof value[key] === 'string' ? fromBase64(value[key]) : null;
    if (bytes !== null) return [{ url: null, bytes }];
  }
  for (const key of nestedKeys) {
    const found = resultsIn(value[key], base, depth + 1);
    if (found.length > 0) return found;
  }
  return [];
}

function resultOf(text: string, base: string): ResultFile | null {
  const data = /^data:[^,]{0,200};base64,/i.exec(text);
  // A JPEG in base64 begins with `/9j/`, like a path; no path is this long without a dot.
  const bytes = data ? fromBase64(text.slice(data[0].length)) : text.length >= 256 ? fromBase64(text) : null;
  if (bytes !== null) return { url: null, bytes };
  const path = /^(https?:|\/)/i.test(text) || /^[^\s/:]+\.(png|jpe?g|webp|mp4)$/i.test(text);
  const url = path ? resultUrl(text, base) : null;
  return url === null ? null : { url, bytes: null };
}

function fromBase64(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/_\s-]+={0,2}\s*$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 0 ? null : bytes;
}
