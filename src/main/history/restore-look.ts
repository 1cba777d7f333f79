import { FlowdeckError } from '../../shared/failure.ts';
import type { RestorePreview } from '../../shared/history.ts';
import { diffWorkflows } from '../workflow/diff.ts';
import { savedUrls } from '../workflow/fields.ts';
import type { Workflow } from '../workflow/read.ts';
import { type ContentWish, readable, restoredContent } from './restored-content.ts';

/** What of a preview is read out of the two files. */
export type RestoreFacts = Pick<
  RestorePreview,
  | 'identical'
  | 'renamedTo'
  | 'promptsDiffer'
  | 'referencesDiffer'
  | 'nodesAdded'
  | 'nodesRemoved'
  | 'cachedNodes'
  | 'wipeSuggested'
  | 'unreadable'
>;

/**
 * What would change if this content were put in place of `live` (null: no file is there). Wiping is suggested when there
 * is cached output and prompts or references are others than in the file (manual, "When you need to wipe cache"). Pure.
 */
export function restoreFacts(
  content: Uint8Array,
  live: Uint8Array | null,
  wish: Omit<ContentWish, 'wipe'>,
): RestoreFacts {
  const { data } = restoredContent(content, { ...wish, wipe: false });
  const identical = live !== null && Buffer.compare(data, live) === 0;
  // Named as what it is: the file it would become may well be sound.
  const backup = readable(content, { ...wish, file: 'The backup' });
  if (backup instanceof FlowdeckError) {
    return { ...NOTHING_KNOWN, identical, unreadable: backup.failure.message };
  }
  const differ = differences(live === null || identical ? null : readable(live, wish), backup);
  const cachedNodes = backup.tabs
    .flatMap(({ nodes }) => nodes)
    .filter((node) => hasOutput(node, backup)).length;
  return {
    ...differ,
    identical,
    renamedTo: wish.name === backup.name ? null : wish.name,
    cachedNodes,
    wipeSuggested: cachedNodes > 0 && differ.promptsDiffer + differ.referencesDiffer > 0,
    unreadable: null,
  };
}

/** Of a backup that cannot be read. */
export const NOTHING_KNOWN: RestoreFacts = {
  identical: false,
  renamedTo: null,
  promptsDiffer: 0,
  referencesDiffer: 0,
  nodesAdded: 0,
  nodesRemoved: 0,
  cachedNodes: 0,
  wipeSuggested: false,
  unreadable: null,
};

/** With a file that is not there, or that nobody can read, there is nothing to compare. */
function differences(live: Workflow | FlowdeckError | null, backup: Workflow) {
  if (live === null || live instanceof FlowdeckError) {
    return { promptsDiffer: 0, referencesDiffer: 0, nodesAdded: 0, nodesRemoved: 0 };
  }
  const { prompts, references, added, removed } = diffWorkflows(live, backup).totals;
  return { promptsDiffer: prompts, referencesDiffer: references, nodesAdded: added, nodesRemoved: removed };
}

const hasOutput = (node: Workflow['tabs'][number]['nodes'][number], { fields }: Workflow): boolean =>
  (node.kind === 'image' || node.kind === 'video') && savedUrls(node, fields).some((url) => url !== null);
