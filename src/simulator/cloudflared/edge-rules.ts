import type { Refusal } from './edge-protocol.ts';
import type { Scenario } from './scenarios.ts';

/** What the edge knows about a tunnel. Times are of the edge's own monotonic clock, in milliseconds. */
export interface TunnelFacts {
  playing: ReadonlySet<Scenario>;
  deleted: boolean;
  /** Takes nobody back before this (`blip`). */
  awayUntil: number;
  /** Before this nobody can find the name; null: no connection has been there yet. */
  findableAt: number | null;
}

/** Whether the edge takes a connection of this protocol, and how the process finds out if not. */
export function admit(
  tunnel: TunnelFacts | undefined,
  protocol: string,
  now: number,
): 'registered' | Refusal {
  if (tunnel === undefined || tunnel.deleted) return 'unauthorized';
  const unreachable: Refusal = protocol === 'quic' ? 'vanished' : 'refused';
  if (tunnel.playing.has('never-ready') || now < tunnel.awayUntil) return unreachable;
  if (tunnel.playing.has('quic-blocked') && protocol === 'quic') return unreachable;
  if (tunnel.playing.has('http2-refused') && protocol !== 'quic') return unreachable;
  return 'registered';
}

/** What somebody out there meets under a name. `unfindable`: their resolver does not know it. */
export type Meets = 'connector' | 'no-connector' | 'unfindable';

/**
 * What a request for a name of a tunnel meets. A name that was found once stays known to the edge when its tunnel is
 * gone (error 1033); one that was never there has no address at all.
 */
export function meets(tunnel: TunnelFacts | undefined, connections: number, now: number): Meets {
  if (tunnel === undefined || tunnel.findableAt === null || now < tunnel.findableAt) return 'unfindable';
  return connections === 0 || tunnel.deleted ? 'no-connector' : 'connector';
}
