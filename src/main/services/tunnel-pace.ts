import type { Trouble } from './cloudflared-lines.ts';
import type { TunnelState, TunnelTimes } from './tunnel-state.ts';

/** How often tunnels may be made, and how long one waits in between (behaviour.md §10). Pure. */

export const quickFailuresUntilFailed = 5;
const creationsAtMost = 5;

/** Milliseconds until another quick tunnel may be asked for: at most five in the window. */
export function limitWait(creations: readonly number[], now: number, times: TunnelTimes): number {
  // One far in the future tells of a clock that was wrong, not of a tunnel.
  const recent = creations.filter((at) => Math.abs(at - now) < times.creationWindow).sort((a, b) => a - b);
  const oldest = recent.at(-creationsAtMost);
  return oldest === undefined ? 0 : oldest + times.creationWindow - now;
}

/** Milliseconds before the next start after `failures` in a row: 5 s doubling to 5 min, a fifth up or down. */
export function nextDelay(failures: number, random: number, times: TunnelTimes): number {
  const base = Math.min(times.backoffFirst * 2 ** Math.min(Math.max(0, failures - 1), 20), times.backoffMost);
  return Math.round(base * (0.8 + 0.4 * random));
}

/** Neither a person nor another protocol can mend these, but time can. */
export function onlyWaitingHelps(trouble: Trouble | null): boolean {
  return trouble === 'rate-limited' || trouble === 'no-network';
}

export function inCalm(state: TunnelState, now: number): boolean {
  return now < state.calmUntil;
}
