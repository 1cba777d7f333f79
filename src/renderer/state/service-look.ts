import type { ServicesView, ServiceView, TunnelStage } from '../../shared/services.ts';
import { duration } from '../components/format.ts';
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

/** Where a tunnel is not wanted, or there is no program that could make one: no alarm, since runs do without one. */
export type TunnelAbsence = 'off' | 'no-program';

/** Why there is no tunnel and Start would bring none; null where there is one, or Start brings one. */
export function tunnelAbsence(
  service: Pick<ServiceView, 'state' | 'startWill' | 'problem' | 'tunnel'>,
): TunnelAbsence | null {
  const { state, startWill, problem, tunnel } = service;
  if (tunnel === null) return null;
  if (tunnel.mode === 'none') return 'off';
  const idle = state === 'stopped' || state === 'failed';
  return idle && startWill === 'nothing' && problem !== null ? 'no-program' : null;
}

/** State of a service as a mark and a word. */
export function serviceLook(service: ServiceView): Marked {
  const { state, tunnel, nextAttemptAt, problem } = service;
  if (tunnel !== null) {
    const absence = tunnelAbsence(service);
    if (absence === 'off') return { mark: 'skipped', word: 'off' };
    if (absence === 'no-program') return { mark: 'skipped', word: 'not set up' };
    return stageMarks[tunnel.stage];
  }
  // It has ended and is started again by itself: nobody is needed for that.
  if (state === 'unhealthy' && nextAttemptAt !== null) return { mark: 'working', word: 'restarting' };
  // It is up, and every run would be refused.
  if (state === 'ready' && problem !== null) return { mark: 'needs-you', word: 'key refused' };
  return serviceMark(state);
}

/** Both services in a sentence, for who cannot see the marks; of a tunnel that is not wanted nothing is said. */
export function servicesSentence({ glabs, tunnel }: ServicesView): string {
  const sentence = `G-Labs ${serviceLook(glabs).word}.`;
  return tunnelAbsence(tunnel) === null ? `${sentence} Tunnel ${serviceLook(tunnel).word}.` : sentence;
}

/** The public address that works now; null while there is none. */
export function verifiedUrl({ tunnel }: Pick<ServiceView, 'tunnel'>): string | null {
  return tunnel?.stage === 'verified' ? (tunnel.address?.url ?? null) : null;
}

/** `Restarting (2nd try) in 4 s`, until it is due: `Restarting (2nd try) now`. Tries count from Start on. */
export function nextAttemptWords(
  { nextAttemptAt, restarts }: Pick<ServiceView, 'nextAttemptAt' | 'restarts'>,
  nowMs: number,
): string | null {
  if (nextAttemptAt === null) return null;
  const seconds = Math.ceil((Date.parse(nextAttemptAt) - nowMs) / 1000);
  const when = seconds <= 0 ? 'now' : `in ${duration(seconds)}`;
  return `Restarting (${ordinal(restarts + 2)} try) ${when}`;
}

const places = new Intl.PluralRules('en', { type: 'ordinal' });
const endings: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };

const ordinal = (n: number): string => `${n}${endings[places.select(n)] ?? 'th'}`;
