import type { PlanReason } from '../../../shared/domain.ts';
import type { CandidateView, RunNodeView, RunNotice, RunSummary } from '../../../shared/run-view.ts';
import { counted } from '../../components/format.ts';
import { type Marked, nodeMark } from '../../components/marks.ts';
import { NOT_REACHED, PICKED_SINCE, STOPPED } from './ended-run.ts';

/** What the Run screen says, in words. Pure. */

const reasons: Record<Exclude<PlanReason, `blocked by ${number}`>, string> = {
  cached: 'Reused: its output is there and still fits.',
  missing: 'To generate: it had no output.',
  'prompt changed': 'To generate again: its prompt has changed.',
  'reference changed': 'To generate again: a reference has changed.',
  'model changed': 'To generate again: its output came from another model.',
  'frame changed': 'To generate again: the picture it starts from has changed.',
  forced: 'To generate again: this was asked for.',
  partial: 'To complete: some of its candidates were missing.',
  'stale url': 'To complete: the address of a candidate no longer answered.',
  'not wanted (images mode)': 'Left out: this run makes images only.',
};

/** The note of a node that a re-roll leaves alone and that has no output (runner/opening.ts). */
export const NOT_ASKED = 'not asked for';

/** Why the plan did with a node what it did (behaviour.md §4). */
export function reasonWords(reason: PlanReason): string {
  if (reason in reasons) return reasons[reason as keyof typeof reasons];
  return `Left out: it needs node ${reason.replace('blocked by ', '')}, which cannot be generated.`;
}

/** Candidates there, of those the node should have. */
export function candidateProgress(node: RunNodeView): { done: number; total: number } {
  const done = node.candidates.filter(({ state }) => state === 'done' || state === 'cached').length;
  return { done, total: Math.max(node.rows * node.perRow, node.candidates.length) };
}

/** Notes that say all there is to say. */
const leftBehind = new Set([STOPPED, NOT_REACHED, PICKED_SINCE]);

const placing = new Set<RunNodeView['state']>(['submitting', 'downloading', 'storing']);

/**
 * A node's state with its count: `generating 2 of 4`. Its candidates go their own ways, so while one is with G-Labs
 * the node generates, whatever step another is at: the word would flicker else.
 */
export function nodeWords(node: RunNodeView): Marked {
  const { mark, word } = nodeMark(node.state);
  const { done, total } = candidateProgress(node);
  const count = total > 1 ? ` ${done} of ${total}` : '';
  if (mark === 'working') {
    const generating = placing.has(node.state) && node.candidates.some(({ state }) => state === 'generating');
    return { mark, word: `${generating ? 'generating' : word}${count}` };
  }
  if (mark === 'skipped' && node.note !== null && leftBehind.has(node.note)) return { mark, word: node.note };
  if (mark === 'done' && node.short) return { mark, word: `${word}, ${done} of ${total}` };
  return { mark, word };
}

const candidateWords: Record<CandidateView['state'], Marked> = {
  missing: { mark: 'skipped', word: 'not there' },
  waiting: { mark: 'waiting', word: 'waiting' },
  submitting: { mark: 'working', word: 'submitting' },
  generating: { mark: 'working', word: 'generating' },
  downloading: { mark: 'working', word: 'downloading' },
  storing: { mark: 'working', word: 'storing' },
  done: { mark: 'done', word: 'done' },
  cached: { mark: 'cached', word: 'cached' },
  failed: { mark: 'failed', word: 'failed' },
};

/** How one candidate's state is shown; in a node that is over, what did not begin will not come. */
export function candidateMark(candidate: CandidateView, node: Pick<RunNodeView, 'state'>): Marked {
  const over = node.state === 'failed' || node.state === 'skipped' || node.state === 'done';
  if (over && candidate.state === 'waiting') return candidateWords.missing;
  return candidateWords[candidate.state];
}

const journalWords: Record<string, string> = {
  intent: 'about to be submitted',
  submitted: 'submitted',
  completed: 'generated',
  downloaded: 'downloaded',
  stored: 'stored',
  written: 'written into the workflow',
  unsent: 'never arrived at G-Labs',
  failed: 'failed',
  timeout: 'took too long; may have been paid for',
  lost: 'lost; may have been paid for',
  cancelled: 'cancelled',
  parked: 'waits for a person: G-Labs cannot say what became of it',
};

/** A state of the journal (behaviour.md §7); one this window does not know is shown as it is. */
export function journalWord(state: string): string {
  return journalWords[state] ?? state;
}

/** What is new since a summary was last told: nodes that ended or wait for a person. Empty when nothing is. */
export function newsSince(
  told: ReadonlyMap<number, RunNodeView['state']>,
  nodes: readonly RunNodeView[],
): string {
  const changed = nodes.filter((node) => told.get(node.nodeId) !== node.state);
  const ended = (state: RunNodeView['state']) => changed.filter((node) => node.state === state);
  const named = (members: readonly RunNodeView[], word: string) => {
    if (members.length === 0) return [];
    const names = members.length > 3 ? counted(members.length, 'node') : members.map(nodeName).join(', ');
    return [`${names} ${word}`];
  };
  const parts = [
    ...named(ended('done'), 'done'),
    ...named(ended('failed'), 'failed'),
    ...named(ended('held'), 'waiting for your pick'),
  ];
  return parts.length === 0 ? '' : `${parts.join('. ')}.`;
}

/** A node in a few words: `Scene 3 image`. */
export function nodeName(node: Pick<RunNodeView, 'scene' | 'kind'>): string {
  return `Scene ${node.scene} ${node.kind}`;
}

/** A run that goes on and waits for picks, in two sentences; null when it does not wait. */
export function waitWords(
  run: Pick<RunSummary, 'status' | 'live' | 'picksOpen'>,
): { waits: string; next: string } | null {
  if (run.status !== 'held' || !run.live || run.picksOpen === 0) return null;
  return { waits: `Waits for ${counted(run.picksOpen, 'pick')}.`, next: 'It goes on by itself.' };
}

/** Outputs that have yet to reach their store: `12 uploads left`. */
export const uploadWords = (run: Pick<RunSummary, 'uploadsWaiting'>): string =>
  `${counted(run.uploadsWaiting, 'upload')} left`;

/** The message of a run that a person cancelled. */
export const CANCELLED = 'Cancelled.';

/** What G-Labs was last heard to have trouble with; null when it was back, or there was none. */
export function lastTrouble(notices: readonly RunNotice[]): string | null {
  const last = notices.findLast(
    ({ nodeId, message }) => nodeId === null && /^(G-Labs|The tunnel) /.test(message),
  );
  return last === undefined || /^(G-Labs|The tunnel) is back/.test(last.message) ? null : last.message;
}
