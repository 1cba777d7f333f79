import type { ServiceView } from '../../shared/services.ts';
import { type Clock, isoTime } from '../platform/clock.ts';

/** The tunnel as long as nothing supervises one: down, as asked. */
export function stoppedTunnelView(clock: Clock): ServiceView {
  return {
    name: 'tunnel',
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
