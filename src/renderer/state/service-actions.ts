import { toFailure } from '../../shared/failure.ts';
import type { ServiceName, ServicesView, ServiceView } from '../../shared/services.ts';
import { notifyError } from '../components/toaster.tsx';
import { useRestartService, useStartService, useStopService } from '../wire/queries.ts';
import { possibleActions } from './possible-actions.ts';

/** Something that can be done now, and whether it has been asked for and not answered yet. */
export interface ServiceAction {
  run: () => void;
  busy: boolean;
}

/** What can be done with a service now; null for what cannot. */
export interface ServiceActions {
  start: ServiceAction | null;
  stop: ServiceAction | null;
  restart: ServiceAction | null;
}

/** The actions of a service, for its card and the palette; what goes wrong is shown as a message. */
export function useServiceActions(service: ServiceName, view: ServiceView | undefined): ServiceActions {
  const start = useStartService();
  const stop = useStopService();
  const restart = useRestartService();
  const possible = view && possibleActions(view);
  // Each for itself: a start is answered once the service is ready, and may be stopped before.
  const action = (act: typeof start): ServiceAction => ({
    run: () => act.mutate({ service }, { onError: notifyUnlessStopped }),
    busy: act.isPending,
  });
  return {
    start: possible?.start ? action(start) : null,
    stop: possible?.stop ? action(stop) : null,
    restart: possible?.restart ? action(restart) : null,
  };
}

/** A start that a person ended is no failure to tell that person of. */
export function notifyUnlessStopped(error: unknown): void {
  if (toFailure(error).code !== 'interrupted') notifyError(error);
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
