import type { ErrorClass, NodeState, RunCounts } from '../../shared/domain.ts';
import type { Backend, GenerationRequest, ReferenceImage, ResultFile } from '../backend/backend.ts';
import type { Database } from '../db/database.ts';
import type { Clock, Random } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import { sha256 } from '../platform/media.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { fingerprint } from '../workflow/fingerprint.ts';
import { type CandidateOutcome, LOST_TRIES, makeCandidate } from './candidate.ts';
import type { Dispatch } from './dispatch.ts';
import {
  DownloadProblem,
  fetchResult,
  keepResult,
  placeOnDisk,
  putInStore,
  type StoredCandidate,
} from './outputs.ts';
import type { NodePlaces } from './places.ts';
import { galleryOf, type Place, type PlannedNode, referenceIdentity } from './plan.ts';
import { forRequest, type LoadedPicture, ReferenceProblem, referenceName } from './references.ts';

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
  store: ObjectStore;
  disk: Disk;
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
  backendStart: () => number | null;
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
    step: (state: CandidateStep, place: Place, attempt: number) => void;
    task: (taskId: string, how: 'submitted' | 'reattached', place: Place, attempt: number) => void;
    stored: (place: Place, stored: StoredCandidate) => void;
    notice: (message: string) => void;
    paid: () => void;
  };
}

export interface NodeFailure {
  class: ErrorClass;
  message: string;
  /** Most submissions any candidate had. */
  attempts: number;
  row: number;
  /** HTTP status or task code, 0 if there was none. */
  code?: number;
}

export interface NodeOutcome {
  /** Row-major over rows × perRow, then what a backend gave beyond that; null where nothing is. */
  gallery: (string | null)[];
  /** Journal rows whose output must still get into the workflow file. */
  journalIds: number[];
  /** A row without any candidate: the node failed, with its worst error. */
  failure: NodeFailure | null;
  /** Something is missing, but every row has a candidate. */
  short: boolean;
}

/** Makes what a node lacks, candidate by candidate. Rejects only when the run as a whole ends. */
export async function runNode(planned: PlannedNode, context: NodeContext): Promise<NodeOutcome> {
  const { node } = planned;
  const gallery = galleryOf(planned);
  const journalIds: number[] = [];
  const failures: NodeFailure[] = [];

  let pictures: LoadedPicture[][];
  try {
    pictures = await Promise.all(
      node.prompts.map((_, row) =>
        Promise.all(context.picturesOfRow(row).map((value) => context.load(value, context.signal))),
      ),
    );
  } catch (error) {
    if (!(error instanceof ReferenceProblem)) throw error;
    return {
      gallery,
      journalIds,
      short: false,
      failure: { class: 'reference', message: error.message, attempts: 0, row: 1 },
    };
  }
  const print = fingerprint({
    kind: node.kind,
    prompts: node.prompts,
    negativePrompt: node.negativePrompt,
    model: planned.model,
    aspectRatio: node.aspectRatio,
    perRow: node.perRow,
    references:
      node.kind === 'image'
        ? pictures.flat().map((picture) => referenceIdentity(picture.value, picture.sha256))
        : [],
    frames: node.kind === 'video' ? pictures.flat().map((picture) => picture.sha256) : [],
  });

  const rows = Map.groupBy(planned.todo, (place) => place.row);
  await Promise.all(
    [...rows].map(async ([row, places]) => {
      const request = await requestFor(planned, row, pictures[row - 1] ?? []);
      await fillRow(places, request);
    }),
  );

  const perRow = node.perRow;
  const emptyRow = node.prompts.findIndex((_, row) =>
    gallery.slice(row * perRow, (row + 1) * perRow).every((url) => url === null),
  );
  const short = gallery.slice(0, planned.candidates).some((url) => url === null);
  if (emptyRow < 0) return { gallery, journalIds, failure: null, short };
  const ofRow = failures.filter((entry) => entry.row === emptyRow + 1);
  const worst = ofRow[0] ?? {
    class: 'api_error' as const,
    message: 'No candidate was made.',
    attempts: 0,
    row: emptyRow + 1,
  };
  return {
    gallery,
    journalIds,
    short,
    failure: { ...worst, attempts: Math.max(...failures.map((f) => f.attempts), 0) },
  };

  /** Fills the places of one row; a backend that gives several files a task is asked fewer times. */
  async function fillRow(places: Place[], request: GenerationRequest): Promise<void> {
    const queue = [...places];
    while (queue.length > 0) {
      const now = queue.splice(0, Math.ceil(queue.length / context.filesPerTask[node.kind]));
      await Promise.all(now.map((place) => context.track(fillPlace(place, request, queue))));
    }
  }

  async function fillPlace(place: Place, request: GenerationRequest, queue: Place[]): Promise<void> {
    const intent = {
      runId: context.runId,
      workflow: context.workflow,
      nodeId: node.nodeId,
      row: place.row,
      candidate: place.candidate,
      kind: node.kind,
      fingerprint: print,
      prompt: request.prompt,
      server: context.backend.server,
    };
    let attempt = 1;
    const make = (before: number) =>
      context.dispatch.inSlot(urgencyOf(planned, place), () =>
        makeCandidate(
          intent,
          request,
          {
            ...context,
            intact: async (file, hash) => {
              const bytes = await context.disk.read(file);
              return bytes !== null && sha256(bytes) === hash;
            },
            onPaid: context.on.paid,
            onState: (state) => context.on.step(state, place, attempt),
            onTask: (taskId, how, number) => {
              attempt = number;
              context.on.task(taskId, how, place, number);
            },
          },
          before,
        ),
      );
    let outcome = await make(0);
    for (let lost = 1; !(await keep(outcome, place, attempt, lost <= LOST_TRIES)); lost++)
      outcome = await make(outcome.attempts);
    if (outcome.kind !== 'generated' || outcome.more.length === 0) return;
    context.filesPerTask[node.kind] = Math.max(context.filesPerTask[node.kind], 1 + outcome.more.length);
    await takeMore(outcome.more, outcome.taskId, queue, intent);
  }

  /** Files beyond the first serve places of the row that were not asked for yet, then lie behind the last candidate. */
  async function takeMore(
    files: ResultFile[],
    taskId: string | null,
    queue: Place[],
    intent: Parameters<typeof makeCandidate>[0],
  ) {
    for (const result of files) {
      const place = queue.shift() ?? beyond();
      if (place === null) {
        context.on.notice(
          `G-Labs gave more pictures for ${node.title} than asked for; the surplus of row ${intent.row} was left there.`,
        );
        return;
      }
      const { db, clock } = context;
      const journalId = await db.commits.write(() => {
        const id = db.journal.intend({ ...intent, candidate: place.candidate, attempt: 1 }, clock.now());
        const results = result.url === null ? {} : { results: JSON.stringify([result.url]) };
        db.journal.step(
          id,
          { state: 'completed', ...(taskId === null ? {} : { taskId }), ...results },
          clock.now(),
        );
        return id;
      });
      await keep({ kind: 'generated', journalId, taskId, result, more: [], attempts: 1 }, place, 1, false);
    }
  }

  /** With one row the gallery can grow at its end; with several that would shift the rows. */
  function beyond(): Place | null {
    if (planned.rows !== 1) return null;
    gallery.push(null);
    return { row: 1, candidate: gallery.length, index: gallery.length - 1 };
  }

  /** False: the result is lost, and may be made again (`again`). */
  async function keep(
    outcome: CandidateOutcome,
    place: Place,
    attempt: number,
    again: boolean,
  ): Promise<boolean> {
    if (outcome.kind === 'failed') {
      context.on.step('failed', place, outcome.attempts);
      const { class: errorClass, message, attempts, code } = outcome;
      failures.push({ class: errorClass, message, attempts, row: place.row, code });
      return true;
    }
    try {
      const stored =
        outcome.kind === 'salvaged'
          ? await salvage(outcome, place)
          : await fetchAndKeep(outcome, place, attempt);
      gallery[place.index] = stored.url;
      journalIds.push(outcome.journalId);
      context.on.stored(place, stored);
    } catch (error) {
      if (!(error instanceof DownloadProblem)) throw error;
      if (error.gone) {
        const { db, clock, counts } = context;
        counts.lost++;
        const { journalId } = outcome;
        await db.commits.write(() =>
          db.journal.step(journalId, { state: 'lost', message: error.message }, clock.now()),
        );
        if (again) return false;
      }
      context.on.step('failed', place, outcome.attempts);
      failures.push({
        class: 'api_error',
        message: error.message,
        attempts: outcome.attempts,
        row: place.row,
      });
    }
    return true;
  }

  async function fetchAndKeep(
    outcome: Extract<CandidateOutcome, { kind: 'generated' }>,
    place: Place,
    attempt: number,
  ) {
    context.on.step('downloading', place, attempt);
    const fetched = await fetchResult(outcome.result, node.kind, context);
    warnOfShape(fetched.info);
    context.on.step('storing', place, attempt);
    return keepResult(outcome.journalId, fetched, place, context.places, context);
  }

  /** Fetched by an earlier run, perhaps not stored: what is missing is done now, nothing is bought. */
  async function salvage(
    outcome: Extract<CandidateOutcome, { kind: 'salvaged' }>,
    place: Place,
  ): Promise<StoredCandidate> {
    const { db, clock } = context;
    context.counts.salvaged++;
    const ext = outcome.file.slice(outcome.file.lastIndexOf('.') + 1);
    const known = db.objects.bySha(outcome.sha256);
    const bytes = await context.disk.read(outcome.file);
    const file = context.places.candidate(place.row, place.candidate, ext);
    // It was found in the store: people look for it in Assets.
    if (bytes !== null && file !== outcome.file)
      await placeOnDisk(file, bytes, (hash) => db.objects.bySha(hash) !== null, context.disk);
    const object = known ?? {
      sha256: outcome.sha256,
      ext,
      contentType: node.kind === 'video' ? 'video/mp4' : `image/${ext === 'jpg' ? 'jpeg' : ext}`,
      size: bytes?.byteLength ?? 0,
      file: outcome.file,
    };
    const url =
      outcome.url ??
      (await putInStore(
        { ...object, file: outcome.file },
        context.places.key(place.row, place.candidate, outcome.sha256, ext),
        context,
      ));
    await db.commits.write(() => db.journal.step(outcome.journalId, { state: 'stored', url }, clock.now()));
    return { url, file, sha256: outcome.sha256, ext };
  }

  /** Wrong values are replaced silently by some backends (glabs-api.md A4): the picture itself tells. */
  function warnOfShape(info: { width: number; height: number }): void {
    const [across, down] = node.aspectRatio.split(':').map(Number);
    if (!across || !down || !info.width || !info.height) return;
    const off = Math.abs(info.width / info.height / (across / down) - 1);
    if (off > 0.1)
      context.on.notice(`${node.title}: asked for ${node.aspectRatio}, got ${info.width}×${info.height}.`);
  }
}

/** Lower goes first: images, then tab, scene and row order. */
const urgencyOf = (planned: PlannedNode, place: Place): number =>
  ((planned.kind === 'video' ? 1 : 0) * 1000 + planned.node.tabIndex) * 1e8 +
  planned.scene * 1e4 +
  place.index;

async function requestFor(
  planned: PlannedNode,
  row: number,
  pictures: readonly LoadedPicture[],
): Promise<GenerationRequest> {
  const { node } = planned;
  const names = node.kind === 'video' ? ['first_frame', 'last_frame'] : [];
  const references: ReferenceImage[] = [];
  for (const [i, picture] of pictures.entries()) {
    references.push(
      await forRequest(picture, names[i] ?? referenceName(picture.value, `reference-${i + 1}`)),
    );
  }
  return {
    kind: node.kind,
    prompt: node.prompts[row - 1] ?? '',
    model: planned.model,
    aspectRatio: node.aspectRatio,
    references,
  };
}
