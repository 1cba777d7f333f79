import type { HealthSpan, ServiceState } from '../../../shared/services.ts';
import { counted } from '../../components/format.ts';

/** The last hour of a service as stretches of time. Pure: the clock comes in. */

export const HOUR_MS = 3_600_000;

/** What a state means for who looks at an hour; `unknown`: nobody was watching yet. */
export type Health = 'up' | 'changing' | 'down' | 'off' | 'unknown';

const healthOf: Record<ServiceState, Health> = {
  stopped: 'off',
  starting: 'changing',
  ready: 'up',
  unhealthy: 'down',
  stopping: 'changing',
  failed: 'down',
  foreign: 'down',
};

/** A stretch of time, in milliseconds since the epoch. */
export interface Stretch {
  from: number;
  to: number;
  health: Health;
}

/** The last hour without a gap, oldest first; neighbours of the same health are one. */
export function stretches(spans: readonly HealthSpan[], nowMs: number): Stretch[] {
  const begin = nowMs - HOUR_MS;
  const first = spans[0];
  const all: Stretch[] = [
    { from: begin, to: first === undefined ? nowMs : Date.parse(first.from), health: 'unknown' },
    ...spans.map(({ from, state }, i) => {
      const next = spans[i + 1];
      return {
        from: Date.parse(from),
        to: next === undefined ? nowMs : Date.parse(next.from),
        health: healthOf[state],
      };
    }),
  ];
  const joined: Stretch[] = [];
  for (const stretch of all) {
    const from = Math.max(begin, stretch.from);
    const to = Math.min(nowMs, stretch.to);
    const last = joined.at(-1);
    if (to <= from) continue;
    if (last?.health === stretch.health) last.to = to;
    else joined.push({ from, to, health: stretch.health });
  }
  return joined;
}

/** Time of one health, in milliseconds. */
const timeOf = (hour: readonly Stretch[], health: Health): number =>
  hour.reduce((sum, each) => (each.health === health ? sum + each.to - each.from : sum), 0);

/** How often a service that was wanted was down: from the moment it goes until it is up or switched off. */
export function outages(hour: readonly Stretch[]): number {
  let count = 0;
  let within = false;
  for (const { health } of hour) {
    if (health === 'down' && !within) count += 1;
    if (health === 'down') within = true;
    else if (health !== 'changing') within = false;
  }
  return count;
}

/** The hour in a sentence: `G-Labs: up 58 of the last 60 min, 2 outages`. */
export function healthSummary(name: string, hour: readonly Stretch[]): string {
  const minutes = (ms: number) => Math.round(ms / 60_000);
  const known = hour.filter(({ health }) => health !== 'unknown' && health !== 'off');
  if (known.length === 0) return `${name}: not running in the last 60 min`;
  const times = outages(hour);
  const idle = minutes(timeOf(hour, 'off') + timeOf(hour, 'unknown'));
  const parts = [
    `up ${minutes(timeOf(hour, 'up'))} of the last 60 min`,
    ...(idle > 0 ? [`not running for ${idle} min`] : []),
    times === 0 ? 'no outage' : counted(times, 'outage'),
  ];
  return `${name}: ${parts.join(', ')}`;
}
