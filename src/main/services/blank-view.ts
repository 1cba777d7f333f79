import type { ServiceName, ServiceView } from '../../shared/services.ts';
import { type Clock, isoTime } from '../platform/clock.ts';

/** A service of which nothing is known: down, as asked. */
export function blankView(name: ServiceName, clock: Clock): ServiceView {
  return {
    name,
    desired: 'down',
    state: 'stopped',
    url: null,
    pid: null,
    adopted: false,
    demo: false,
    since: isoTime(clock),
    restarts: 0,
    lastRestarts: [],
    lastProbe: null,
    nextAttemptAt: null,
    problem: null,
    startWill: 'nothing',
    health: [],
    supervisor: null,
    tunnel: null,
    log: [],
  };
}
