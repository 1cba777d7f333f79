import type { GenerationKind, PlanReason } from '../../shared/domain.ts';
import type { Pixels } from '../platform/media.ts';
import type { SeenFile } from './file-look.ts';
import type { SeenObject } from './gather-store.ts';

/** Why something that was found for a place is not taken: ends of sentences that begin with `it`. */

/** What is known of the place. Times are milliseconds since the epoch. */
export interface PlaceFacts {
  kind: GenerationKind;
  aspectRatio: string;
  reason: PlanReason;
  /** When its prompt or references, or those of what it starts from, were last others. */
  changedAt: number | null;
  /** When the output it had was cleared. */
  clearedAt: number | null;
  /** When the pictures it starts from were made. */
  framesAt: number | null;
  /** Nothing is left of a node it starts from. */
  framesLost: boolean;
  now: number;
}

export function fileProblem(file: SeenFile, place: PlaceFacts): string | null {
  if (file.trouble !== null) return `it ${file.trouble}`;
  if (file.kind !== null && file.kind !== place.kind)
    return `it is a ${noun(file.kind)}, and a ${noun(place.kind)} was asked for`;
  return shapeProblem(file.pixels, place.aspectRatio) ?? timeProblem(file.modifiedAt, place);
}

export function objectProblem(object: SeenObject, place: PlaceFacts): string | null {
  if (object.size === 0) return 'it is empty';
  return timeProblem(object.modifiedAt, place);
}

const noun = (kind: GenerationKind): string => (kind === 'image' ? 'picture' : 'clip');

/** As much as the runner warns of. */
const OFF = 0.1;
/** Of a picture of a few pixels nothing can be said: rounding alone makes it another shape. */
const SMALLEST = 64;

/** Width divided by height; null: it cannot be told. */
export const shapeOf = (pixels: Pixels | null): number | null =>
  pixels === null || Math.min(pixels.width, pixels.height) < SMALLEST ? null : pixels.width / pixels.height;

function shapeProblem(pixels: Pixels | null, aspectRatio: string): string | null {
  const shape = shapeOf(pixels);
  const [across, down] = aspectRatio.split(':').map(Number);
  if (pixels === null || shape === null || !across || !down) return null;
  if (Math.abs(shape / (across / down) - 1) <= OFF) return null;
  return `it is ${pixels.width}×${pixels.height}, and ${aspectRatio} was asked for`;
}

/** Clocks of disks are coarse. */
const COARSE_MS = 2_000;

function timeProblem(madeAt: number | null, place: PlaceFacts): string | null {
  const { changedAt, clearedAt, framesAt } = place;
  if (place.reason.endsWith('changed')) return `it is older than a change of its node (${place.reason})`;
  if (place.reason === 'forced') return 'another one was asked for';
  if (place.framesLost) return 'what it was made from is not there any more';
  if (madeAt === null) {
    return changedAt === null && clearedAt === null
      ? null
      : 'it has no date, and its node had other output once';
  }
  if (madeAt > place.now + COARSE_MS) {
    if (changedAt === null && clearedAt === null) return null;
    return 'its date lies in the future, and its node had other output once';
  }
  if (changedAt !== null && madeAt < changedAt)
    return `it is older than ${dayTime(changedAt)}, when its prompt or a reference was another still`;
  if (clearedAt !== null && madeAt < clearedAt)
    return `it is of output that was cleared on ${dayTime(clearedAt)}`;
  if (framesAt !== null && framesAt <= place.now && madeAt + COARSE_MS < framesAt)
    return 'it is older than the picture it starts from';
  return null;
}

/** Local, to the minute. */
function dayTime(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
