import type { ServiceView } from '../../../shared/services.ts';
import { Card } from '../../components/card.tsx';
import { Fact } from '../../components/data-table.tsx';
import { DEMO_WORDS } from '../../frame/demo-label.tsx';
import { useServiceActions } from '../../state/service-actions.ts';
import { AddressFact, ServiceFacts } from './service-facts.tsx';
import { ServiceLog } from './service-log.tsx';
import { isStuck, Note, ServiceButtons, ServiceHead, ServiceProblem } from './service-parts.tsx';

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
    <Card title="G-Labs" aside={<ServiceButtons name="G-Labs" actions={actions} stuck={isStuck(service)} />}>
      <ServiceHead service={service}>
        {service.demo && !off && <span className="text-attn">{DEMO_WORDS}</span>}
      </ServiceHead>
      {service.adopted && !off && (
        <Note>
          Adopted: it was running before Flowdeck, which leaves it running and cannot see its output.
        </Note>
      )}
      {off && service.problem === null && <Note>{startWords[service.startWill]}</Note>}
      <ServiceProblem service={service} actions={actions} />
      <ServiceFacts service={service}>
        {service.url && (
          <Fact name="Address">
            <AddressFact url={service.url} what="address of G-Labs" />
          </Fact>
        )}
      </ServiceFacts>
      <ServiceLog name="G-Labs" service={service} />
    </Card>
  );
}
