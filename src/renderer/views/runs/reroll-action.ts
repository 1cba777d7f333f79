import { useCallback, useMemo } from 'react';
import type { Rerolled } from '../../../shared/contract.ts';
import type { RerollTarget } from '../../../shared/domain.ts';
import type { RunNodeView, RunSummary } from '../../../shared/run-view.ts';
import { fileName } from '../../components/format.ts';
import { notifyDone, notifyError, notifyLink } from '../../components/toaster.tsx';
import { useWindow } from '../../state/window.ts';
import { useReroll, useWholePlan } from '../../wire/queries.ts';
import { whatWords, whyNoReroll } from './reroll-words.ts';

/** Makes targets of these nodes anew; tells whether that was taken. What was refused has been said by then. */
export type MakeReroll = (nodes: readonly RunNodeView[], targets: RerollTarget[]) => Promise<boolean>;

/** What the panel of a node needs to make it anew. */
export interface Rerolling {
  /** The workflow file. */
  path: string;
  /** Why the node cannot be made anew now, and why its prompt cannot be edited now; null: it can. */
  whyNot: string | null;
  whyNoEdit: string | null;
  /** US dollars for one candidate, where that is known. */
  unitUSD: number | null;
  reroll: MakeReroll;
  /** A re-roll is being asked for. */
  isPending: boolean;
}

/** Re-rolls in a run, and says where it is done: in this run, in a new one, or later. */
export function useMakeReroll(runId: string): { reroll: MakeReroll; isPending: boolean } {
  const { mutateAsync, isPending } = useReroll();
  const reroll = useCallback<MakeReroll>(
    async (nodes, targets) => {
      try {
        sayRerolled(await mutateAsync({ runId, targets }), runId, whatWords(nodes, targets));
        return true;
      } catch (error) {
        notifyError(error);
        return false;
      }
    },
    [runId, mutateAsync],
  );
  return { reroll, isPending };
}

/** How the node that is open can be made anew; `node` is null while none is. */
export function useRerolling(
  run: RunSummary,
  nodes: readonly RunNodeView[],
  node: RunNodeView | null,
): Rerolling {
  const { reroll, isPending } = useMakeReroll(run.runId);
  const prices = useUnitPrices(run.workflow, node !== null);
  const byId = useMemo(() => new Map(nodes.map((each) => [each.nodeId, each])), [nodes]);
  const whyNot = node && whyNoReroll(node, byId, run);
  return {
    path: run.workflow,
    whyNot,
    whyNoEdit: run.finishedAt === null ? 'Prompts can be edited when the run has ended.' : whyNot,
    unitUSD: (node && prices.get(node.nodeId)) ?? null,
    reroll,
    isPending,
  };
}

/** Says what becomes of a re-roll. `what` begins the sentence: `Scene 3 image`. */
export function sayRerolled(done: Rerolled, runId: string, what: string): void {
  const { openRun } = useWindow.getState();
  const next = done.runId;
  if (next === runId) {
    notifyDone(`${what}: made again in this run.`);
  } else if (next === null) {
    const words = `${what}: waits in the queue, as a run of ${fileName(done.path)}.`;
    notifyLink(words, 'Show queue', () => openRun(null));
  } else {
    notifyLink(`${what}: made again in a new run.`, 'Show run', () => openRun(next));
  }
}

const none: ReadonlyMap<number, number> = new Map();

/** US dollars for one candidate, by node, from the plan of the file as it is now; a node without a plan has none. */
export function useUnitPrices(path: string, wanted: boolean): ReadonlyMap<number, number> {
  const { data } = useWholePlan(path, wanted);
  return useMemo(
    () =>
      data
        ? new Map(
            data.nodes.flatMap(({ nodeId, generations, costUSD }) =>
              generations > 0 ? [[nodeId, costUSD / generations] as const] : [],
            ),
          )
        : none,
    [data],
  );
}
