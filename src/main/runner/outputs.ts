import type { GenerationKind } from '../../shared/domain.ts';
import { type Backend, BackendError, type ResultFile } from '../backend/backend.ts';
import type { Database } from '../db/database.ts';
import type { StoredFile } from '../db/objects.ts';
import type { Clock } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import { type MediaInfo, sha256 } from '../platform/media.ts';
import type { Dispatch } from './dispatch.ts';
import type { NodePlaces } from './places.ts';
import type { Sending } from './send-queue.ts';
import { refusal } from './submission.ts';
import type { Uploader } from './uploader.ts';

/** An output that is safely here: on disk, in the journal, and on its way to the store at the latest. */
export interface KeptOutput {
  url: string;
  file: string;
  sha256: string;
  ext: string;
  /** Settles, never rejects, when the store has it or has been given up for now. */
  sent: Promise<Sending>;
}

export interface OutputDeps {
  db: Database;
  backend: Backend;
  dispatch: Dispatch;
  keep: Uploader['keep'];
  disk: Disk;
  clock: Clock;
  signal: AbortSignal;
  inspect: (bytes: Uint8Array) => Promise<MediaInfo>;
}

const FETCHES = 3;
const REST_MS = 500;
/** The backend is back so often, and its result still cannot be reached: it lies with somebody else, who is away. */
const OUTAGES = 20;

/** The bytes of a paid result could not be had whole; they are asked for again by the next run. Only what is gone is
 * bought again. */
export class DownloadProblem extends Error {
  override readonly name = 'DownloadProblem';
  /** The backend has it no more: it is lost, as a task is that it does not know (behaviour.md §7). */
  readonly gone: boolean;

  constructor(message: string, gone = false) {
    super(message);
    this.gone = gone;
  }
}

/**
 * Fetches a result, at most three times, until it is whole and what it should be (behaviour.md §5): the length that
 * was announced, a picture that decodes, a clip with its boxes.
 */
export async function fetchResult(
  result: ResultFile,
  kind: GenerationKind,
  deps: Pick<OutputDeps, 'backend' | 'dispatch' | 'clock' | 'signal' | 'inspect'>,
): Promise<{ bytes: Uint8Array; info: MediaInfo }> {
  let problem = '';
  let outages = 0;
  for (let attempt = 1; attempt <= FETCHES; attempt++) {
    // A file that is short may still be on its way to where it is fetched from.
    if (attempt > 1) await deps.clock.sleep(REST_MS * attempt, deps.signal);
    try {
      const { bytes, expectedBytes } =
        result.bytes !== null
          ? { bytes: result.bytes, expectedBytes: null }
          : await deps.backend.download(result.url, deps.signal);
      if (expectedBytes !== null && bytes.byteLength !== expectedBytes) {
        problem = `${bytes.byteLength} of ${expectedBytes} bytes came`;
        continue;
      }
      const info = await deps.inspect(bytes);
      if (info.kind === kind) return { bytes, info };
      problem = `it is ${info.contentType}, not a ${kind === 'image' ? 'picture' : 'clip'}`;
    } catch (error) {
      deps.signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      if (error instanceof BackendError && error.kind === 'refused') throw refusal(error, deps.backend);
      problem = error.message;
      if (error instanceof BackendError && error.kind === 'gone') throw new DownloadProblem(problem, true);
      if (error instanceof BackendError && error.kind === 'unreachable' && ++outages <= OUTAGES) {
        await deps.dispatch.outage(error);
        attempt--;
      }
    }
  }
  throw new DownloadProblem(`The result could not be fetched whole in ${FETCHES} tries: ${problem}.`);
}

/**
 * Puts fetched bytes on the disk under their scene name. What lies there and is not in our books (a person's or
 * another tool's file) is moved aside first, never overwritten.
 */
export async function placeOnDisk(
  path: string,
  bytes: Uint8Array,
  known: (sha256: string) => boolean,
  disk: Disk,
): Promise<void> {
  const there = await disk.read(path);
  if (there !== null) {
    const hash = sha256(there);
    if (hash === sha256(bytes)) return;
    if (!known(hash)) {
      const dot = path.lastIndexOf('.');
      await disk.copyNew(path, `${path.slice(0, dot)}-${hash.slice(0, 12)}${path.slice(dot)}`);
    }
  }
  await disk.write(path, bytes);
}

/** From a fetched result to a kept object: on disk, journal `downloaded`, in the books, journal `stored`. */
export async function keepResult(
  journalId: number,
  fetched: { bytes: Uint8Array; info: MediaInfo },
  place: { row: number; candidate: number },
  places: NodePlaces,
  deps: OutputDeps,
): Promise<KeptOutput> {
  const { db, clock, disk } = deps;
  const hash = sha256(fetched.bytes);
  const { ext, contentType } = fetched.info;
  const file = places.candidate(place.row, place.candidate, ext);
  await placeOnDisk(file, fetched.bytes, (sha) => db.objects.bySha(sha) !== null, disk);
  await db.commits.write(() =>
    db.journal.step(journalId, { state: 'downloaded', file, sha256: hash }, clock.now()),
  );
  const object: StoredFile = { sha256: hash, ext, contentType, size: fetched.bytes.byteLength, file };
  const key = places.key(place.row, place.candidate, hash, ext);
  const { url, sent } = await deps.keep(object, key, (at) =>
    db.journal.step(journalId, { state: 'stored', url: at }, clock.now()),
  );
  return { url, file, sha256: hash, ext, sent };
}
