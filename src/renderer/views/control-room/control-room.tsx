import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { RunsTable } from '../../components/runs-table.tsx';
import { Screen } from '../../components/screen.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { currentRun } from '../../state/now-what.ts';
import { useWindow } from '../../state/window.ts';
import { useAppInfo, useRuns, useServices } from '../../wire/queries.ts';
import { CurrentRunCard } from './current-run-card.tsx';
import { FirstSteps } from './first-steps.tsx';
import { GlabsCard } from './glabs-card.tsx';
import { TunnelCard } from './tunnel-card.tsx';

const LAST_RUNS = 8;

/** Is everything up, what is running, and what was run last. */
export function ControlRoom() {
  const services = useServices();
  const runs = useRuns();
  const go = useWindow((state) => state.go);
  const run = currentRun(runs.data?.runs ?? []);

  return (
    <Screen title="Control room">
      <Warnings />
      {runs.data?.runs.length === 0 && <FirstSteps />}
      {run && <CurrentRunCard run={run} />}
      <Loaded query={services} waiting="Connecting to Flowdeck">
        {({ glabs, tunnel }) => (
          <div className="grid shrink-0 grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]">
            <GlabsCard service={glabs} />
            <TunnelCard service={tunnel} />
          </div>
        )}
      </Loaded>
      {runs.data && runs.data.runs.length > 0 && (
        <Card
          title="Last runs"
          className="shrink-0"
          aside={
            runs.data.runs.length > LAST_RUNS && (
              <Button variant="ghost" size="sm" onClick={() => go('runs')}>
                All {runs.data.runs.length} runs
              </Button>
            )
          }
        >
          <RunsTable runs={runs.data.runs.slice(0, LAST_RUNS)} />
        </Card>
      )}
    </Screen>
  );
}

/** What the main side has to tell once, such as a damaged settings file that was set aside. */
function Warnings() {
  const warnings = useAppInfo().data?.warnings ?? [];
  const [read, setRead] = useState(false);
  if (read || warnings.length === 0) return null;
  return (
    <section aria-label="Warnings" className="flex items-start gap-3 rounded-md bg-attn-soft p-3">
      <StateMark mark="needs-you" word="Warning" hideWord className="mt-1" />
      <ul className="min-w-0 flex-1">
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
      <Button size="sm" variant="ghost" onClick={() => setRead(true)}>
        Got it
      </Button>
    </section>
  );
}
