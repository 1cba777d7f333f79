import type { ServiceName, ServicesView, ServiceView } from '../../shared/services.ts';
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

/**
 * Stops everything that runs, the tunnel first, since it leads to G-Labs; null while nothing does. What could not be
 * stopped is shown as a message and does not keep the other one up.
 */
export function useStopAll(view: ServicesView | undefined): { stop: (() => void) | null; busy: boolean } {
  const act = useStopService();
  const running = view ? [view.tunnel, view.glabs].filter((each) => possibleActions(each).stop) : [];
  const stop = async () => {
    for (const { name } of running) await act.mutateAsync({ service: name }).catch(notifyError);
  };
  return { stop: running.length === 0 ? null : () => void stop(), busy: act.isPending };
}
