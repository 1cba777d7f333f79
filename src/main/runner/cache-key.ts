import { createHash } from 'node:crypto';

/**
 * What a node's output was made from, as digests one can compare part by part: so that the plan can say which
 * part changed, and so that a file that travels carries its own proof (`_cacheKey`, behaviour.md §4).
 */
export interface CacheParts {
  /** Prompts of all rows and the negative prompt. */
  prompts: string;
  /** References, each by the hash of a local file or by its address. */
  references: string;
  /** The same by content hash, where all are known: a moved but equal picture is no change. Null: not known. */
  contents: string | null;
  /** Model, aspect ratio, count. */
  model: string;
  /** Frames a video starts from, row by row. */
  frames: string;
}

export type CacheChange = 'prompt changed' | 'reference changed' | 'model changed' | 'frame changed';

const PREFIX = 'v1';
const DIGEST = 16;

/** A short digest of strings: unambiguous, since JSON keeps them apart. */
export const digest = (values: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, DIGEST);

/**
 * The text of `_cacheKey`. It names the first saved address, so that a gallery somebody else made since (with
 * another tool that kept our property) is not taken for ours and thrown away.
 */
export function formatCacheKey(parts: CacheParts, saved: readonly (string | null)[]): string {
  return [
    PREFIX,
    parts.prompts,
    parts.references,
    parts.contents ?? '-',
    parts.model,
    parts.frames,
    galleryMark(saved),
  ].join('.');
}

/**
 * Compares a stored key with today's parts. Null: nothing changed. `unknown`: there is no key, it is not ours, or
 * the gallery is not the one it was made for: the output is trusted (behaviour.md §4).
 */
export function compareCacheKey(
  key: string | null | undefined,
  parts: CacheParts,
  saved: readonly (string | null)[],
): CacheChange | 'unknown' | null {
  const pieces = key?.split('.') ?? [];
  const [prefix, prompts, references, contents, model, frames, mark] = pieces;
  if (pieces.length !== 7 || prefix !== PREFIX) return 'unknown';
  if (mark !== galleryMark(saved)) return 'unknown';
  if (prompts !== parts.prompts) return 'prompt changed';
  const sameContents = parts.contents !== null && contents === parts.contents;
  if (references !== parts.references && !sameContents) return 'reference changed';
  if (model !== parts.model) return 'model changed';
  if (frames !== parts.frames) return 'frame changed';
  return null;
}

/**
 * The same key for the same gallery under other addresses: what was stale stays stale. Null: the key is not ours, or
 * was not made for this gallery.
 */
export function movedCacheKey(
  key: string | null | undefined,
  saved: readonly (string | null)[],
  now: readonly (string | null)[],
): string | null {
  const pieces = key?.split('.') ?? [];
  if (pieces.length !== 7 || pieces[0] !== PREFIX || pieces[6] !== galleryMark(saved)) return null;
  return [...pieces.slice(0, 6), galleryMark(now)].join('.');
}

const galleryMark = (saved: readonly (string | null)[]): string =>
  digest([saved.find((url) => url !== null) ?? '']).slice(0, 8);
