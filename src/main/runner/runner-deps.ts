import type { RunOptions } from '../../shared/domain.ts';
import type { RunGraph } from '../../shared/run-graph.ts';
import type { RunView } from '../../shared/run-view.ts';
import type { SettingKey, Settings } from '../../shared/settings.ts';
import type { Backend } from '../backend/backend.ts';
import type { Database } from '../db/database.ts';
import type { Clock, Random } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import type { MediaInfo, RequestPicture } from '../platform/media.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Workflow } from '../workflow/read.ts';
import type { BackendWatch } from './backend-news.ts';
import type { SourceWriter } from './source-writer.ts';

/** All that the runner needs of the world. The composition root gives the real ones. */
export interface RunnerDeps {
  db: Database;
  disk: Disk;
  clock: Clock;
  random: Random;
  fetch: typeof fetch;
  setting: <K extends SettingKey>(key: K) => Settings[K];
  /** Address of the backend a run uses: its option, the settings, the supervised one; or `tunnel` (cli.md, `--server`). */
  server: (options: RunOptions) => Promise<string>;
  /** With its key. */
  openBackend: (server: string) => Promise<Backend>;
  /** Whoever looks after that backend. */
  watchBackend: (backend: Pick<Backend, 'server' | 'way'>) => BackendWatch;
  /** Rejects with `usage` for a name that is not configured. */
  openStore: (name: string) => Promise<ObjectStore>;
  /** Writes a tiny object; rejects with what keeps a store from taking it (storage/try-store.ts). */
  tryStore: (store: ObjectStore, signal: AbortSignal) => Promise<void>;
  /** A store on this machine, for the copies of what goes elsewhere. */
  here: ObjectStore;
  /** Before every destructive change; `reason` is a slug (behaviour.md §9). */
  backup: (
    workflow: string,
    content: Uint8Array,
    reason: string,
  ) => Promise<{ id: string; path: string | null; problem: string | null }>;
  /** One run per file, across processes; rejects with `locked`. */
  lock: (workflow: string, what: string) => Promise<{ release(): Promise<void> }>;
  /** Runs `work` while no other process does anything to this file; waits its turn. */
  alone: <T>(file: string, what: string, work: () => Promise<T>) => Promise<T>;
  /** What holds and writes the text of a run's workflow file; for a large one on a thread of its own. */
  openSource: (workflow: Workflow) => SourceWriter;
  /** Hears when a file is changed, by whomever; returns what ends that. */
  watch: (file: string, onChange: () => void) => () => void;
  /** Looks whether bytes are a whole picture or clip; rejects with the reason in words (platform/media.ts). */
  inspect: (bytes: Uint8Array) => Promise<MediaInfo>;
  /** A picture as it goes into a request of at most `maxBytes` for it (platform/media.ts). */
  fit: (bytes: Uint8Array, maxBytes: number) => Promise<RequestPicture>;
  /** SHA-256 in hex; off this thread for what may be large (platform/content-hash.ts). */
  hash: (bytes: Uint8Array) => Promise<string>;
  /** Makes a record small for the database (db/runs.ts). */
  pack: (record: RunView | RunGraph) => Promise<Uint8Array>;
  /** Whether this machine has an address of its own, beside that to itself. */
  online: () => boolean;
  /** The id under which the window finds a stored file. */
  media: (sha256: string, file: string) => string | null;
  /** `boot`: which start of the machine this is (platform/boot.ts); null: not known. */
  self: { pid: number; started: string | null; boot: string | null };
  isAlive: (pid: number, started: string | null) => Promise<boolean>;
  newId: () => string;
}
