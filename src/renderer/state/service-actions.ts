import type { ServiceName, ServiceView } from '../../shared/services.ts';
import { notifyError } from '../components/toaster.tsx';
import { useRestartService, useStartService, useStopService } from '../wire/queries.ts';
import { possibleActions } from './possible-actions.ts';

/** What can be done with a service now; null for what cannot. */
export interface ServiceActions {
  start: (() => void) | null;
  stop: (() => void) | null;
  restart: (() => void) | null;
  /** One of them is under way. */
  busy: boolean;
}

/** The actions of a service, for its card and the palette; what goes wrong is shown as a message. */
export function useServiceActions(service: ServiceName, view: ServiceView | undefined): ServiceActions {
  const start = useStartService();
  const stop = useStopService();
  const restart = useRestartService();
  const possible = view && possibleActions(view);
  const does = (act: typeof start) => () => act.mutate({ service }, { onError: notifyError });
  return {
    start: possible?.start ? does(start) : null,
    stop: possible?.stop ? does(stop) : null,
    restart: possible?.restart ? does(restart) : null,
    busy: start.isPending || stop.isPending || restart.isPending,
  };
}
