import type { ServiceView } from '../../../shared/services.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { logText } from '../../components/log-lines.ts';
import { LogView } from '../../components/log-view.tsx';
import { serviceMark } from '../../components/marks.ts';
import { StateMark } from '../../components/state-mark.tsx';
import { DEMO_WORDS } from '../../frame/demo-label.tsx';
import { type ServiceActions, useServiceActions } from '../../state/service-actions.ts';
import { ServiceFacts } from './service-facts.tsx';

const startWords: Record<ServiceView['startWill'], string> = {
  adopt: 'A G-Labs answers at this address already. Start takes it over as it is.',
  command: 'Start runs the program of the setting glabs.command.',
  demo: 'No G-Labs is set up. Start brings up the demo: the built-in simulator. Nothing is real, nothing is paid.',
  nothing: 'Start has nothing to bring up.',
};

/** G-Labs: whether it is up, since when, what it says, and the buttons that change it. */
export function GlabsCard({ service }: { service: ServiceView }) {
  const actions = useServiceActions('glabs', service);
  const off = service.state === 'stopped';
  return (
    <Card title="G-Labs" aside={<ServiceButtons actions={actions} problem={service.problem !== null} />}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <StateMark {...serviceMark(service.state)} className="font-medium" />
        {service.demo && !off && <span className="text-attn">{DEMO_WORDS}</span>}
        {service.adopted && !off && (
          <span>
            Adopted: it was running before Flowdeck, which leaves it running and cannot see its output.
          </span>
        )}
      </div>
      {off && <p className="text-muted">{startWords[service.startWill]}</p>}
      {service.problem && (
        <ErrorCard
          what={service.problem.message}
          cure={service.problem.cure}
          raw={logText(service.log.slice(-50)) || undefined}
          action={
            actions.start && (
              <Button size="sm" onClick={actions.start}>
                {service.state === 'foreign' ? 'Look again' : 'Start again'}
              </Button>
            )
          }
        />
      )}
      <ServiceFacts service={service} />
      {service.log.length > 0 && (
        <LogView name="G-Labs" lines={service.log} empty="No output yet." className="h-64" />
      )}
    </Card>
  );
}

/** While there is a problem, its own card has the button that starts again. */
function ServiceButtons({ actions, problem }: { actions: ServiceActions; problem: boolean }) {
  const { start, stop, restart, busy } = actions;
  return (
    <>
      {restart && (
        <Button onClick={restart} disabled={busy}>
          Restart
        </Button>
      )}
      {stop && (
        <Button onClick={stop} disabled={busy}>
          Stop
        </Button>
      )}
      {start && !problem && (
        <Button onClick={start} disabled={busy}>
          Start
        </Button>
      )}
    </>
  );
}
