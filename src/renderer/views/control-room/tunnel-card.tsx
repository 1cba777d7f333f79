import type { ServiceView } from '../../../shared/services.ts';
import { Card } from '../../components/card.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { serviceMark } from '../../components/marks.ts';
import { StateMark } from '../../components/state-mark.tsx';
import { ServiceFacts } from './service-facts.tsx';

/** The tunnel that makes G-Labs reachable from outside. */
export function TunnelCard({ service }: { service: ServiceView }) {
  const absent = service.state === 'stopped' && service.startWill === 'nothing';
  return (
    <Card title="Tunnel">
      <StateMark {...serviceMark(service.state)} className="font-medium" />
      {absent ? (
        <p className="text-muted">
          The tunnel will give G-Labs a public address for programs elsewhere. It is not built yet, and
          nothing here needs it: runs call G-Labs on this machine directly.
        </p>
      ) : (
        <ServiceFacts service={service} />
      )}
      {service.problem && <ErrorCard what={service.problem.message} cure={service.problem.cure} />}
    </Card>
  );
}
