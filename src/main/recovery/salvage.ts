import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GenerationKind } from '../../shared/domain.ts';
import { type Clock, timeLimit } from '../platform/clock.ts';
import { hashOf } from '../platform/content-hash.ts';
import type { Disk } from '../platform/disk.ts';
import type { MediaInfo } from '../platform/media.ts';
import type { Evidence, JournalEvidence, PlaceEvidence, SalvageOffer } from './evidence.ts';

/**
 * What can be had without generating it, where neither the file nor the journal has it (behaviour.md §7, §8): of files
 * and objects those without a problem, each content once. Pure.
 */
export function salvageOffers({ nodes }: Pick<Evidence, 'nodes'>): SalvageOffer[] {
  const offered = new Set<string>();
  return nodes.flatMap(({ nodeId, places }) =>
    places.flatMap((place): SalvageOffer[] => {
      const from = sourceOf(place);
      if (from === null) return [];
      const content = from.kind === 'file' ? from.sha256 : from.key;
      if (offered.has(content)) return [];
      offered.add(content);
      return [{ nodeId, row: place.row, candidate: place.candidate, from }];
    }),
  );
}

function sourceOf({ cache, local, store, journal }: PlaceEvidence): SalvageOffer['from'] | null {
  if ((cache !== null && cache.state !== 'gone') || gives(journal)) return null;
  if (local?.problem === null) return { kind: 'file', file: local.file, sha256: local.sha256 };
  if (store?.problem === null) return { kind: 'object', url: store.url, key: store.key };
  return null;
}

/** Taken up by the run itself: what was fetched and is whole, and what the backend may have still. */
function gives(journal: JournalEvidence | null): boolean {
  if (journal === null) return false;
  if (['submitted', 'completed', 'timeout'].includes(journal.state)) return true;
  return journal.intact && ['downloaded', 'stored'].includes(journal.state);
}

/** What a run takes instead of generating it; the runner knows it by the same shape (runner/runner-api.ts). */
export interface Salvage {
  /** How many places it has something for. */
  readonly size: number;
  has(nodeId: number, row: number, candidate: number): boolean;
  /**
   * The file of a place, looked at anew: whole, of the right kind, with the hash it had. `url`: where the store has it
   * already. `why`: the reason why it cannot be taken after all, as a sentence. Rejects with the signal's reason.
   */
  take(nodeId: number, row: number, candidate: number, signal: AbortSignal): Promise<Taken | { why: string }>;
}

interface Taken {
  file: string;
  sha256: string;
  url: string | null;
}

export interface SalvageDeps {
  disk: Pick<Disk, 'read' | 'writeNew'>;
  fetch: typeof fetch;
  clock: Pick<Clock, 'sleep'>;
  /** As of `GatherDeps`. */
  inspect: (bytes: Uint8Array) => Promise<MediaInfo>;
  /** Folder for what is fetched from a store, by its hash; a run that is cut short finds it there again. */
  scratch: string;
  limits?: Partial<SalvageLimits>;
}

interface SalvageLimits {
  /** Milliseconds for one object. */
  fetchMs: number;
  /** Bytes of one object. */
  fetchBytes: number;
}

const usual: SalvageLimits = { fetchMs: 60_000, fetchBytes: 512 * 2 ** 20 };

/** Offers, looked at anew when they are taken; nothing of a person's is written or moved. */
export function createSalvage(offers: readonly SalvageOffer[], deps: SalvageDeps): Salvage {
  const byPlace = new Map(offers.map((offer) => [idOf(offer.nodeId, offer.row, offer.candidate), offer]));
  return {
    size: byPlace.size,
    has: (nodeId, row, candidate) => byPlace.has(idOf(nodeId, row, candidate)),
    async take(nodeId, row, candidate, signal) {
      signal.throwIfAborted();
      const offer = byPlace.get(idOf(nodeId, row, candidate));
      if (offer === undefined) return { why: 'Nothing was found for this place.' };
      return offer.from.kind === 'file' ? takeFile(offer.from, deps) : takeObject(offer.from, deps, signal);
    },
  };
}

const idOf = (nodeId: number, row: number, candidate: number): string => `${nodeId}/${row}/${candidate}`;

/** By the ending: who gathered it let only that of the right kind through. */
const kindOf = (name: string): GenerationKind => (/\.mp4$/i.test(name) ? 'video' : 'image');

async function takeFile(
  { file, sha256 }: Extract<SalvageOffer['from'], { kind: 'file' }>,
  deps: SalvageDeps,
): Promise<Taken | { why: string }> {
  const bytes = await deps.disk.read(file);
  if (bytes === null) return { why: `${file} is not there any more.` };
  if ((await hashOf(bytes)) !== sha256) return { why: `${file} was changed since it was found.` };
  const seen = await inspected(bytes, file, deps);
  return 'why' in seen ? seen : { file, sha256, url: null };
}

async function takeObject(
  { url, key }: Extract<SalvageOffer['from'], { kind: 'object' }>,
  deps: SalvageDeps,
  signal: AbortSignal,
): Promise<Taken | { why: string }> {
  const here = /^file:/i.test(url) ? fileURLToPath(url) : null;
  const fetched = here === null ? await fetchObject(url, deps, signal) : await deps.disk.read(here);
  if (fetched === null) return { why: `${url} is not there any more.` };
  if ('why' in fetched) return fetched;
  const sha256 = await hashOf(fetched);
  const digits = /-([0-9a-f]{12})\.[a-z0-9]+$/i.exec(key)?.[1]?.toLowerCase();
  if (digits !== undefined && !sha256.startsWith(digits))
    return { why: `${url} has another content than its name says.` };
  const seen = await inspected(fetched, url, deps);
  if ('why' in seen) return seen;
  return { file: here ?? (await keep(fetched, `${sha256}.${seen.ext}`, sha256, deps)), sha256, url };
}

async function inspected(
  bytes: Uint8Array,
  name: string,
  { inspect }: Pick<SalvageDeps, 'inspect'>,
): Promise<MediaInfo | { why: string }> {
  try {
    const info = await inspect(bytes);
    if (info.kind === kindOf(name)) return info;
    return { why: `${name} is ${info.contentType}, and something else was asked for.` };
  } catch (error) {
    // Reasons in words are plain errors (platform/media.ts).
    if (!(error instanceof Error)) throw error;
    return { why: `${name} ${error.message}.` };
  }
}

/** Fetched twice it is there already, under its hash. */
async function keep(
  bytes: Uint8Array,
  name: string,
  sha256: string,
  { disk, scratch }: Pick<SalvageDeps, 'disk' | 'scratch'>,
): Promise<string> {
  const path = join(scratch, name);
  const there = await disk.read(path);
  if (there !== null && (await hashOf(there)) === sha256) return path;
  return disk.writeNew(scratch, (n) => (n === 1 ? name : `${n}-${name}`), bytes);
}

async function fetchObject(
  url: string,
  { fetch: ask, clock, limits }: Pick<SalvageDeps, 'fetch' | 'clock' | 'limits'>,
  signal: AbortSignal,
): Promise<Uint8Array | { why: string }> {
  const { fetchMs, fetchBytes } = { ...usual, ...limits };
  const limit = timeLimit(clock, fetchMs);
  try {
    const answer = await ask(url, { signal: AbortSignal.any([signal, limit.signal]) });
    if (!answer.ok) {
      await answer.body?.cancel();
      return { why: `${url} cannot be fetched: its server answers ${answer.status}.` };
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body ?? []) {
      chunks.push(chunk);
      size += chunk.byteLength;
      // Leaving the loop cancels the body.
      if (size > fetchBytes) return { why: `${url} is larger than any picture or clip.` };
    }
    const announced = Number(answer.headers.get('content-length') ?? size);
    if (answer.headers.get('content-encoding') === null && announced !== size)
      return { why: `${url} did not come whole: ${size} of ${announced} bytes.` };
    return Buffer.concat(chunks);
  } catch (error) {
    signal.throwIfAborted();
    if (limit.signal.aborted) return { why: `${url} did not come within ${fetchMs / 1000} s.` };
    // What `fetch` rejects with is a TypeError, with its cause below.
    if (!(error instanceof TypeError)) throw error;
    const { message } = error.cause instanceof Error ? error.cause : error;
    return { why: `${url} cannot be fetched: ${message}.` };
  } finally {
    limit.clear();
  }
}
