import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import {
  applyRunChange,
  type GateView,
  type RunChange,
  type RunNodeView,
  type RunView,
} from '../../../shared/run-view.ts';
import { notifyError, notifyUndo } from '../../components/toaster.tsx';
import { usePick, useSetConcurrency } from '../../wire/queries.ts';
import { runTopic } from '../../wire/topics.ts';
import { type Choice, gateName, withGate, withPick } from './picks.ts';

/**
 * What a person changes in a run is shown at once and then confirmed by the main side, whose changes replace it; what
 * is refused is taken back and said.
 */
function usePatch(runId: string) {
  const cache = useQueryClient();
  return useCallback(
    (change: (view: RunView) => RunChange) =>
      cache.setQueryData<RunView>(runTopic(runId).key, (view) => view && applyRunChange(view, change(view))),
    [cache, runId],
  );
}

export type MakePick = (node: RunNodeView, gate: GateView, choice: Choice) => void;

/** Picks at a gate. An earlier pick of a person can be set back from the message. */
export function useMakePick(runId: string): MakePick {
  const { mutateAsync } = usePick();
  const patch = usePatch(runId);

  return useCallback(
    (node, gate, choice) => {
      const patchNode = (change: (now: RunNodeView) => RunNodeView) =>
        patch((view) => ({
          nodes: view.nodes.filter((each) => each.nodeId === node.nodeId).map(change),
        }));

      const make = async (wanted: Choice, before: GateView, undoable: boolean) => {
        let shown: GateView | undefined;
        patchNode((now) => {
          const next = withPick(now, gate.nodeId, wanted);
          shown = next.gates.find((each) => each.nodeId === gate.nodeId);
          return next;
        });
        try {
          await mutateAsync({ runId, gate: gate.nodeId, ...wanted });
        } catch (error) {
          // Only what is still ours is taken back: the main side may have said something newer meanwhile.
          patchNode((now) => withGate(now, gate.nodeId, (is) => (is === shown ? before : is)));
          notifyError(error);
          return;
        }
        const [earlier] = before.picks;
        if (!undoable || !earlier) return;
        const row = node.rows > 1 ? ` of row ${wanted.row}` : '';
        notifyUndo(`Picked candidate ${wanted.candidate}${row} at ${gateName(gate)}.`, () => {
          void make(earlier, { ...before, picks: [wanted] }, false);
        });
      };

      const [earlier] = gate.picks;
      if (earlier?.row === choice.row && earlier.candidate === choice.candidate) return;
      void make(choice, gate, true);
    },
    [runId, mutateAsync, patch],
  );
}

/** Changes how many nodes are in flight at once, from 1 to 5. */
export function useConcurrency(runId: string, now: number): (wanted: number) => void {
  const { mutateAsync } = useSetConcurrency();
  const patch = usePatch(runId);
  const show = (concurrency: number) => patch((view) => ({ summary: { ...view.summary, concurrency } }));
  return (concurrency) => {
    show(concurrency);
    mutateAsync({ runId, concurrency }).catch((error: unknown) => {
      show(now);
      notifyError(error);
    });
  };
}
