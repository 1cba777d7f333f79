import type { NodeState } from '../../shared/domain.ts';
import type { RunEvent } from '../../shared/run-events.ts';
import {
  type CandidateView,
  mergeOutages,
  type RunChange,
  type RunNodeView,
  type RunSummary,
  type RunView,
} from '../../shared/run-view.ts';
import { attemptsAfter } from './attempts-view.ts';
import { USUAL_S } from './costs.ts';
import { backWords, downWords, outageChange } from './outage-view.ts';

/** Candidates whose work is over for this run. */
const settled = new Set<CandidateView['state']>(['done', 'failed']);

/**
 * What an event changes in a run's view. Pure: the live view of the window and the record afterwards are folds of the
 * same events. `media` says under which id the window finds a stored candidate.
 */
export function changeFor(
  view: RunView,
  event: RunEvent,
  media: (sha256: string, file: string) => string | null,
): RunChange {
  const change = { ...stateChange(view, event, media), ...outageChange(view.outages, event) };
  if (!change.nodes) return change;
  return {
    ...change,
    nodes: change.nodes.map((node) => {
      const attempts = attemptsAfter(node.attempts, event);
      return attempts === node.attempts ? node : { ...node, attempts };
    }),
  };
}

function stateChange(
  view: RunView,
  event: RunEvent,
  media: (sha256: string, file: string) => string | null,
): RunChange {
  switch (event.type) {
    case 'node.state':
      return nodeChange(view, event.nodeId, (node) => withState(node, event));
    case 'task.submitted':
    case 'task.reattached':
      return nodeChange(view, event.nodeId, (node) =>
        withCandidate(node, event.row, event.candidate, {
          taskId: event.taskId,
          state: 'generating',
          attempt: event.attempt,
        }),
      );
    case 'candidate.stored': {
      const { url, file, sha256 } = event;
      const stored = { state: 'done' as const, url, file, sha256, media: media(sha256, file), message: null };
      return nodeChange(view, event.nodeId, (node) =>
        withCandidate(node, event.row, event.candidate, stored),
      );
    }
    case 'node.failed': {
      const { error, message, attempts, cure } = event;
      return nodeChange(view, event.nodeId, (node) => ({
        ...node,
        state: 'failed',
        error: { error, message, attempts, cure },
        finishedAt: event.at,
      }));
    }
    case 'run.notice':
      return { notices: [{ at: event.at, message: event.message, nodeId: event.nodeId ?? null }] };
    case 'backend.down':
      return {
        notices: [{ at: event.at, message: downWords(event), nodeId: null }],
      };
    case 'backend.up':
      return {
        summary: { ...view.summary, server: event.server },
        notices: [{ at: event.at, message: backWords(view, event), nodeId: null }],
      };
    case 'run.status':
      return { summary: { ...view.summary, status: event.status, concurrency: event.concurrency } };
    case 'run.finished':
      return {
        summary: {
          ...view.summary,
          status: event.status,
          finishedAt: event.at,
          counts: event.counts,
          costUSD: event.costUSD,
          savedUSD: event.savedUSD,
          output: event.output,
          errorsFile: event.errorsFile,
          message: event.message ?? null,
          etaS: null,
          live: false,
        },
      };
    case 'run.started':
    case 'review.verdict':
      return {};
  }
}

const IN_WORK = new Set<NodeState>([
  'uploading-refs',
  'submitting',
  'generating',
  'downloading',
  'reviewing',
  'rerolling',
  'storing',
]);

function withState(node: RunNodeView, event: Extract<RunEvent, { type: 'node.state' }>): RunNodeView {
  const { row, candidate, attempt } = event;
  // One candidate that failed or begins anew is not the end of the node: the others go on.
  const ofOne = candidate !== undefined && (event.state === 'failed' || event.state === 'waiting');
  const state = ofOne ? node.state : event.state;
  const ended =
    state === 'done' || state === 'failed' || state === 'skipped' || state === 'cached' || state === 'held';
  const next: RunNodeView = {
    ...node,
    state,
    note: candidate === undefined ? (event.reason ?? null) : node.note,
    short: event.short ?? node.short,
    attempt: Math.max(node.attempt, attempt ?? 0),
    startedAt: node.startedAt ?? (IN_WORK.has(state) ? event.at : null),
    finishedAt: ended ? event.at : null,
  };
  if (row === undefined || candidate === undefined) return next;
  const shown = candidateState(event.state);
  return shown === null
    ? next
    : withCandidate(next, row, candidate, {
        state: shown,
        message: event.reason ?? null,
        ...(attempt === undefined ? {} : { attempt }),
      });
}

function candidateState(state: NodeState): CandidateView['state'] | null {
  switch (state) {
    case 'submitting':
    case 'generating':
    case 'downloading':
    case 'storing':
    case 'failed':
    case 'waiting':
      return state;
    case 'rerolling':
      return 'submitting';
    default:
      return null;
  }
}

function withCandidate(
  node: RunNodeView,
  row: number,
  candidate: number,
  change: Partial<CandidateView>,
): RunNodeView {
  const there = node.candidates.some((entry) => entry.row === row && entry.candidate === candidate);
  const candidates = there
    ? node.candidates.map((entry) =>
        entry.row === row && entry.candidate === candidate ? { ...entry, ...change } : entry,
      )
    : [...node.candidates, { ...emptyCandidate(row, candidate), ...change }];
  return { ...node, candidates };
}

export const emptyCandidate = (row: number, candidate: number): CandidateView => ({
  row,
  candidate,
  state: 'waiting',
  attempt: 0,
  media: null,
  url: null,
  file: null,
  sha256: null,
  taskId: null,
  message: null,
});

function nodeChange(view: RunView, nodeId: number, change: (node: RunNodeView) => RunNodeView): RunChange {
  const node = view.nodes.find((entry) => entry.nodeId === nodeId);
  return node ? { nodes: [change(node)] } : {};
}

/** Joins changes into one that does the same: later nodes and summaries win, notices add up. */
export function joinChanges(changes: readonly RunChange[]): RunChange {
  const nodes = new Map<number, RunNodeView>();
  const joined: RunChange = {};
  for (const change of changes) {
    if (change.summary) joined.summary = change.summary;
    for (const node of change.nodes ?? []) nodes.set(node.nodeId, node);
    if (change.notices) joined.notices = [...(joined.notices ?? []), ...change.notices];
    if (change.outages) joined.outages = mergeOutages(joined.outages ?? [], change.outages);
  }
  if (nodes.size > 0) joined.nodes = [...nodes.values()];
  return joined;
}

/** Nodes that will make nothing more, whatever their candidates say. */
const over = new Set<NodeState>(['done', 'cached', 'failed', 'skipped', 'held']);

/** What is counted beside the view. */
export type RunSums = Pick<RunSummary, 'counts' | 'costUSD' | 'savedUSD' | 'uploadsWaiting'>;

/** Progress, time left and what needs a person, from the view and the money so far. */
export function summarise(view: RunView, sums: RunSums, elapsedMs: number): RunSummary {
  // A clip takes several times as long as a picture: what is done and what is left are weighed by kind.
  let done = 0;
  let work = 0;
  let left = 0;
  for (const { kind, state: standing, candidates } of view.nodes) {
    for (const { state } of candidates) {
      if (settled.has(state)) {
        done++;
        work += USUAL_S[kind];
      } else if (state !== 'cached' && state !== 'missing' && !over.has(standing)) left += USUAL_S[kind];
    }
  }
  const total = Math.max(view.summary.total, done);
  return {
    ...view.summary,
    ...sums,
    done,
    total,
    etaS:
      work === 0 || view.summary.finishedAt !== null || view.summary.status === 'held'
        ? null
        : Math.round((left / work) * (elapsedMs / 1000)),
    picksOpen: picksOpen(view),
  };
}

/** Gates at which something waits for a person. */
const picksOpen = (view: RunView): number =>
  view.nodes.reduce((sum, node) => sum + node.gates.filter((gate) => gate.held).length, 0);
