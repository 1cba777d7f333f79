import { errorWords } from '../../shared/error-words.ts';
import type { AttemptView, CandidateView, RunNodeView, RunSummary } from '../../shared/run-view.ts';
import type { JournalRow, JournalState } from '../db/journal.ts';
import type { RunSums } from '../db/run-journal.ts';
import { emptyCandidate } from './live-view.ts';
import { PARKED_CURE } from './submission.ts';

/**
 * The record of a run that wrote none itself, since its process died or is another one: what it was at its start,
 * folded with its journal rows. Pure.
 */

/** How far a request had come, as a candidate shows it. */
const shown: Record<JournalState, CandidateView['state']> = {
  intent: 'submitting',
  submitted: 'generating',
  completed: 'downloading',
  downloaded: 'storing',
  stored: 'done',
  written: 'done',
  failed: 'failed',
  timeout: 'failed',
  cancelled: 'failed',
  parked: 'failed',
  // To be made again, or never begun.
  lost: 'waiting',
  unsent: 'waiting',
};

/** What nothing more comes of. */
const ended = new Set<JournalState>([
  'stored',
  'written',
  'failed',
  'timeout',
  'cancelled',
  'parked',
  'lost',
  'unsent',
]);

/** A summary from the start of a run with what its journal says. */
export const withSums = (summary: RunSummary, sums: RunSums | null): RunSummary =>
  sums === null
    ? summary
    : {
        ...summary,
        done: Math.max(summary.done, sums.done),
        total: Math.max(summary.total, sums.done),
        costUSD: Math.round(sums.costUSD * 1e6) / 1e6,
        counts: {
          ...summary.counts,
          submitted: sums.submitted,
          lost: sums.lost,
          salvaged: sums.salvaged,
          reattached: sums.reattached,
          generated: sums.generated,
          failed: sums.failed,
        },
      };

/** A node of it. `rows`: oldest first, all that the run has touched there. `media`: under which id the window finds a file. */
export function deadNode(
  first: RunNodeView,
  rows: readonly JournalRow[],
  { runId, startedAt }: Pick<RunSummary, 'runId' | 'startedAt'>,
  media: (sha256: string, file: string) => string | null,
): RunNodeView {
  const wanted = first.candidates.some((candidate) => candidate.state === 'waiting');
  if (rows.length === 0)
    return first.state === 'waiting' && !wanted ? { ...first, state: 'skipped', note: first.reason } : first;
  const candidates = rows.reduce((list, row) => withRow(list, row, media), first.candidates);
  const attempts = attemptsOf(rows, runId, startedAt);
  const node = { ...first, candidates, attempts, attempt: Math.max(...rows.map((row) => row.attempt)) };
  const last = rows.reduce((a, b) => (b.changedAt >= a.changedAt ? b : a));
  const began = attempts.map(({ queuedAt }) => queuedAt).sort()[0] ?? null;
  return {
    ...node,
    ...standing(node, rows),
    startedAt: began,
    finishedAt: over(node) ? iso(last.changedAt) : null,
  };
}

/** Where a node stands by its candidates. */
function standing(
  { candidates, rows: count }: RunNodeView,
  rows: readonly JournalRow[],
): Pick<RunNodeView, 'state' | 'error' | 'short' | 'note'> {
  const plain = { error: null, short: false, note: null };
  const open = candidates.filter(({ state }) => inWork.has(state));
  const [latest] = open.slice(-1);
  if (latest) return { ...plain, state: nodeStates[latest.state] ?? 'generating' };
  const done = candidates.filter(({ state }) => state === 'done' || state === 'cached');
  const waiting = candidates.some(({ state }) => state === 'waiting');
  if (waiting) return { ...plain, state: 'waiting', note: `${done.length} of ${candidates.length}` };
  const failed = rows.findLast((row) => shown[row.state] === 'failed');
  const empty = Array.from({ length: count }, (_, i) => i + 1).some((row) =>
    done.every((one) => one.row !== row),
  );
  if (!failed || !empty) return { ...plain, state: 'done', short: done.length < candidates.length };
  const error = failed.errorClass ?? 'api_error';
  const attempts = Math.max(...rows.map((row) => row.attempt));
  return {
    ...plain,
    state: 'failed',
    error: {
      error,
      message: failed.message ?? errorWords[error].cause,
      attempts,
      cure: failed.state === 'parked' ? PARKED_CURE : errorWords[error].cure,
    },
  };
}

const inWork = new Set<CandidateView['state']>(['submitting', 'generating', 'downloading', 'storing']);
const nodeStates: Partial<Record<CandidateView['state'], RunNodeView['state']>> = {
  submitting: 'submitting',
  generating: 'generating',
  downloading: 'downloading',
  storing: 'storing',
};

const over = ({ candidates }: RunNodeView): boolean =>
  candidates.every(({ state }) => state !== 'waiting' && !inWork.has(state));

function withRow(
  candidates: CandidateView[],
  row: JournalRow,
  media: (sha256: string, file: string) => string | null,
): CandidateView[] {
  const at = candidates.findIndex((one) => one.row === row.row && one.candidate === row.candidate);
  const before = candidates[at] ?? emptyCandidate(row.row, row.candidate);
  const state = shown[row.state];
  const { taskId, attempt, message, url, file, sha256 } = row;
  const here = state === 'storing' || state === 'done';
  const output =
    here && file !== null && sha256 !== null ? { url, file, sha256, media: media(sha256, file) } : {};
  const now: CandidateView = { ...before, ...output, state, taskId, attempt, message: here ? null : message };
  return at < 0 ? [...candidates, now] : candidates.with(at, now);
}

/** Each request as a bar of the timeline; one of an earlier run begins with this one, which went on with it. */
function attemptsOf(rows: readonly JournalRow[], runId: string, startedAt: string): AttemptView[] {
  const before = new Map<string, number>();
  return rows
    .filter((row) => row.attempt > 0 && row.state !== 'unsent')
    .map((row): AttemptView => {
      const place = `${row.row}/${row.candidate}`;
      const attempt = (before.get(place) ?? 0) + 1;
      before.set(place, attempt);
      const own = row.runId === runId;
      return {
        row: row.row,
        candidate: row.candidate,
        attempt,
        queuedAt: own ? iso(row.intentAt) : startedAt,
        submittedAt: !own ? startedAt : row.submittedAt === null ? null : iso(row.submittedAt),
        endedAt: ended.has(row.state) ? iso(row.changedAt) : null,
        outcome: outcomeOf(row.state),
        taskId: row.taskId,
        message: shown[row.state] === 'done' ? null : row.message,
      };
    });
}

function outcomeOf(state: JournalState): AttemptView['outcome'] {
  if (state === 'lost') return 'lost';
  if (shown[state] === 'failed') return 'failed';
  return shown[state] === 'done' ? 'done' : 'working';
}

const iso = (ms: number): string => new Date(ms).toISOString();
