import { useState } from 'react';
import type { RunOptions } from '../../../shared/domain.ts';
import { Loaded } from '../../components/loaded.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { usePlan, useServices } from '../../wire/queries.ts';
import { PlanList } from './plan-list.tsx';
import { isMade, type PlanPart } from './plan-rows.ts';
import { PlanSums } from './plan-sums.tsx';

/** The plan of a run as the command line's `plan` makes it when nothing is asked for. */
export const plainOptions: RunOptions = { mode: 'full', gates: 'auto', qa: 'off' };

/** What a full run would do with the file as it is now. */
export function PlanPanel({ path }: { path: string }) {
  const plan = usePlan(path, plainOptions);
  const glabs = useServices().data?.glabs;
  const [part, setPart] = useState<PlanPart>('all');
  const demo = glabs?.demo === true && glabs.state === 'ready';
  return (
    <Loaded query={plan} waiting="Making the plan">
      {({ nodes, totals }) => {
        const made = nodes.filter(isMade).length;
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
            <PlanList nodes={nodes} part={part} />
          </div>
        );
      }}
    </Loaded>
  );
}
