import type { ErrorClass } from '../../shared/domain.ts';
import type { GenerationNode } from '../workflow/generation.ts';
import type { CandidateOutcome } from './candidate.ts';
import type { NodeContext } from './node-context.ts';
import { DownloadProblem, fetchResult, type KeptOutput, keepResult, placeOnDisk } from './outputs.ts';
import type { Place } from './place.ts';
import type { PlannedNode } from './plan.ts';

/** Why a candidate, and with it perhaps its node, was not made. */
export interface NodeFailure {
  class: ErrorClass;
  message: string;
  /** Most submissions any candidate had. */
  attempts: number;
  row: number;
  /** HTTP status or task code, 0 if there was none. */
  code?: number;
}

export type Kept =
  | { kind: 'kept'; kept: KeptOutput; journalId: number }
  | { kind: 'failed'; failure: NodeFailure }
  /** Paid for, and gone from the backend before it could be fetched. */
  | { kind: 'lost'; failure: NodeFailure };

/** From a made candidate to a safely kept one: fetched, checked, on disk, in the journal, on its way to the store. */
export async function keepCandidate(
  outcome: CandidateOutcome,
  place: Place,
  attempt: number,
  planned: PlannedNode,
  context: NodeContext,
): Promise<Kept> {
  if (outcome.kind === 'failed') {
    const { class: errorClass, message, attempts, code } = outcome;
    return { kind: 'failed', failure: { class: errorClass, message, attempts, row: place.row, code } };
  }
  const { journalId, attempts } = outcome;
  try {
    const kept =
      outcome.kind === 'salvaged'
        ? await salvage(outcome, place, planned, context)
        : await fetchAndKeep(outcome, place, attempt, planned, context);
    return { kind: 'kept', kept, journalId };
  } catch (error) {
    if (!(error instanceof DownloadProblem)) throw error;
    const { message } = error;
    const failure: NodeFailure = { class: 'api_error', message, attempts, row: place.row };
    if (!error.gone) return { kind: 'failed', failure };
    const { db, clock, counts } = context;
    counts.lost++;
    await db.commits.write(() => db.journal.step(journalId, { state: 'lost', message }, clock.now()));
    return { kind: 'lost', failure };
  }
}

async function fetchAndKeep(
  outcome: Extract<CandidateOutcome, { kind: 'generated' }>,
  place: Place,
  attempt: number,
  { node }: PlannedNode,
  context: NodeContext,
): Promise<KeptOutput> {
  context.on.step('downloading', place, attempt);
  const fetched = await fetchResult(outcome.result, node.kind, context);
  warnOfShape(fetched.info, node, context);
  context.on.step('storing', place, attempt);
  return keepResult(outcome.journalId, fetched, place, context.places, context);
}

/** Fetched by an earlier run, perhaps not stored: what is missing is done now, nothing is bought. */
async function salvage(
  outcome: Extract<CandidateOutcome, { kind: 'salvaged' }>,
  place: Place,
  { node }: PlannedNode,
  context: NodeContext,
): Promise<KeptOutput> {
  const { db, clock } = context;
  context.counts.salvaged++;
  const ext = outcome.file.slice(outcome.file.lastIndexOf('.') + 1);
  const inBooks = db.objects.bySha(outcome.sha256);
  const bytes = await context.disk.read(outcome.file);
  const file = context.places.candidate(place.row, place.candidate, ext);
  // It was found in the store: people look for it in Assets.
  if (bytes !== null && file !== outcome.file)
    await placeOnDisk(file, bytes, (hash) => db.objects.bySha(hash) !== null, context.disk);
  const object = inBooks ?? {
    sha256: outcome.sha256,
    ext,
    contentType: node.kind === 'video' ? 'video/mp4' : `image/${ext === 'jpg' ? 'jpeg' : ext}`,
    size: bytes?.byteLength ?? 0,
    file: outcome.file,
  };
  const { sha256, url: known } = outcome;
  if (known !== null) {
    await db.commits.write(() =>
      db.journal.step(outcome.journalId, { state: 'stored', url: known }, clock.now()),
    );
    return { url: known, file, sha256, ext, sent: Promise.resolve({ uploaded: false, url: known }) };
  }
  const key = context.places.key(place.row, place.candidate, sha256, ext);
  const { url, sent } = await context.keep({ ...object, file: outcome.file }, key, (at) =>
    db.journal.step(outcome.journalId, { state: 'stored', url: at }, clock.now()),
  );
  return { url, file, sha256, ext, sent };
}

/** Wrong values are replaced silently by some backends (glabs-api.md A4): the picture itself tells. */
function warnOfShape(
  info: { width: number; height: number },
  node: GenerationNode,
  context: NodeContext,
): void {
  const [across, down] = node.aspectRatio.split(':').map(Number);
  if (!across || !down || !info.width || !info.height) return;
  const off = Math.abs(info.width / info.height / (across / down) - 1);
  if (off > 0.1)
    context.on.notice(`${node.title}: asked for ${node.aspectRatio}, got ${info.width}×${info.height}.`);
}
