import type { NodeState, RunCounts } from '../../shared/domain.ts';
import type { Backend } from '../backend/backend.ts';
import type { Database } from '../db/database.ts';
import type { Clock, Random } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import type { MediaInfo } from '../platform/media.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Dispatch } from './dispatch.ts';
import type { KeptOutput } from './outputs.ts';
import type { Place } from './place.ts';
import type { NodePlaces } from './places.ts';
import type { LoadedPicture } from './references.ts';
import type { Salvage } from './runner-api.ts';
import type { Uploader } from './uploader.ts';

/** What happened to a candidate, for events. */
export type CandidateStep = Extract<
  NodeState,
  'submitting' | 'generating' | 'downloading' | 'storing' | 'failed'
>;

/** All a node needs of its run. */
export interface NodeContext {
  runId: string;
  workflow: string;
  db: Database;
  backend: Backend;
  dispatch: Dispatch;
  keep: Uploader['keep'];
  /** A store on this machine. */
  here: ObjectStore;
  disk: Disk;
  inspect: (bytes: Uint8Array) => Promise<MediaInfo>;
  hash: (bytes: Uint8Array) => Promise<string>;
  clock: Clock;
  random: Random;
  counts: RunCounts;
  signal: AbortSignal;
  answerSignal: AbortSignal;
  pollMs: number;
  timeoutMs: number;
  retries: number;
  /** Outputs of earlier runs in the journal may be taken up (not for nodes that are made anew). */
  reuse: boolean;
  /** A person asked for exactly this node. */
  asked: boolean;
  /** Addresses that lead nowhere any more. */
  gone: ReadonlySet<string>;
  backendStart: () => number | null;
  self: { boot: string | null };
  /** Whether what is ordered comes from the demo. */
  demo: boolean;
  /** US dollars of one candidate. */
  priceUSD: number;
  /** What recovery found; undefined: nothing. */
  salvage: Salvage | undefined;
  load: (value: string, signal: AbortSignal) => Promise<LoadedPicture>;
  places: NodePlaces;
  /** Addresses of the pictures a row (from 0) starts from or refers to, in the order of the node's inputs. Throws a ReferenceProblem. */
  picturesOfRow: (row: number) => string[];
  inFlight: Set<string>;
  /** The run does not end before this work has. */
  track: <T>(work: Promise<T>) => Promise<T>;
  /** Files one task of this kind was seen to give (glabs-api.md A4); grows when a backend gives several. */
  filesPerTask: { image: number; video: number };
  on: {
    /** `why` a candidate failed. */
    step: (state: CandidateStep, place: Place, attempt: number, why?: string) => void;
    task: (taskId: string, how: 'submitted' | 'reattached', place: Place, attempt: number) => void;
    /** It is here and has its address; the store may not have it yet. */
    kept: (place: Place, kept: KeptOutput, journalId: number) => void;
    notice: (message: string) => void;
    paid: () => void;
    /** Its task is gone, and may have been paid for; it is made again. */
    lost: (place: Place, attempt: number) => void;
  };
}
