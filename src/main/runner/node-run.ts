import type { GenerationRequest, ReferenceImage, ResultFile } from '../backend/backend.ts';
import { fingerprint } from '../workflow/fingerprint.ts';
import { type CandidateOutcome, makeCandidate } from './candidate.ts';
import { candidateNumbers } from './candidate-numbers.ts';
import { keepCandidate, type NodeFailure } from './keep-candidate.ts';
import { createLosses } from './losses.ts';
import type { NodeContext } from './node-context.ts';
import type { Place } from './place.ts';
import type { NodePlaces } from './places.ts';
import { galleryOf, type PlannedNode, referenceIdentity } from './plan.ts';
import { mayTake } from './plan-offers.ts';
import { forRequest, type LoadedPicture, ReferenceProblem, referenceName } from './references.ts';
import { upTime } from './submission.ts';
import type { Offer } from './take-offer.ts';

export interface NodeOutcome {
  /** Row-major over rows × perRow, then what a backend gave beyond that; null where nothing is. */
  gallery: (string | null)[];
  /** Journal rows whose output must still get into the workflow file. */
  journalIds: number[];
  /** A row without any candidate: the node failed, with its worst error. */
  failure: NodeFailure | null;
  /** Something is missing, but every row has a candidate. */
  short: boolean;
  /** Places of a re-roll whose earlier output stays, since no new one could be made. */
  stayed: Place[];
}

/** Makes what a node lacks, candidate by candidate. Rejects only when the run as a whole ends. */
export async function runNode(planned: PlannedNode, context: NodeContext): Promise<NodeOutcome> {
  const { node } = planned;
  const gallery = galleryOf(planned);
  const stayed: Place[] = [];
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
    giveBack();
    return {
      gallery,
      journalIds,
      short: false,
      stayed,
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

  const { journal, objects } = context.db;
  const numberOf = candidateNumbers(planned, (url) =>
    journal.numberOf(context.workflow, node.nodeId, url, objects.byUrl(url)?.sha256 ?? null),
  );
  const places: NodePlaces = {
    ...context.places,
    candidate: (row, candidate, ext) => context.places.candidate(row, numberOf(candidate), ext),
    key: (row, candidate, hash, ext) => context.places.key(row, numberOf(candidate), hash, ext),
  };

  const rows = Map.groupBy(planned.todo, (place) => place.row);
  await Promise.all(
    [...rows].map(async ([row, places]) => {
      const request = await requestFor(planned, row, pictures[row - 1] ?? []);
      await fillRow(places, request);
    }),
  );

  // A row without any candidate; in a re-roll one that got nothing new.
  const rerolled = planned.former.some((url) => url !== null);
  const emptyRow = node.prompts.findIndex((_, row) => {
    const places = rerolled ? planned.todo.map(({ index }) => index) : [...gallery.keys()];
    const inRow = places.filter((index) => Math.floor(index / node.perRow) === row);
    return (inRow.length > 0 || !rerolled) && inRow.every((index) => gallery[index] === null);
  });
  giveBack();
  const short = gallery.slice(0, planned.candidates).some((url) => url === null);
  if (emptyRow < 0) return { gallery, journalIds, failure: null, short, stayed };
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
    stayed,
    failure: { ...worst, attempts: Math.max(...failures.map((f) => f.attempts), 0) },
  };

  /** What a re-roll could not make anew stays as it was: it was paid for. */
  function giveBack(): void {
    for (const place of planned.todo) {
      const before = planned.former[place.index] ?? null;
      if (gallery[place.index] !== null || before === null) continue;
      gallery[place.index] = before;
      stayed.push(place);
    }
  }

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
      candidate: numberOf(place.candidate),
      kind: node.kind,
      fingerprint: print,
      prompt: request.prompt,
      server: context.backend.server,
      demo: context.demo,
      priceUSD: context.priceUSD,
    };
    const { salvage } = context;
    const { row, candidate } = place;
    const offer: Offer | null =
      salvage && mayTake(planned, place, salvage)
        ? (signal) => salvage.take(node.nodeId, row, candidate, signal)
        : null;
    let attempt = 1;
    const make = (before: number) =>
      context.dispatch.inSlot(urgencyOf(planned, place), () =>
        makeCandidate(
          intent,
          request,
          {
            ...context,
            offer,
            onNotice: context.on.notice,
            intact: async (file, hash) => {
              const bytes = await context.disk.read(file);
              return bytes !== null && (await context.hash(bytes)) === hash;
            },
            onPaid: context.on.paid,
            onLost: () => context.on.lost(place, attempt),
            onState: (state) => context.on.step(state, place, attempt),
            onTask: (taskId, how, number) => {
              attempt = number;
              context.on.task(taskId, how, place, number);
            },
          },
          before,
        ),
      );
    const losses = createLosses(context);
    let order = losses.order();
    let outcome = await make(0);
    while (!(await keep(outcome, place, attempt, () => losses.mayTryAgain(order)))) {
      order = losses.order();
      outcome = await make(outcome.attempts);
    }
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
        const id = db.journal.intend(
          { ...intent, candidate: numberOf(place.candidate), attempt: 1 },
          clock.now(),
          upTime(context),
        );
        const results = result.url === null ? {} : { results: JSON.stringify([result.url]) };
        db.journal.step(
          id,
          { state: 'completed', ...(taskId === null ? {} : { taskId }), ...results },
          clock.now(),
        );
        return id;
      });
      await keep(
        { kind: 'generated', journalId, taskId, result, more: [], attempts: 1 },
        place,
        1,
        async () => false,
      );
    }
  }

  /** With one row the gallery can grow at its end; with several that would shift the rows. */
  function beyond(): Place | null {
    if (planned.rows !== 1) return null;
    gallery.push(null);
    return { row: 1, candidate: gallery.length, index: gallery.length - 1 };
  }

  /** False: the result is lost, and is to be made again (`mayTryAgain`). */
  async function keep(
    outcome: CandidateOutcome,
    place: Place,
    attempt: number,
    mayTryAgain: () => Promise<boolean>,
  ): Promise<boolean> {
    const kept = await keepCandidate(outcome, place, attempt, planned, { ...context, places });
    if (kept.kind === 'kept') {
      gallery[place.index] = kept.kept.url;
      journalIds.push(kept.journalId);
      context.on.kept(place, kept.kept, kept.journalId);
      return true;
    }
    if (kept.kind === 'lost' && (await mayTryAgain())) {
      context.on.lost(place, attempt);
      return false;
    }
    context.on.step('failed', place, outcome.attempts, kept.failure.message);
    failures.push(kept.failure);
    return true;
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
