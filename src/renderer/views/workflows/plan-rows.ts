import type { Plan, PlanNode, PlanReason } from '../../../shared/domain.ts';
import type { Marked } from '../../components/marks.ts';

/** A plan as a person reads it: by tab and scene, each node with its reason in words. Pure. */

export type PlanPart = 'all' | 'generate' | 'reuse';

export type PlanRow =
  | { kind: 'scene'; key: string; tab: string; scene: number; generations: number; costUSD: number }
  | { kind: 'node'; key: string; node: PlanNode };

/** Whether a run would generate something for this node. */
export const isMade = (node: PlanNode): boolean => node.generations > 0;

/** Whether there is output that no longer fits, and that a person may take as it is (behaviour.md §4). */
export const isStale = (node: PlanNode): boolean => node.reason.endsWith('changed');

/** The rows of a part of the plan: each scene's heading with its sums, then its nodes, images before videos. */
export function planRows(nodes: readonly PlanNode[], part: PlanPart): PlanRow[] {
  const shown = nodes.filter((node) => part === 'all' || isMade(node) === (part === 'generate'));
  const tabs = Map.groupBy(shown, (node) => node.tab);
  return [...tabs].flatMap(([tab, ofTab]) =>
    [...Map.groupBy(ofTab, (node) => node.scene)]
      .toSorted(([a], [b]) => a - b)
      .flatMap(([scene, members]): PlanRow[] => [
        {
          kind: 'scene',
          key: `${tab}\n${scene}`,
          tab,
          scene,
          generations: members.reduce((sum, node) => sum + node.generations, 0),
          costUSD: members.reduce((sum, node) => sum + node.costUSD, 0),
        },
        ...members
          .toSorted((a, b) => order(a) - order(b))
          .map((node): PlanRow => ({ kind: 'node', key: String(node.nodeId), node })),
      ]),
  );
}

const order = (node: PlanNode) => (node.kind === 'image' ? 0 : 1);

const words: Record<Exclude<PlanReason, `blocked by ${number}`>, string> = {
  cached: 'reused: its output is there and fits',
  missing: 'no output yet',
  'prompt changed': 'its prompt has changed',
  'reference changed': 'a reference has changed',
  'model changed': 'its output came from another model',
  'frame changed': 'the picture it starts from will be another',
  forced: 'made anew: its output is wiped first',
  partial: 'candidates are missing',
  'stale url': 'an output of it is gone',
  'not wanted (images mode)': 'left for later: this run makes images only',
};

/** Why a run will or will not generate a node (behaviour.md §4), before it has begun. */
export function planWords(node: Pick<PlanNode, 'reason' | 'trusted' | 'candidates' | 'generations'>): string {
  const { reason, trusted, candidates, generations } = node;
  if (reason === 'cached' && trusted) return 'reused: from another tool, trusted';
  if (reason === 'missing' && candidates === 0) return 'left out: it has no prompt';
  if (reason === 'partial' || reason === 'stale url') {
    return `${words[reason]}: ${candidates - generations} of ${candidates} stay`;
  }
  if (reason in words) return words[reason as keyof typeof words];
  return `left out: node ${reason.replace('blocked by ', '')} has nothing to give it`;
}

/** How a planned node is marked: to be made, reused, or left out. */
export function planMark(node: PlanNode): Marked {
  if (isMade(node)) return { mark: 'waiting', word: 'to generate' };
  if (node.reason === 'cached') return { mark: 'cached', word: 'reused' };
  return { mark: 'skipped', word: 'left out' };
}

/** What a clean run wipes: nodes that have output, and the candidates of these. */
export function wiped(plan: Plan): { nodes: number; candidates: number } {
  const nodes = plan.nodes.filter((node) => node.reason === 'forced');
  return { nodes: nodes.length, candidates: nodes.reduce((sum, node) => sum + node.candidates, 0) };
}
