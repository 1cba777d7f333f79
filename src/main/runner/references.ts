import { basename, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReferenceImage } from '../backend/backend.ts';
import type { ObjectsTable } from '../db/objects.ts';
import type { Clock } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import { inspectMedia, scaleForRequest, sha256 } from '../platform/media.ts';

/** A reference or frame as it is: bytes, what they are, and their hash. */
export interface LoadedPicture {
  value: string;
  bytes: Uint8Array;
  sha256: string;
  ext: string;
  mediaType: ReferenceImage['mediaType'];
  contentType: string;
  width: number;
  height: number;
  /** Written as a path in the workflow: its address is put in once it is stored. */
  localPath: string | null;
}

/** A reference cannot be had or is not a picture: error class `reference`, nothing was submitted. */
export class ReferenceProblem extends Error {
  override readonly name = 'ReferenceProblem';
}

export interface PictureSource {
  disk: Disk;
  objects: ObjectsTable;
  fetch: typeof fetch;
  clock: Clock;
  /** Relative paths start from these, in order (behaviour.md §5). */
  folders: string[];
}

/** What an input of a node gives for one row. */
export interface InputPicture {
  slot: 'reference' | 'start frame' | 'end frame';
  /** Null: nothing usable is there. */
  url: string | null;
  /** The node whose output it is; null for a Media node. */
  from: number | null;
}

/**
 * The addresses of a row's pictures, in the order they are sent. Throws a ReferenceProblem where one is missing:
 * never a picture without its reference (behaviour.md §5), nor one frame in the place of the other.
 */
export function addressesOf(pictures: readonly InputPicture[]): string[] {
  if (pictures[0]?.slot === 'end frame') {
    throw new ReferenceProblem(
      'There is an end frame but no start frame, and G-Labs takes the first frame it gets as the start. Wire a start frame, or take the end frame out.',
    );
  }
  return pictures.map(({ slot, url, from }) => {
    if (url !== null) return url;
    throw new ReferenceProblem(
      `Node ${from} has no picture for the ${slot}. Look at its candidates and at its number of rows.`,
    );
  });
}

const TRIES = 3;
const REMEMBERED = 32;
const FETCH_TIMEOUT_MS = 30_000;
const MAX_BYTES = 40 * 1024 * 1024;
/** Bigger pictures are scaled for the request; the original is what is stored (glabs-api.md: 50 MB body cap). */
const REQUEST_BYTES = 4 * 1024 * 1024;

const mediaTypes = { png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp' } as const;

/** Loads pictures once per run and value, however many nodes use them. */
export function createPictureLoader(
  source: PictureSource,
): (value: string, signal: AbortSignal) => Promise<LoadedPicture> {
  const loaded = new Map<string, Promise<LoadedPicture>>();
  /** An avatar serves every scene, a frame one: only the latest are worth their memory. */
  const remember = (value: string, loading: Promise<LoadedPicture>) => {
    loaded.set(value, loading);
    const [oldest] = loaded.keys();
    if (loaded.size > REMEMBERED && oldest !== undefined) loaded.delete(oldest);
  };
  return (value, signal) => {
    const known = loaded.get(value);
    if (known) {
      // Used again: it goes to the end of the queue.
      loaded.delete(value);
      loaded.set(value, known);
      return known;
    }
    const loading = load(value, source, signal);
    remember(value, loading);
    // A failure is not remembered: a later node may have better luck.
    loading.catch(() => loaded.delete(value));
    return loading;
  };
}

/** A picture in the form the backend takes: base64 comes later, a safe name and at most 4 MB here. */
export async function forRequest(picture: LoadedPicture, name: string): Promise<ReferenceImage> {
  if (picture.bytes.byteLength <= REQUEST_BYTES) {
    return { name: `${name}.${picture.ext}`, bytes: picture.bytes, mediaType: picture.mediaType };
  }
  const bytes = await scaleForRequest(picture.bytes, REQUEST_BYTES);
  const { ext } = await inspectMedia(bytes);
  return { name: `${name}.${ext}`, bytes, mediaType: mediaTypes[ext as keyof typeof mediaTypes] };
}

async function load(value: string, source: PictureSource, signal: AbortSignal): Promise<LoadedPicture> {
  const { bytes, localPath } = await readBytes(value, source, signal);
  const shown = value.startsWith('data:') ? 'the embedded picture' : value;
  if (bytes.byteLength === 0) throw new ReferenceProblem(`The reference ${shown} is empty (0 bytes).`);
  const info = await inspectMedia(bytes).catch((error: Error) => {
    throw new ReferenceProblem(`The reference ${shown} is not a picture: ${error.message}`);
  });
  if (!(info.ext in mediaTypes))
    throw new ReferenceProblem(`The reference ${shown} is ${info.ext}; G-Labs takes PNG, JPEG or WebP.`);
  return {
    value,
    bytes,
    sha256: sha256(bytes),
    ext: info.ext,
    mediaType: mediaTypes[info.ext as keyof typeof mediaTypes],
    contentType: info.contentType,
    width: info.width,
    height: info.height,
    localPath,
  };
}

async function readBytes(
  value: string,
  source: PictureSource,
  signal: AbortSignal,
): Promise<{ bytes: Uint8Array; localPath: string | null }> {
  if (/^data:/i.test(value)) {
    const comma = value.indexOf(',');
    const base64 = /;base64$/i.test(value.slice(0, comma));
    if (comma < 0 || !base64) throw new ReferenceProblem('A data: reference is not base64.');
    return { bytes: Buffer.from(value.slice(comma + 1), 'base64'), localPath: null };
  }
  if (/^https?:/i.test(value)) return { bytes: await fetchAgain(value, source, signal), localPath: null };
  if (/^file:/i.test(value)) {
    const path = filePath(value);
    const bytes = path === null ? null : await source.disk.read(path);
    if (bytes === null) throw new ReferenceProblem(`The reference ${value} is not there.`);
    return { bytes, localPath: null };
  }
  if (/^[a-z][a-z0-9+.-]+:/i.test(value) && !/^[a-z]:[\\/]/i.test(value)) {
    throw new ReferenceProblem(
      `The reference ${value} has a scheme that is not supported. Use a path, http, https or data.`,
    );
  }
  const candidates = isAbsolute(value) ? [value] : source.folders.map((folder) => join(folder, value));
  for (const path of candidates) {
    const bytes = await source.disk.read(path);
    if (bytes !== null) return { bytes, localPath: path };
  }
  throw new ReferenceProblem(
    `The reference ${value} is not there (looked in ${candidates.map((p) => `${p}`).join(', ')}).`,
  );
}

function filePath(value: string): string | null {
  try {
    return fileURLToPath(value);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** An address: from this machine if we have its content, else fetched, at most three times. */
async function fetchAgain(url: string, source: PictureSource, signal: AbortSignal): Promise<Uint8Array> {
  const known = source.objects.byUrl(url);
  if (known) {
    const bytes = await source.disk.read(known.file);
    if (bytes !== null && sha256(bytes) === known.sha256) return bytes;
  }
  let problem = '';
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    if (attempt > 1) await source.clock.sleep(250 * 2 ** attempt, signal);
    try {
      const answer = await source.fetch(url, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)]),
      });
      if (answer.ok) {
        const bytes = new Uint8Array(await answer.arrayBuffer());
        if (bytes.byteLength > MAX_BYTES)
          throw new ReferenceProblem(`The reference ${url} is over ${MAX_BYTES / 1024 / 1024} MB.`);
        return bytes;
      }
      await answer.body?.cancel();
      problem = `it answers ${answer.status}`;
      if (answer.status === 404 || answer.status === 410) break;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ReferenceProblem) throw error;
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      problem = cause instanceof Error ? cause.message : String(cause);
    }
  }
  throw new ReferenceProblem(`The reference ${url} cannot be fetched: ${problem}.`);
}

/** A name the backend can bind to with `@name`, without surprises. */
export const referenceName = (value: string, fallback: string): string => {
  const stem = basename(value.replace(/[?#].*$/, '')).replace(/\.[a-z0-9]+$/i, '');
  const safe = stem
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return safe === '' || value.startsWith('data:') ? fallback : safe;
};
