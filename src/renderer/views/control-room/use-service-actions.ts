import type { ServiceName, ServiceView } from '../../../shared/services.ts';
import { notifyError } from '../../components/toaster.tsx';
import { useAction } from '../../state/actions.ts';
import { useRestartService, useStartService, useStopService } from '../../wire/queries.ts';
import { possibleActions } from './possible-actions.ts';

/** What can be done with a service now; null for what cannot. */
export interface ServiceActions {
  start: (() => void) | null;
  stop: (() => void) | null;
  restart: (() => void) | null;
  /** One of them is under way. */
  busy: boolean;
}

/** The actions of a service, for its card and, by `title`, for the palette. */
export function useServiceActions(service: ServiceName, title: string, view: ServiceView): ServiceActions {
  const start = useStartService();
  const stop = useStopService();
  const restart = useRestartService();
  const possible = possibleActions(view);
  const does = (act: typeof start) => () => act.mutate({ service }, { onError: notifyError });
  const actions: ServiceActions = {
    start: possible.start ? does(start) : null,
    stop: possible.stop ? does(stop) : null,
    restart: possible.restart ? does(restart) : null,
    busy: start.isPending || stop.isPending || restart.isPending,
  };
  const entry = (verb: string, run: (() => void) | null) =>
    run && { id: `${verb.toLowerCase()}-${service}`, title: `${verb} ${title}`, group: 'Services', run };
  useAction(entry('Start', actions.start));
  useAction(entry('Stop', actions.stop));
  useAction(entry('Restart', actions.restart));
  return actions;
}
