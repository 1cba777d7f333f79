import { type ExtraFields, readField } from './fields.ts';
import type { WorkflowNode } from './read.ts';

/**
 * The person's pick at a gate as a row-major index from 0 into `gallery`: written as an index (a number or its
 * digits) or as a URL of the gallery. Null when there is none or it lies outside.
 */
export function readPick(
  gate: WorkflowNode,
  gallery: readonly (string | null)[],
  fields: ExtraFields = {},
): number | null {
  const value = readField(gate, 'pick', fields);
  let index: number = Number.NaN;
  if (typeof value === 'number') index = value;
  else if (typeof value === 'string' && /^\s*\d+\s*$/.test(value)) index = Number(value);
  else if (typeof value === 'string' && value !== '') index = gallery.indexOf(value);
  return Number.isInteger(index) && index >= 0 && index < gallery.length ? index + 0 : null;
}

export interface FrameQuestion {
  /** The person's pick, as readPick gives it. */
  pick: number | null;
  pictureRows: number;
  /** Candidates per row of pictures. */
  perRow: number;
  /** From 0. */
  videoRow: number;
  videoRows: number;
  /** Whether the candidate at a row-major index is there and passed review. */
  usable: (index: number) => boolean;
}

export type FrameAnswer = { index: number; by: 'person' | 'machine' } | { error: string } | null;

/**
 * Which candidate a row of a video starts from (behaviour.md §2): row r from row r's pick; one row of pictures
 * serves every row; a video of one row takes the pick whatever row it lies in, else the first row's. A pick belongs
 * to the row it lies in; other rows get the machine's, their first usable candidate. Null: nothing usable there.
 */
export function frameIndex(question: FrameQuestion): FrameAnswer {
  const { pick, pictureRows, perRow, videoRow, videoRows, usable } = question;
  if (rowsClash(pictureRows, videoRows)) {
    return { error: `The video has ${videoRows} rows, its pictures have ${pictureRows}.` };
  }
  if (pictureRows < 1 || videoRow < 0 || videoRow >= videoRows) return null;
  const pickRow = pick === null ? null : Math.floor(pick / perRow);
  let row = pictureRows === 1 ? 0 : videoRow;
  if (videoRows === 1) row = pickRow !== null && pick !== null && usable(pick) ? pickRow : 0;
  if (pick !== null && pickRow === row && row < pictureRows && usable(pick))
    return { index: pick, by: 'person' };
  for (let index = row * perRow; index < (row + 1) * perRow; index++) {
    if (usable(index)) return { index, by: 'machine' };
  }
  return null;
}

/** Two different numbers of rows above one cannot go together (behaviour.md §2). */
export const rowsClash = (pictureRows: number, videoRows: number): boolean =>
  pictureRows > 1 && videoRows > 1 && pictureRows !== videoRows;
