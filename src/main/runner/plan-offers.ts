import { roundUSD } from './costs.ts';
import type { PlanFacts, PlannedNode, RunPlan } from './plan.ts';
import { totalsOf } from './plan.ts';
import type { Salvage, StartControl } from './runner-api.ts';

/**
 * A plan with what a person and recovery add to it: places for which something was found are filled without generating
 * anything, and parked requests of the nodes in `asked` are given up. Pure but for asking the offers what they have.
 */
export function withOffers(
  plan: RunPlan,
  { salvage, asked }: Pick<StartControl, 'salvage' | 'asked'>,
  facts: Pick<PlanFacts, 'priceOf' | 'concurrency' | 'maxTasks'>,
): RunPlan {
  if (salvage === undefined && asked === undefined) return plan;
  const nodes = plan.nodes.map((node): PlannedNode => {
    const generations = node.todo.filter((place) => !mayTake(node, place, salvage)).length;
    return {
      ...node,
      generations,
      costUSD: roundUSD(generations * facts.priceOf(node.node)),
      asked: node.asked || (asked?.has(node.nodeId) ?? false),
    };
  });
  return { nodes, totals: totalsOf(nodes, facts) };
}

/** Whether something was found for this place. What is made anew on purpose takes nothing that is there. */
export const mayTake = (
  node: PlannedNode,
  { row, candidate }: { row: number; candidate: number },
  salvage: Salvage | undefined,
): boolean => node.reuse && node.reason !== 'forced' && (salvage?.has(node.nodeId, row, candidate) ?? false);

/** Candidates a run sets out to fill, generated or found. */
export const placesToFill = (plan: RunPlan): number =>
  plan.nodes.reduce((sum, node) => sum + node.todo.length, 0);
