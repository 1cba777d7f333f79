import type { ErrorClass, GenerationKind } from '../../shared/domain.ts';

/**
 * What the runner knows of a generation backend (glabs-api.md A9). The wire format stays behind it.
 * All methods reject with a BackendError, or with the signal's reason when that is aborted.
 */
export interface Backend {
  /** Base URL without a trailing slash and without secrets; of a backend that moves, the last one. */
  readonly server: string;
  /** `tunnel`: through the public address, which is asked for before each request and may change. */
  readonly way: 'direct' | 'tunnel';
  /** Whether this base URL leads to this very backend, or did so earlier. */
  knows(server: string): boolean;
  health(signal?: AbortSignal): Promise<BackendHealth>;
  /** Looks whether the key is accepted, without a generation. */
  checkKey(signal?: AbortSignal): Promise<void>;
  /** One generation request, sent at most once. A rejection with `arrived: 'no'` surely cost nothing. */
  submit(request: GenerationRequest, signal?: AbortSignal): Promise<Submission>;
  /** Null: the backend does not know the task (any more). */
  poll(taskId: string, signal?: AbortSignal): Promise<TaskReport | null>;
  /** Newest first, at most 50; prompts may be cut to 50 characters and `...`. */
  listTasks(signal?: AbortSignal): Promise<TaskListing[]>;
  /** Asks the backend to stop a task; false when it cannot. */
  stop(taskId: string, signal?: AbortSignal): Promise<boolean>;
  /** Bytes of a result. `expectedBytes` is the announced length, null if none was announced. */
  download(url: string, signal?: AbortSignal): Promise<{ bytes: Uint8Array; expectedBytes: number | null }>;
}

export interface BackendHealth {
  healthPath: string;
  /** Name the server gives itself, if any. */
  serverName: string | null;
  uptimeS: number | null;
  tasksPending: number | null;
  tasksRunning: number | null;
  /** The built-in simulator: nothing it makes is real. */
  demo: boolean;
}

export interface ReferenceImage {
  /** Safe file name; `@name` in a prompt binds to it. */
  name: string;
  bytes: Uint8Array;
  mediaType: 'image/png' | 'image/jpeg' | 'image/webp';
}

export interface GenerationRequest {
  kind: GenerationKind;
  prompt: string;
  model: string;
  aspectRatio: string;
  /** Images: references in order. Videos: start frame, then end frame. */
  references: ReferenceImage[];
}

/** Either a task to poll, or the results at once (synchronous variants, glabs-api.md A9). */
export type Submission = { taskId: string; results: null } | { taskId: string | null; results: ResultFile[] };

/** A result to fetch (`url`), or one that came in the answer (`bytes`). */
export type ResultFile = { url: string; bytes: null } | { url: null; bytes: Uint8Array };

export interface TaskReport {
  taskId: string;
  status: 'pending' | 'running' | 'completed' | 'failed';
  prompt: string;
  /** Milliseconds since the epoch, null if the backend does not say. */
  createdAt: number | null;
  /** For `completed`: at least one. */
  results: ResultFile[];
  /** For `failed`. */
  error: { class: ErrorClass; code: number; message: string } | null;
}

export interface TaskListing {
  taskId: string;
  status: TaskReport['status'];
  promptStart: string;
  /** The prompt is whole, not cut to 50 characters. */
  promptWhole: boolean;
  createdAt: number | null;
}

/**
 * `unreachable`: refused, reset, DNS, 502, 520-530: wait for the backend. `wrong-service`: something else answers
 * there. `no-answer`: the deadline passed. `refused`: key or plan, ends the run. `quota`: 403/429, pause dispatch.
 * `rejected`: the request itself is at fault. `upstream`: 5xx of the backend proper. `nonsense`: an answer that
 * is not of the wire format.
 */
export type BackendErrorKind =
  | 'unreachable'
  | 'wrong-service'
  | 'no-answer'
  | 'refused'
  | 'quota'
  | 'rejected'
  | 'upstream'
  | 'nonsense'
  | 'gone';

export class BackendError extends Error {
  override readonly name = 'BackendError';
  readonly kind: BackendErrorKind;
  readonly class: ErrorClass;
  /** HTTP status or task code, 0 if there was none. */
  readonly code: number;
  /** Whether a request that changes something reached the backend: `unknown` is never repeated blindly. */
  readonly arrived: 'no' | 'yes' | 'unknown';
  readonly cure: string;

  constructor(init: {
    kind: BackendErrorKind;
    class: ErrorClass;
    code?: number;
    arrived: 'no' | 'yes' | 'unknown';
    message: string;
    cure: string;
    cause?: unknown;
  }) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.kind = init.kind;
    this.class = init.class;
    this.code = init.code ?? 0;
    this.arrived = init.arrived;
    this.cure = init.cure;
  }
}
