import { useEffect, useRef } from 'react';
import type { Diagnosis } from '../../../shared/recovery.ts';
import type { ServiceName, ServiceView } from '../../../shared/services.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { useServiceActions } from '../../state/service-actions.ts';
import { useServices } from '../../wire/queries.ts';
import { serviceAway } from './service-away.ts';

/**
 * The service that the diagnosis found away and that is not up yet; null: there is none. `onUp` is called when it has
 * come up: what was found is old then.
 */
export function useServiceAway(diagnosis: Diagnosis | undefined, onUp: () => void): ServiceView | null {
  const services = useServices().data;
  const name = diagnosis === undefined ? null : serviceAway(diagnosis);
  const service = name === null ? null : (services?.[name] ?? null);
  const isUp = service?.state === 'ready';
  const before = useRef(isUp);
  const latest = useRef(onUp);
  useEffect(() => {
    latest.current = onUp;
  });
  useEffect(() => {
    if (isUp && !before.current) latest.current();
    before.current = isUp;
  }, [isUp]);
  return isUp ? null : service;
}

const names: Record<ServiceName, string> = { glabs: 'G-Labs', tunnel: 'the tunnel' };

/** Starts what a plan needs, in the place of the button that carries it out. */
export function StartFirst({ away }: { away: ServiceView }) {
  const { start } = useServiceActions(away.name, away);
  const isComing = away.state === 'starting' || start?.busy === true;
  if (start === null && !isComing) {
    return (
      <Button variant="primary" disabled>
        Waiting for {names[away.name]}
      </Button>
    );
  }
  return (
    <Button variant="primary" busy={isComing} disabled={start === null} onClick={start?.run}>
      {isComing ? `Starting ${names[away.name]}` : `Start ${names[away.name]} first`}
    </Button>
  );
}

/** What a person does where Start cannot: nobody here may start what was found running. Goes on by itself after that. */
export function StartYourself({ away }: { away: ServiceView }) {
  const { start } = useServiceActions(away.name, away);
  const { problem, state } = away;
  if (start !== null || state === 'starting' || problem === null) return null;
  return <ErrorCard what={problem.message} cure={problem.cure} raw={problem.command} className="shrink-0" />;
}
