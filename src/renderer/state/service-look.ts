import type { ServiceView, TunnelStage } from '../../shared/services.ts';
import { type Marked, serviceMark } from '../components/marks.ts';

/** How a service is shown: the tunnel by how far it has come, G-Labs by its state. Pure. */

const stageMarks: Record<TunnelStage, Marked> = {
  stopped: { mark: 'waiting', word: 'stopped' },
  spawning: { mark: 'working', word: 'starting' },
  'url-assigned': { mark: 'working', word: 'connecting' },
  registered: { mark: 'working', word: 'connected' },
  settling: { mark: 'working', word: 'checking' },
  verified: { mark: 'done', word: 'verified' },
  degraded: { mark: 'needs-you', word: 'not answering' },
  restarting: { mark: 'working', word: 'restarting' },
  backoff: { mark: 'working', word: 'restarting' },
  stopping: { mark: 'working', word: 'stopping' },
  failed: { mark: 'failed', word: 'failed' },
};

/** Where a tunnel is not wanted, or its program is not here: no alarm, since runs do without one. */
export type TunnelAbsence = 'off' | 'no-program';

/** Why there is no tunnel and Start would bring none; null where there is one, or Start brings one. */
export function tunnelAbsence(
  service: Pick<ServiceView, 'state' | 'startWill' | 'problem' | 'tunnel'>,
): TunnelAbsence | null {
  if (service.tunnel === null) return null;
  if (service.tunnel.mode === 'none') return 'off';
  const idle = service.state === 'stopped' || service.state === 'failed';
  // Only the program that is to be installed comes with a command to type.
  return idle && service.startWill === 'nothing' && service.problem?.command !== undefined
    ? 'no-program'
    : null;
}

/** State of a service as a mark and a word. */
export function serviceLook(service: ServiceView): Marked {
  const { state, tunnel, nextAttemptAt } = service;
  if (tunnel !== null) {
    const absence = tunnelAbsence(service);
    if (absence === 'off') return { mark: 'skipped', word: 'off' };
    if (absence === 'no-program') return { mark: 'skipped', word: 'not installed' };
    return stageMarks[tunnel.stage];
  }
  // It has ended and is started again by itself: nobody is needed for that.
  if (state === 'unhealthy' && nextAttemptAt !== null) return { mark: 'working', word: 'restarting' };
  return serviceMark(state);
}

/** The public address that works now; null while there is none. */
export function verifiedUrl({ tunnel }: Pick<ServiceView, 'tunnel'>): string | null {
  return tunnel?.stage === 'verified' ? (tunnel.address?.url ?? null) : null;
}

/**
 * Which try the coming start is since the service was last up, 1 for the first; null when it is not told apart any
 * more, since only the newest restarts are kept.
 */
export function nextTry({
  health,
  lastRestarts,
}: Pick<ServiceView, 'health' | 'lastRestarts'>): number | null {
  const lastUp = health.findLastIndex(({ state }) => state === 'ready');
  const downFrom = health[lastUp + 1]?.from;
  const since = downFrom === undefined ? lastRestarts : lastRestarts.filter(({ at }) => at >= downFrom);
  return since.length < RESTARTS_KEPT ? since.length + 1 : null;
}

/** As many restarts as the main side keeps. */
const RESTARTS_KEPT = 5;

/** `Restarting (2nd try) in 4 s`, until it is due: `Restarting (2nd try) now`. */
export function nextAttemptWords(
  service: Pick<ServiceView, 'health' | 'lastRestarts' | 'nextAttemptAt'>,
  nowMs: number,
): string | null {
  if (service.nextAttemptAt === null) return null;
  const nth = nextTry(service);
  const which = nth === null ? ' (6th try or later)' : nth === 1 ? '' : ` (${ordinal(nth)} try)`;
  const seconds = Math.ceil((Date.parse(service.nextAttemptAt) - nowMs) / 1000);
  if (seconds <= 0) return `Restarting${which} now`;
  const minutes = Math.floor(seconds / 60);
  const when = minutes === 0 ? `${seconds} s` : `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `Restarting${which} in ${when}`;
}

function ordinal(n: number): string {
  return `${n}${['st', 'nd', 'rd'][n - 1] ?? 'th'}`;
}
