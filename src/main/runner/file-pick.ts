import { fail } from '../../shared/failure.ts';
import { realPathOf } from '../platform/held-file.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { galleryUrls } from '../workflow/fields.ts';
import { type GenerationNode, generationNodes } from '../workflow/generation.ts';
import { readPick } from '../workflow/picks.ts';
import type { Workflow, WorkflowNode } from '../workflow/read.ts';
import { editFile, type FileEditDeps } from './file-edit.ts';
import { putInUse } from './late-pick.ts';
import { pickEdit } from './node-edits.ts';
import { rowLength } from './plan.ts';

/** A person's choice at a gate. Row and candidate count from 1; without a row there is only one. */
export interface PickWish {
  gate: number;
  candidate: number;
  row?: number | undefined;
}

export interface Picked {
  gate: number;
  row: number;
  candidate: number;
  url: string;
  /** The pick it takes the place of, in another row: the file has one pick for a gate. */
  replaced: { row: number; candidate: number } | null;
}

/**
 * Writes a pick into the workflow file, also while a run has it: that run sees the pick there and goes on. The picked
 * file comes into use (`scene03.png`). Rejects with `not-found` for a gate or candidate that is not there, `usage` where
 * the row must be named, and as openWorkflow does.
 */
export async function pickInFile(path: string, wish: PickWish, deps: FileEditDeps): Promise<Picked> {
  const real = await realPathOf(path, deps.disk);
  const { picked, inUse, workflow } = await editFile(
    real,
    'pick',
    ({ workflow }) => {
      const { gate, index, ...more } = choosePick(workflow, wish);
      const text = editWorkflow(workflow.text, [pickEdit(workflow, gate, index, more.picked.url)]);
      return { text, result: { ...more, workflow } };
    },
    deps,
  );
  for (const { nodeId, row, url } of inUse) await putInUse(workflow, real, nodeId, row, url, deps);
  return picked;
}

interface Choice {
  gate: WorkflowNode;
  /** From 0, in the gallery. */
  index: number;
  picked: Picked;
  /** Which picture is in use now, for each row whose picture may have changed. */
  inUse: { nodeId: number; row: number; url: string }[];
}

/** What a wish means in this file. Pure. */
export function choosePick(workflow: Workflow, wish: PickWish): Choice {
  const where = workflow.file;
  const gate = workflow.nodes.get(wish.gate);
  if (gate?.kind !== 'gate') {
    throw fail('not-found', `There is no gate ${wish.gate} in this workflow.`, {
      where,
      cure: gatesInWords(workflow),
    });
  }
  const feeder = generationNodes(workflow).find((node) => node.gates.includes(gate.id));
  const shown = galleryUrls(gate, workflow.fields);
  const gallery = shown.length > 0 ? shown : (feeder?.saved ?? []);
  const rows = Math.max(1, feeder?.prompts.length ?? 1);
  if (wish.row === undefined && rows > 1) {
    throw fail('usage', `Gate ${gate.id} has ${rows} rows: say which one.`, {
      where,
      cure: `Add --row, from 1 to ${rows}.`,
    });
  }
  const row = wish.row ?? 1;
  const perRow = feeder ? rowLength(feeder, gallery) : gallery.length;
  const index = (row - 1) * perRow + wish.candidate - 1;
  const url = row <= rows && wish.candidate <= perRow ? (gallery[index] ?? null) : null;
  if (url === null) {
    throw fail(
      'not-found',
      `There is no candidate ${wish.candidate}${rows > 1 ? ` in row ${row}` : ''} at gate ${gate.id}.`,
      { where, cure: candidatesInWords(gallery, rows, perRow) },
    );
  }
  const before = readPick(gate, gallery, workflow.fields);
  const rowBefore = before === null ? row : Math.floor(before / perRow) + 1;
  const replaced =
    before === null || rowBefore === row ? null : { row: rowBefore, candidate: (before % perRow) + 1 };
  const picked = { gate: gate.id, row, candidate: wish.candidate, url, replaced };
  return { gate, index, picked, inUse: feeder ? inUseNow(feeder, gallery, perRow, picked) : [] };
}

/** The picked picture in its row; in the row that lost its pick the machine's, its first. */
function inUseNow(
  { nodeId }: GenerationNode,
  gallery: readonly (string | null)[],
  perRow: number,
  { row, url, replaced }: Picked,
): Choice['inUse'] {
  const picked = { nodeId, row, url };
  if (replaced === null) return [picked];
  const start = (replaced.row - 1) * perRow;
  const first = gallery.slice(start, start + perRow).find((entry) => entry !== null);
  return first ? [{ nodeId, row: replaced.row, url: first }, picked] : [picked];
}

/** More than this nobody reads in one sentence. */
const GATES_NAMED = 24;

function gatesInWords({ nodes }: Workflow): string {
  const gates = [...nodes.values()].filter(({ kind }) => kind === 'gate');
  if (gates.length === 0) return 'The workflow has no gate (Approve node) to pick at.';
  const named = gates.slice(0, GATES_NAMED).map(({ id, title }) => (title ? `${id} (${title})` : `${id}`));
  const more = gates.length - named.length;
  return `Its gates: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function candidatesInWords(gallery: readonly (string | null)[], rows: number, perRow: number): string {
  if (gallery.every((url) => url === null)) return 'Run the workflow first: its gallery is empty.';
  const candidates = Math.min(perRow, gallery.length);
  return `Its gallery has ${rows > 1 ? `${rows} rows, with ` : ''}candidates 1 to ${candidates}${rows > 1 ? ' each' : ''}.`;
}
