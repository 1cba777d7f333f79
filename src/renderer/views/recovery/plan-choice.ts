import type { PlanNode } from '../../../shared/domain.ts';
import type { Diagnosis, RecoveryAction, RecoveryNode, RecoveryPlan } from '../../../shared/recovery.ts';

/** Which plan is chosen, and what a person has to know beside it. Pure. */

/** The recommended plan first. */
export const plansOf = ({ plan, alternatives }: Pick<Diagnosis, 'plan' | 'alternatives'>): RecoveryPlan[] => [
  plan,
  ...alternatives,
];

/** The plan a person has chosen, as long as it is still offered; else the recommended one. */
export function chosenPlan(
  diagnosis: Pick<Diagnosis, 'plan' | 'alternatives'>,
  action: RecoveryAction | null,
): RecoveryPlan {
  return plansOf(diagnosis).find((plan) => plan.action === action) ?? diagnosis.plan;
}

/** Plans that make something of what a request of unknown fate was for. */
const asking = new Set<RecoveryAction>(['resume', 'wipe', 'restore']);

export interface Parked {
  nodes: number[];
  /** Candidates of unknown fate. */
  candidates: number;
}

/** Requests nobody can tell the fate of; null: there are none, or the plan does not come to them. */
export function parkedIn(nodes: readonly RecoveryNode[], { action }: RecoveryPlan): Parked | null {
  const parked = nodes.filter((node) => node.state === 'parked');
  if (parked.length === 0 || !asking.has(action)) return null;
  return {
    nodes: parked.map(({ nodeId }) => nodeId),
    candidates: parked.reduce((sum, node) => sum + undecided(node), 0),
  };
}

/** What a plan neither has, nor takes, nor makes; at least the one that makes the node parked. */
const undecided = ({ wanted, cache, salvaged, generations }: RecoveryNode): number =>
  Math.max(1, wanted - cache - salvaged - generations);

/** What making parked candidates anew costs at most; `whole` is the plan of making everything. Null: not known. */
export function parkedCost(
  nodes: readonly RecoveryNode[],
  whole: readonly Pick<PlanNode, 'nodeId' | 'generations' | 'costUSD'>[] | undefined,
): number | null {
  if (whole === undefined) return null;
  const prices = new Map(
    whole.map(({ nodeId, generations, costUSD }) => [nodeId, generations === 0 ? 0 : costUSD / generations]),
  );
  return nodes
    .filter((node) => node.state === 'parked')
    .reduce((sum, node) => sum + undecided(node) * (prices.get(node.nodeId) ?? 0), 0);
}

/** Whether a plan asks anything of G-Labs: generates, or asks for what is there still. */
export function needsBackend(plan: RecoveryPlan, nodes: readonly RecoveryNode[]): boolean {
  if (plan.action === 'none' || plan.action === 'export') return false;
  return plan.generations > 0 || nodes.some((node) => node.state === 'reattach');
}
