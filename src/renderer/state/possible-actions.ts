import type { ServiceView } from '../../shared/services.ts';
import { tunnelAbsence } from './service-look.ts';

/**
 * What a person can do with a service in its state. What Flowdeck did not start it does not restart; Stop then only
 * lets go of it. A stranger on the port is left alone (behaviour.md §10): only looking again makes sense, as it does
 * where a program had to be installed first.
 */
export function possibleActions(
  service: Pick<ServiceView, 'state' | 'adopted' | 'startWill' | 'problem' | 'tunnel'>,
): {
  start: boolean;
  stop: boolean;
  restart: boolean;
} {
  const idle = service.state === 'stopped' || service.state === 'failed' || service.state === 'foreign';
  const running = service.state === 'ready' || service.state === 'unhealthy';
  return {
    start:
      idle &&
      (service.startWill !== 'nothing' ||
        service.state === 'foreign' ||
        tunnelAbsence(service) === 'no-program'),
    stop: service.state === 'starting' || running,
    restart: running && !service.adopted,
  };
}
