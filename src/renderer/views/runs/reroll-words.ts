import type { RerollTarget } from '../../../shared/domain.ts';
import type { RunNodeView, RunSummary } from '../../../shared/run-view.ts';
import { counted, money } from '../../components/format.ts';
import { nodeMark } from '../../components/marks.ts';
import { isThere } from './picks.ts';
import { nodeName } from './run-words.ts';

/** What can be made anew, what that takes, and how it is said. Pure. */

type Nodes = ReadonlyMap<number, RunNodeView>;

/** Why nothing of a run can be re-rolled from this window; null when it can. */
export function whyNoRerolls(run: Pick<RunSummary, 'live' | 'finishedAt' | 'status'>): string | null {
  if (run.finishedAt === null && !run.live) return 'This run goes on in another Flowdeck: re-roll it there.';
  return run.status === 'stopping' ? 'The run is stopping: re-roll when it has ended.' : null;
}

/** Why a node cannot be re-rolled now, in words; null when it can. `nodes` are all of the run, by id. */
export function whyNoReroll(
  node: RunNodeView,
  nodes: Nodes,
  run: Pick<RunSummary, 'live' | 'finishedAt' | 'status'>,
): string | null {
  const never = whyNoRerolls(run);
  if (never !== null) return never;
  if (node.prompts.length === 0) return 'It has no prompt.';
  if (node.state === 'held') return 'It waits for your pick first.';
  const { mark } = nodeMark(node.state);
  if (mark === 'working') return 'It is being made just now.';
  if (mark === 'waiting') return 'Its turn in this run is still to come.';
  const lacking = node.needs
    .flatMap((id) => nodes.get(id) ?? [])
    .find((need) => !need.candidates.some(isThere));
  return lacking ? `It needs ${nodeName(lacking)}, which has no output: make that first.` : null;
}

/**
 * What "make it again" means for a node: all of it; of one that failed only what is not there, since the rest is
 * paid for and good.
 */
export function targetsOf(node: RunNodeView): RerollTarget[] {
  const { nodeId, rows, perRow, candidates } = node;
  if (node.state !== 'failed' || !candidates.some(isThere)) return [{ nodeId }];
  const there = new Set(candidates.filter(isThere).map((each) => `${each.row}.${each.candidate}`));
  return Array.from({ length: rows * perRow }, (_, i) => ({
    nodeId,
    row: Math.floor(i / perRow) + 1,
    candidate: (i % perRow) + 1,
  })).filter(({ row, candidate }) => !there.has(`${row}.${candidate}`));
}

/** Candidates that targets of one node come to. */
export function candidatesOf(node: RunNodeView, targets: readonly RerollTarget[]): number {
  const whole = targets.some((target) => target.row === undefined && target.candidate === undefined);
  return whole ? node.rows * node.perRow : targets.length;
}

export interface Selected {
  /** Nodes that can be re-rolled now, and those that cannot. */
  ready: readonly RunNodeView[];
  leftOut: number;
  targets: RerollTarget[];
  candidates: number;
  /** US dollars; null where the price of one of them is not known. */
  costUSD: number | null;
}

/** What a re-roll of several nodes comes to. `prices` are US dollars for one candidate, by node. */
export function sumUp(
  chosen: readonly RunNodeView[],
  nodes: Nodes,
  run: Pick<RunSummary, 'live' | 'finishedAt' | 'status'>,
  prices: ReadonlyMap<number, number>,
): Selected {
  const ready = chosen.filter((node) => whyNoReroll(node, nodes, run) === null);
  const parts = ready.map((node) => {
    const targets = targetsOf(node);
    const candidates = candidatesOf(node, targets);
    const price = prices.get(node.nodeId);
    return { targets, candidates, costUSD: price === undefined ? null : price * candidates };
  });
  return {
    ready,
    leftOut: chosen.length - ready.length,
    targets: parts.flatMap(({ targets }) => targets),
    candidates: parts.reduce((sum, { candidates }) => sum + candidates, 0),
    costUSD: parts.some(({ costUSD }) => costUSD === null)
      ? null
      : parts.reduce((sum, { costUSD }) => sum + (costUSD ?? 0), 0),
  };
}

/** `4 images, about $0.16`; without a price where none is known. */
export function amountWords(
  kind: RunNodeView['kind'] | null,
  candidates: number,
  costUSD: number | null,
): string {
  const one = kind === null ? 'candidate' : kind === 'image' ? 'image' : 'clip';
  return `${counted(candidates, one)}${costUSD === null ? '' : `, about ${money(costUSD)}`}`;
}

/** What is made again, for a message: `Scene 3 image`, `Candidate 2 of Scene 3 image`, `6 nodes`. */
export function whatWords(nodes: readonly RunNodeView[], targets: readonly RerollTarget[]): string {
  const [node] = nodes;
  const [target] = targets;
  if (!node || nodes.length > 1) return counted(nodes.length, 'node');
  if (targets.length !== 1 || target?.candidate === undefined) return nodeName(node);
  const row = node.rows > 1 ? `, row ${target.row ?? 1}` : '';
  return `Candidate ${target.candidate} of ${nodeName(node)}${row}`;
}
