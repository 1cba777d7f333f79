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

/** Places of a node that have no output, row by row. */
function lacking({ nodeId, rows, perRow, candidates }: RunNodeView): Required<RerollTarget>[] {
  const there = new Set(candidates.filter(isThere).map((each) => `${each.row}.${each.candidate}`));
  return Array.from({ length: rows * perRow }, (_, i) => ({
    nodeId,
    row: Math.floor(i / perRow) + 1,
    candidate: (i % perRow) + 1,
  })).filter(({ row, candidate }) => !there.has(`${row}.${candidate}`));
}

/** Candidates that making a node again comes to: of one that failed only what it lacks, the rest is paid for and good. */
export function candidatesOf(node: RunNodeView): number {
  return node.state === 'failed' ? lacking(node).length : node.rows * node.perRow;
}

/**
 * What to ask for, to make nodes again. Nodes that failed are asked for as a whole, which makes what they lack and
 * then what waits for it; together with others each lacking candidate is named, so that none is made that is there.
 */
export function targetsOf(nodes: readonly RunNodeView[]): RerollTarget[] {
  const allFailed = nodes.every((node) => node.state === 'failed');
  return nodes.flatMap((node) =>
    node.state === 'failed' && !allFailed ? lacking(node) : [{ nodeId: node.nodeId }],
  );
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
  const costs = ready.map((node) => {
    const price = prices.get(node.nodeId);
    return price === undefined ? null : price * candidatesOf(node);
  });
  return {
    ready,
    leftOut: chosen.length - ready.length,
    targets: targetsOf(ready),
    candidates: ready.reduce((sum, node) => sum + candidatesOf(node), 0),
    costUSD: costs.includes(null) ? null : costs.reduce((sum: number, cost) => sum + (cost ?? 0), 0),
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
