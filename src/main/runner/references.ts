import type { ReferenceImage } from '../backend/backend.ts';
import type { ObjectsTable } from '../db/objects.ts';
import type { Clock } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import type { MediaInfo, RequestPicture } from '../platform/media.ts';
import { safeName } from '../workflow/names.ts';
import { fetchPicture } from './fetch-picture.ts';
import { addressOf, shownReference } from './reference-address.ts';
import { type Had, type Picture, pictureIn, readEmbedded, readLocal } from './reference-bytes.ts';

/** A reference or frame as it is: bytes, what they are, and their hash. */
export interface LoadedPicture {
  value: string;
  bytes: Uint8Array;
  sha256: string;
  ext: string;
  contentType: string;
  /** Pixels as shown. */
  width: number;
  height: number;
  /** Written as a path in the workflow: its address is put in once it is stored. */
  localPath: string | null;
  /** What is sent for it: at most 4 MB, turned upright, still. The same bytes where they are so already. */
  request: { bytes: Uint8Array; ext: string; mediaType: ReferenceImage['mediaType'] };
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
  /** As in RunnerDeps. */
  inspect: (bytes: Uint8Array) => Promise<MediaInfo>;
  hash: (bytes: Uint8Array) => Promise<string>;
  fit: (bytes: Uint8Array, maxBytes: number) => Promise<RequestPicture>;
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

/** Pictures that are kept for the next node that wants them, in bytes: an avatar serves every scene, a frame one. */
const REMEMBERED_BYTES = 96 * 1024 * 1024;
/** An address that failed is asked for again after this long: a server that hangs must not hold up every node. */
const FAILURE_LASTS_MS = 600_000;
/** Bigger pictures are scaled for the request; the original is what is stored (glabs-api.md: 50 MB body cap). */
const REQUEST_BYTES = 4 * 1024 * 1024;
/** Fewer are skipped silently (glabs-api.md A6). */
const LEAST_BYTES = 100;

/** Loads pictures once per run and value, however many nodes use them. */
export function createPictureLoader(
  source: PictureSource,
): (value: string, signal: AbortSignal) => Promise<LoadedPicture> {
  const loaded = new Map<string, { picture: Promise<LoadedPicture>; size: number }>();
  const failures = new Map<string, { problem: ReferenceProblem; until: number }>();
  let remembered = 0;

  const forget = (value: string) => {
    remembered -= loaded.get(value)?.size ?? 0;
    loaded.delete(value);
  };
  const remember = (value: string, picture: LoadedPicture) => {
    const entry = loaded.get(value);
    if (!entry) return;
    entry.size = picture.bytes.byteLength;
    if (picture.request.bytes !== picture.bytes) entry.size += picture.request.bytes.byteLength;
    remembered += entry.size;
    for (const oldest of loaded.keys()) {
      if (remembered <= REMEMBERED_BYTES || oldest === value) return;
      forget(oldest);
    }
  };
  const loadAnew = async (value: string, signal: AbortSignal): Promise<LoadedPicture> => {
    try {
      const picture = await load(value, source, signal);
      remember(value, picture);
      return picture;
    } catch (error) {
      forget(value);
      // What lies on this machine is looked at again: that costs nothing, and a person may have mended it.
      if (error instanceof ReferenceProblem && /^https?:/i.test(value))
        failures.set(value, { problem: error, until: source.clock.monotonic() + FAILURE_LASTS_MS });
      throw error;
    }
  };

  return (value, signal) => {
    const failed = failures.get(value);
    if (failed && source.clock.monotonic() < failed.until) return Promise.reject(failed.problem);
    const known = loaded.get(value);
    if (known) {
      // Used again: it goes to the end of the queue.
      loaded.delete(value);
      loaded.set(value, known);
      return known.picture;
    }
    const entry = { picture: loadAnew(value, signal), size: 0 };
    loaded.set(value, entry);
    return entry.picture;
  };
}

/** A picture in the form the backend takes, under a safe name: base64 comes later. */
export async function forRequest(picture: LoadedPicture, name: string): Promise<ReferenceImage> {
  const { bytes, ext, mediaType } = picture.request;
  return { name: `${name}.${ext}`, bytes, mediaType };
}

async function load(value: string, source: PictureSource, signal: AbortSignal): Promise<LoadedPicture> {
  const had = await pictureAt(value, source, signal);
  if (!had.ok) throw new ReferenceProblem(`The reference ${shownReference(value)} ${had.what}. ${had.cure}`);
  const { picture, localPath } = had;
  const { bytes, ext, mediaType, width, height } = picture;
  const request = await source.fit(bytes, REQUEST_BYTES);
  if (request.bytes.byteLength < LEAST_BYTES) {
    const size = `${width}×${height} pixels, ${request.bytes.byteLength} bytes`;
    throw new ReferenceProblem(
      `The reference ${shownReference(value)} is so small (${size}) that G-Labs would leave it out without a word. Use a real picture.`,
    );
  }
  return {
    value,
    bytes,
    sha256: await source.hash(bytes),
    ext,
    contentType: mediaType,
    width,
    height,
    localPath,
    request,
  };
}

type Loaded = Had<{ picture: Picture; localPath: string | null }>;

async function pictureAt(value: string, source: PictureSource, signal: AbortSignal): Promise<Loaded> {
  const address = addressOf(value, source.folders);
  switch (address.kind) {
    case 'unusable':
      return { ok: false, what: address.what, cure: address.cure };
    case 'embedded': {
      const read = readEmbedded(value);
      return read.ok ? looked(await pictureIn(read.bytes, source.inspect), null) : read;
    }
    case 'local': {
      const read = await readLocal(address.paths, source.disk);
      if (!read.ok) return read;
      // A file address of our own books is an address already; a foreign one is a path in other letters.
      const stored = /^file:/i.test(value) && source.objects.byUrl(value) !== null;
      return looked(await pictureIn(read.bytes, source.inspect), stored ? null : read.path);
    }
    case 'web': {
      const known = source.objects.byUrl(value);
      const bytes = known && (await source.disk.read(known.file));
      if (known && bytes && (await source.hash(bytes)) === known.sha256)
        return looked(await pictureIn(bytes, source.inspect), null);
      return looked(await fetchPicture(address.url, source, signal), null);
    }
  }
}

const looked = (had: Had<{ picture: Picture }>, localPath: string | null): Loaded =>
  had.ok ? { ...had, localPath } : had;

const MAX_NAME = 40;

/** A name the backend can bind to with `@name`, without surprises on any system; `fallback` where none can be told. */
export function referenceName(value: string, fallback: string): string {
  if (/^data:/i.test(value)) return fallback;
  const path = value.replace(/[?#].*$/, '').replace(/[\\/]+$/, '');
  const stem = path.slice(path.search(/[^\\/]*$/)).replace(/\.[a-z0-9]+$/i, '');
  const safe = stem
    .replaceAll(/(?:%[0-9a-f]{2}|[^A-Za-z0-9_-])+/gi, '-')
    .slice(0, MAX_NAME)
    .replaceAll(/^[-_]+|[-_]+$/g, '');
  // Names that Windows keeps for itself get their mark.
  return safe === '' ? fallback : safeName(safe);
}
