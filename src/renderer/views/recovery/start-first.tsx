import { useEffect, useRef } from 'react';
import type { Diagnosis } from '../../../shared/recovery.ts';
import type { ServiceName, ServiceView } from '../../../shared/services.ts';
import { Button } from '../../components/button.tsx';
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
  return (
    <Button variant="primary" busy={isComing} disabled={start === null} onClick={start?.run}>
      {isComing ? `Starting ${names[away.name]}` : `Start ${names[away.name]} first`}
    </Button>
  );
}
