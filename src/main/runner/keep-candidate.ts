import type { ErrorClass, GenerationKind } from '../../shared/domain.ts';
import { toFailure } from '../../shared/failure.ts';
import type { StoredFile } from '../db/objects.ts';
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
  /** Where it is another than that of its class. */
  cure?: string | undefined;
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
    const { class: errorClass, message, attempts, code, cure } = outcome;
    return { kind: 'failed', failure: { class: errorClass, message, attempts, row: place.row, code, cure } };
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

/** Fetched by an earlier run or found by recovery, perhaps not stored: what is missing is done now, nothing is bought. */
async function salvage(
  outcome: Extract<CandidateOutcome, { kind: 'salvaged' }>,
  place: Place,
  { node }: PlannedNode,
  context: NodeContext,
): Promise<KeptOutput> {
  const { db, clock, disk, places } = context;
  const { journalId, sha256, url: known } = outcome;
  const bytes = await disk.read(outcome.file);
  if (bytes === null || (await context.hash(bytes)) !== sha256)
    throw new DownloadProblem(`${outcome.file} was changed or removed just now.`);
  const object = db.objects.bySha(sha256) ?? (await objectOf(outcome, bytes, node.kind, context));
  const { ext } = object;
  const file = places.candidate(place.row, place.candidate, ext);
  // It was found in the store: people look for it in Assets.
  if (file !== outcome.file) await placeOnDisk(file, bytes, (hash) => db.objects.bySha(hash) !== null, disk);
  context.counts.salvaged++;
  const key = places.key(place.row, place.candidate, sha256, ext);
  if (known !== null) {
    // What lies in Assets may be edited by a person; what stands behind an address may not.
    const copy =
      db.objects.byUrl(known) === null ? await context.here.put({ ...object, key }, context.signal) : null;
    await db.commits.write(() => {
      if (copy !== null) db.objects.put({ ...object, file: copy.file ?? object.file }, known);
      db.journal.step(journalId, { state: 'stored', url: known }, clock.now());
    });
    return { url: known, file, sha256, ext, sent: Promise.resolve({ uploaded: false, url: known }) };
  }
  const { url, sent } = await context.keep({ ...object, file: outcome.file }, key, (at) =>
    db.journal.step(journalId, { state: 'stored', url: at }, clock.now()),
  );
  return { url, file, sha256, ext, sent };
}

/** What a file is by its own bytes: its name may come from another tool. */
async function objectOf(
  { sha256, file }: Extract<CandidateOutcome, { kind: 'salvaged' }>,
  bytes: Uint8Array,
  kind: GenerationKind,
  { inspect }: NodeContext,
): Promise<StoredFile> {
  const info = await inspect(bytes).catch((error: unknown) => {
    throw new DownloadProblem(`${file} cannot be taken: ${toFailure(error).message}`);
  });
  if (info.kind !== kind)
    throw new DownloadProblem(`${file} is ${info.contentType}, not what is wanted here.`);
  return { sha256, ext: info.ext, contentType: info.contentType, size: bytes.byteLength, file };
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
