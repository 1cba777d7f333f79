import { FlowdeckError, fail } from '../../shared/failure.ts';
import { editWorkflow, setWorkflowName } from '../workflow/edit.ts';
import type { ExtraFields } from '../workflow/fields.ts';
import { decodeWorkflow, parseWorkflow, type Workflow } from '../workflow/read.ts';
import { type WipeCounts, wipeEdits } from '../workflow/wipe.ts';

/** How a backup's content has to be changed before it is written. */
export interface ContentWish {
  /** The file it becomes: for messages. */
  file: string;
  /** The name it is to have inside; null: whatever it has. */
  name: string | null;
  wipe: boolean;
  /** What is no workflow is refused, also where it is not to be wiped. */
  strict?: boolean;
  fields: ExtraFields;
}

export interface RestoredContent {
  data: Uint8Array;
  /** The name inside is another than it was. */
  renamed: boolean;
  /** Null: nothing was to be wiped. */
  wiped: (WipeCounts & { nodeIds: number[] }) | null;
}

/**
 * The content that is written in place of a workflow. What is no workflow stays as it is, byte for byte: somebody kept
 * it, and it is theirs to mend. To wipe it, or to be strict, is refused: `workflow-unreadable`. Pure.
 */
export function restoredContent(content: Uint8Array, wish: ContentWish): RestoredContent {
  const asItIs = { data: content, renamed: false, wiped: null };
  if (wish.name === null && !wish.wipe) return asItIs;
  const strict = wish.strict === true;
  // A backup is named as what it is: the file it would become may well be sound.
  const read = readable(content, strict ? wish : { ...wish, file: 'The backup' });
  if (read instanceof FlowdeckError) {
    if (strict) throw read;
    if (wish.wipe) {
      const cure = 'Use another one, or restore it without wiping.';
      throw fail(read.failure.code, read.failure.message, { cure });
    }
    return asItIs;
  }
  const found = wish.wipe ? wipeEdits(read, {}) : null;
  const text = editWorkflow(read.text, found?.edits ?? []);
  const named = wish.name === null || wish.name === read.name ? text : setWorkflowName(text, wish.name);
  return {
    data: named === read.text ? content : Buffer.from(named),
    renamed: named !== text,
    wiped: found === null ? null : { ...found.counts, nodeIds: found.nodeIds },
  };
}

/** The workflow in some bytes, or why there is none. `fields`: the setting `workflow.fields`. Pure. */
export function readable(
  content: Uint8Array,
  { file, fields }: Pick<ContentWish, 'file' | 'fields'>,
): Workflow | FlowdeckError {
  try {
    return parseWorkflow(decodeWorkflow(content, file), file, fields);
  } catch (error) {
    if (error instanceof FlowdeckError) return error;
    throw error;
  }
}
