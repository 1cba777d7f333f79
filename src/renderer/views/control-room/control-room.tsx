import { useState } from 'react';
import type { RunSummary } from '../../../shared/run-view.ts';
import type { ServicesView } from '../../../shared/services.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { RunsTable } from '../../components/runs-table.tsx';
import { Screen } from '../../components/screen.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { QueueNotice } from '../../frame/queue-notice.tsx';
import { currentRun } from '../../state/now-what.ts';
import { useStopAll } from '../../state/service-actions.ts';
import { useWindow } from '../../state/window.ts';
import { useAppInfo, useQueue, useRuns, useServices } from '../../wire/queries.ts';
import { ConsumersCard } from './consumers-card.tsx';
import { CurrentRunCard } from './current-run-card.tsx';
import { FirstSteps } from './first-steps.tsx';
import { GlabsCard } from './glabs-card.tsx';
import { HealthCard } from './health-card.tsx';
import { TunnelCard } from './tunnel-card.tsx';

const LAST_RUNS = 8;

/** Is everything up, what is running, how far and at what cost, what needs a person, and what was run last. */
export function ControlRoom() {
  const services = useServices();
  const runs = useRuns();
  const run = currentRun(runs.data?.runs ?? []);

  return (
    <Screen title="Control room" actions={services.data && <StopAll services={services.data} />}>
      <Warnings />
      {runs.data?.runs.length === 0 && <FirstSteps />}
      <Loaded query={services} waiting="Connecting to Flowdeck">
        {({ glabs, tunnel }) => (
          <>
            <SupervisorNotice pid={glabs.supervisor} />
            <div className="grid shrink-0 grid-cols-2 gap-4">
              <GlabsCard service={glabs} />
              <TunnelCard service={tunnel} />
            </div>
          </>
        )}
      </Loaded>
      <PausedQueue />
      {run && <CurrentRunCard run={run} />}
      {services.data && <HealthCard services={services.data} />}
      {services.data && <ConsumersCard service={services.data.tunnel} />}
      {runs.data && runs.data.runs.length > 0 && <LastRuns runs={runs.data.runs} />}
    </Screen>
  );
}

/** Where another Flowdeck of this data folder supervises: what is seen here is what it does. */
function SupervisorNotice({ pid }: { pid: number | null }) {
  if (pid === null) return null;
  return (
    <section
      aria-label="Another Flowdeck supervises"
      className="flex shrink-0 items-center gap-3 rounded-md bg-busy-soft px-3 py-2"
    >
      <StateMark mark="working" word="Note" hideWord />
      <p>
        Another Flowdeck (process {pid}) supervises these. The buttons here are passed on to it; the full log
        is there. When it ends, this one takes over.
      </p>
    </section>
  );
}

/** The way to a quiet machine, in one press. */
function StopAll({ services }: { services: ServicesView }) {
  const { stop, busy } = useStopAll(services);
  if (stop === null) return null;
  return (
    <Button onClick={stop} disabled={busy}>
      Stop all
    </Button>
  );
}

function LastRuns({ runs }: { runs: readonly RunSummary[] }) {
  const openRun = useWindow((state) => state.openRun);
  return (
    <Card
      title="Last runs"
      className="shrink-0"
      aside={
        <Button variant="ghost" size="sm" onClick={() => openRun(null)}>
          {runs.length > LAST_RUNS ? `All ${runs.length} runs` : 'All runs'}
        </Button>
      }
    >
      <RunsTable runs={runs.slice(0, LAST_RUNS)} compact />
    </Card>
  );
}

/** A queue that stands still is told where a person looks first. */
function PausedQueue() {
  const queue = useQueue().data;
  const openRun = useWindow((state) => state.openRun);
  if (!queue) return null;
  return <QueueNotice queue={queue} more={<Button onClick={() => openRun(null)}>Show queue</Button>} />;
}

/** What the main side has to tell once, such as a damaged settings file that was set aside. */
function Warnings() {
  const warnings = useAppInfo().data?.warnings ?? [];
  const [read, setRead] = useState(false);
  if (read || warnings.length === 0) return null;
  return (
    <section aria-label="Warnings" className="flex items-center gap-3 rounded-md bg-attn-soft px-3 py-2">
      <StateMark mark="needs-you" word="Warning" hideWord />
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
