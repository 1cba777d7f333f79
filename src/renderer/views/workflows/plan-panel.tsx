import { useState } from 'react';
import type { PlanNode, RunOptions } from '../../../shared/domain.ts';
import { Loaded } from '../../components/loaded.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { notifyDone, notifyError } from '../../components/toaster.tsx';
import { useAccept, usePlan, useServices } from '../../wire/queries.ts';
import { PlanList } from './plan-list.tsx';
import { isMade, isStale, type PlanPart } from './plan-rows.ts';
import { PlanSums } from './plan-sums.tsx';

/** The plan of a run as the command line's `plan` makes it when nothing is asked for. */
export const plainOptions: RunOptions = { mode: 'full', gates: 'auto', qa: 'off' };

/** What a full run would do with the file as it is now. */
export function PlanPanel({ path }: { path: string }) {
  const plan = usePlan(path, plainOptions);
  const glabs = useServices().data?.glabs;
  const [part, setPart] = useState<PlanPart>('all');
  const accept = useAccept();
  const acceptNode = ({ nodeId, title }: PlanNode) =>
    accept.mutate(
      { path, nodes: [nodeId] },
      {
        onError: notifyError,
        onSuccess: () =>
          notifyDone(`${title} is accepted as it is, and reused until something changes again.`),
      },
    );
  const demo = glabs?.demo === true && glabs.state === 'ready';
  return (
    <Loaded query={plan} waiting="Making the plan">
      {({ nodes, totals }) => {
        const made = nodes.filter(isMade).length;
        const stale = nodes.filter(isStale).length;
        return (
          <div className="flex h-full min-h-0 flex-col gap-3">
            <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
              <PlanSums totals={totals} demo={demo} />
              <Segmented
                label="Nodes of the plan"
                hideLabel
                value={part}
                onValueChange={setPart}
                options={[
                  { value: 'all', label: `All ${nodes.length}` },
                  { value: 'generate', label: `To generate ${made}` },
                  { value: 'reuse', label: `Not generated ${nodes.length - made}` },
                ]}
                className="w-fit"
              />
            </div>
            {stale > 0 && (
              <p className="shrink-0 text-muted">
                {stale === 1
                  ? 'One node has output that no longer fits'
                  : `${stale} nodes have output that no longer fits`}{' '}
                and would be made again. Accepted as it is, it is kept and counts as fitting from now on.
              </p>
            )}
            <PlanList
              nodes={nodes}
              part={part}
              accept={{
                node: acceptNode,
                pending: accept.isPending ? (accept.variables.nodes[0] ?? null) : null,
              }}
            />
          </div>
        );
      }}
    </Loaded>
  );
}
