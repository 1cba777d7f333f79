import { useDeferredValue, useMemo, useState } from 'react';
import type { Diagnosis } from '../../../shared/recovery.ts';
import { Button } from '../../components/button.tsx';
import { HaveGrid } from './have-grid.tsx';
import { arranged, filterCounts, type HaveFilter, haveRows, haveSums, sumsSentence } from './have-rows.ts';
import { HaveTools } from './have-tools.tsx';
import { LookAgain, Looked } from './looked.tsx';
import { StepFrame } from './step-frame.tsx';
import type { StepProps } from './step-props.ts';
import { hasPlan } from './wizard-steps.ts';

/** Step 2: of each node, what is in the workflow, in files, in the store and in the journal. */
export function StepHave({ entry, diagnosis, go, arrived }: StepProps) {
  const { data } = diagnosis;
  return (
    <StepFrame
      step="have"
      arrived={arrived}
      aside={<LookAgain diagnosis={diagnosis} />}
      fixed
      note={data && sumsSentence(haveSums(data.nodes))}
      buttons={
        <>
          <Button onClick={() => go('happened')}>Back</Button>
          {data && hasPlan(data) && (
            <Button variant="primary" onClick={() => go('plan')}>
              Next: the plan
            </Button>
          )}
        </>
      }
    >
      <Looked entry={entry} diagnosis={diagnosis}>
        {(found) => <Have diagnosis={found} />}
      </Looked>
    </StepFrame>
  );
}

function Have({ diagnosis: { nodes, name } }: { diagnosis: Diagnosis }) {
  const counts = useMemo(() => filterCounts(nodes), [nodes]);
  const [filter, setFilter] = useState<HaveFilter>('all');
  const [search, setSearch] = useState('');
  const typed = useDeferredValue(search);
  const inOrder = useMemo(() => arranged(nodes), [nodes]);
  const rows = useMemo(() => haveRows(inOrder, filter, typed), [inOrder, filter, typed]);
  const states = useMemo(() => new Set(nodes.map((node) => node.state)), [nodes]);
  const sums = useMemo(() => haveSums(nodes), [nodes]);
  const severalTabs = useMemo(() => new Set(nodes.map((node) => node.tab)).size > 1, [nodes]);
  if (nodes.length === 0) {
    return (
      <p className="text-muted">
        Nothing can be said of the nodes: neither the workflow nor a backup of it can be read.
      </p>
    );
  }
  return (
    <>
      <HaveTools
        counts={counts}
        filter={filter}
        onFilter={setFilter}
        search={search}
        onSearch={setSearch}
        states={states}
      />
      {rows.length > 0 ? (
        <HaveGrid label={`What there is of ${name}`} rows={rows} severalTabs={severalTabs} sums={sums} />
      ) : (
        <p className="flex items-center gap-3 text-muted">
          No node fits.
          <Button
            size="sm"
            onClick={() => {
              setFilter('all');
              setSearch('');
            }}
          >
            Show all
          </Button>
        </p>
      )}
    </>
  );
}
