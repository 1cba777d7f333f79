import type { HistoryEntry, HistoryView, RestorePreview } from '../../../shared/history.ts';
import { counted, fileName } from '../../components/format.ts';
import { folderOf, nameOf } from './lineages.ts';

/** What a restore would do, as it is said before it is done. Pure. */

/** What a person chose in the dialog. */
export interface RestoreChoice {
  wipe: boolean;
  /** The file that is replaced. */
  target: string;
  /** A new file, written instead; null: the target is replaced. */
  copyTo: string | null;
}

/**
 * Files that an entry could replace: its own, where that is still there, then the one whose history is looked at, then
 * other versions that are live.
 */
export function restoreTargets(view: HistoryView, entry: HistoryEntry): string[] {
  const live = view.entries.filter((each) => each.live).map(({ workflow }) => workflow);
  const here = view.live === null && live.length > 0 ? [] : [view.path];
  const own = [...here, ...live].includes(entry.workflow) ? [entry.workflow] : [];
  return [...new Set([...own, ...here, ...live])];
}

/** Where a copy could go that nobody has yet, as far as is known: `XYZG3-V0-1-restored.nbflow`, `-restored-2` … */
export function freeCopy(target: string, taken: readonly string[]): string {
  const separator = target.includes('\\') ? '\\' : '/';
  const folder = folderOf(target);
  const there = new Set(taken.map((path) => path.toLowerCase()));
  for (let n = 1; ; n += 1) {
    const path = `${folder}${separator}${nameOf(target)}-restored${n === 1 ? '' : `-${n}`}.nbflow`;
    if (!there.has(path.toLowerCase())) return path;
  }
}

/** What will happen, in order, a sentence each. */
export function restoreSteps(preview: RestorePreview, choice: RestoreChoice): string[] {
  const { copyTo, target } = choice;
  const file = fileName(target);
  if (copyTo !== null) {
    return [
      `A new file is written: ${fileName(copyTo)}. ${file} stays as it is.`,
      ...outputWords(preview, choice.wipe),
    ];
  }
  if (preview.live === null) {
    return [
      `${file} is written where no file is now, so nothing has to be backed up.`,
      ...nameWords(preview),
      ...outputWords(preview, choice.wipe),
    ];
  }
  return [
    `First ${file} is backed up as it is now, as a backup before a restore.`,
    `Then ${file} is replaced. ${differenceWords(preview)}`,
    ...nameWords(preview),
    ...outputWords(preview, choice.wipe),
    'It can be undone: Undo puts back what is there now.',
  ];
}

const nameWords = ({ renamedTo }: RestorePreview): string[] =>
  renamedTo === null ? [] : [`It is of another version: the name inside becomes ${renamedTo}.`];

/** What is other than in the file now, and what output there is: `3 prompts; output of 6 nodes`. */
export function comparedWords(preview: RestorePreview): string {
  const { unreadable, identical, live, cachedNodes } = preview;
  if (unreadable !== null) return `cannot be told: ${unreadable}`;
  if (identical) return 'nothing: the file has the same content';
  const parts = differences(preview);
  const output =
    cachedNodes === 0 ? 'it has no output' : `it has the output of ${counted(cachedNodes, 'node')}`;
  if (live === null) return `no file is there; ${output}`;
  return `${parts.length === 0 ? 'prompts and references as now' : listed(parts)}; ${output}`;
}

function differenceWords(preview: RestorePreview): string {
  if (preview.unreadable !== null) return 'What is different cannot be told.';
  const parts = differences(preview);
  if (parts.length === 0) return 'Its prompts and references are the same as now.';
  return `Different from now: ${listed(parts)}.`;
}

function differences(preview: RestorePreview): string[] {
  const { promptsDiffer, referencesDiffer, nodesAdded, nodesRemoved } = preview;
  return [
    ...(promptsDiffer > 0 ? [counted(promptsDiffer, 'prompt')] : []),
    ...(referencesDiffer > 0 ? [counted(referencesDiffer, 'reference')] : []),
    ...(nodesAdded > 0 ? [`${counted(nodesAdded, 'node')} that come back`] : []),
    ...(nodesRemoved > 0 ? [`${counted(nodesRemoved, 'node')} that go`] : []),
  ];
}

function outputWords({ cachedNodes, unreadable }: RestorePreview, wipe: boolean): string[] {
  if (unreadable !== null) return [];
  if (cachedNodes === 0) return ['It has no output: the next run makes everything.'];
  const nodes = counted(cachedNodes, 'node');
  if (wipe) return [`The output of ${nodes} is cleared: the next run makes it again, which costs.`];
  return [`The output of ${nodes} comes with it: the next run makes only what does not fit.`];
}

/** Why wiping is suggested: `3 prompts differ; cached output may not match.` Null: it is not. */
export function wipeReason({
  wipeSuggested,
  promptsDiffer,
  referencesDiffer,
}: RestorePreview): string | null {
  if (!wipeSuggested) return null;
  const parts = [
    ...(promptsDiffer > 0 ? [counted(promptsDiffer, 'prompt')] : []),
    ...(referencesDiffer > 0 ? [counted(referencesDiffer, 'reference')] : []),
  ];
  const differ = promptsDiffer + referencesDiffer === 1 ? 'differs' : 'differ';
  const what = parts.length === 0 ? 'What the output was made from differs' : `${listed(parts)} ${differ}`;
  return `${what}; cached output may not match.`;
}

/** Why the button would do nothing, or nothing good; null: it can be pressed. */
export function refusal(preview: RestorePreview, choice: RestoreChoice): string | null {
  if (preview.problem !== null) return preview.problem;
  if (choice.copyTo !== null) return choice.copyTo.trim() === '' ? 'Say where the copy goes.' : null;
  if (preview.identical && !(choice.wipe && preview.cachedNodes > 0))
    return 'The file is like this already: nothing would change.';
  return null;
}

function listed(parts: readonly string[]): string {
  const [last, ...before] = parts.toReversed();
  return before.length === 0 ? (last ?? '') : `${before.toReversed().join(', ')} and ${last}`;
}
