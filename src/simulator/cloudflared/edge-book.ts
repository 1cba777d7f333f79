import { randomUUID } from 'node:crypto';
import type { Connect, EdgeLine, Refusal } from './edge-protocol.ts';
import { admit, meets, type TunnelFacts } from './edge-rules.ts';
import { hostnames } from './hostnames.ts';
import { readScenarios, type Scenario, times } from './scenarios.ts';

/** An open connection of a process; `send` writes a line to it, `close` ends it from the edge's side. */
export interface EdgeConnection {
  id: string;
  connect: Connect;
  send(line: EdgeLine): void;
  close(): void;
}

interface Tunnel extends TunnelFacts {
  id: string;
  host: string;
  playing: Set<Scenario>;
  connections: Map<string, EdgeConnection>;
  requests: number;
}

/** What a request meets, and where the process takes it when one is connected. */
export type Met =
  | { meets: 'no-connector' }
  | { meets: 'unfindable' }
  | { meets: 'connector'; proxyPort: number };

export interface EdgeOptions {
  seed: number;
  /** How many times faster than life the times of the scenarios pass. */
  speed: number;
}

/** Milliseconds of a clock that never goes back, and waking later; both handed in for tests with a clock of their own. */
export interface EdgeClock {
  now(): number;
  after(ms: number, what: () => void): void;
}

/**
 * The tunnels of an edge: which there are, who is connected, and what has been told to go wrong. Knows nothing of HTTP.
 */
export function edgeBook(options: EdgeOptions, clock: EdgeClock) {
  const byHost = new Map<string, Tunnel>();
  const byId = new Map<string, Tunnel>();
  const nextHost = hostnames(options.seed);
  const queued: string[] = [];
  const creations: { at: string; host: string | null }[] = [];
  let starts = 0;

  function add(id: string, host: string, playing: Set<Scenario>): Tunnel {
    const tunnel: Tunnel = {
      ...{ id, host, playing, deleted: false, awayUntil: 0, findableAt: null, requests: 0 },
      connections: new Map(),
    };
    byHost.set(host, tunnel);
    byId.set(id, tunnel);
    return tunnel;
  }

  function dropAll(tunnel: Tunnel): void {
    for (const connection of [...tunnel.connections.values()]) connection.close();
  }

  function strike(tunnel: Tunnel, scenario: Scenario, ms: number | null): void {
    if (scenario === 'blip') {
      tunnel.awayUntil = clock.now() + (ms ?? times.blip / options.speed);
      dropAll(tunnel);
    }
    if (scenario === 'deleted') {
      tunnel.deleted = true;
      dropAll(tunnel);
    }
    if (scenario === 'slow-dns') tunnel.findableAt = clock.now() + (ms ?? times.slowDns / options.speed);
    if (['never-ready', 'http2-refused', 'quic-blocked'].includes(scenario)) dropAll(tunnel);
  }

  return {
    /** A process has begun: what it plays. What a test queued goes before what the process was told. */
    start(wish: string): string {
      starts += 1;
      return queued.shift() ?? wish;
    },

    /** A new quick tunnel, or null where the scenario refuses it; the refusal counts as an attempt. */
    create(scenario: string): { id: string; host: string } | null {
      const playing = readScenarios(scenario);
      const refused = playing.has('429') || playing.has('500-html') || playing.has('success-false');
      const tunnel = refused ? null : add(randomUUID(), nextHost(), playing);
      creations.push({ at: new Date().toISOString(), host: tunnel?.host ?? null });
      return tunnel;
    },

    /** A process asks for a connection. `open` is called when it gets it. */
    connect(connect: Connect, open: (id: string) => EdgeConnection): Refusal | EdgeConnection {
      const { hostname } = connect;
      if (hostname !== null && !byId.has(connect.tunnelId)) {
        add(connect.tunnelId, hostname, readScenarios(connect.scenario));
      }
      const tunnel = byId.get(connect.tunnelId);
      const verdict = admit(tunnel, connect.protocol, clock.now());
      if (verdict !== 'registered') return verdict;
      if (tunnel === undefined) return 'unauthorized';
      const connection = open(randomUUID());
      const first = tunnel.findableAt === null;
      tunnel.connections.set(connection.id, connection);
      if (first) {
        tunnel.findableAt = clock.now();
        if (tunnel.playing.has('slow-dns')) strike(tunnel, 'slow-dns', null);
        for (const scenario of ['blip', 'deleted'] as const) {
          if (!tunnel.playing.has(scenario)) continue;
          clock.after(times.goesWell / options.speed, () => strike(tunnel, scenario, null));
        }
      }
      return connection;
    },

    /** The connection is over, whoever ended it. */
    disconnected(connection: EdgeConnection): void {
      byId.get(connection.connect.tunnelId)?.connections.delete(connection.id);
    },

    /** What a request for this host meets; a connector's port when there is one. Counts the request. */
    meet(host: string): Met {
      const tunnel = byHost.get(host);
      const found = meets(tunnel, tunnel?.connections.size ?? 0, clock.now());
      if (tunnel !== undefined) tunnel.requests += 1;
      const [connection] = tunnel?.connections.values() ?? [];
      if (found !== 'connector') return { meets: found };
      if (connection === undefined) return { meets: 'no-connector' };
      return { meets: 'connector', proxyPort: connection.connect.proxyPort };
    },

    has: (host: string): boolean => byHost.has(host),

    /** The next `count` processes that start play this, whatever they were told. */
    queue(scenario: string, count: number): void {
      readScenarios(scenario);
      for (let n = 0; n < count; n++) queued.push(scenario);
    },

    /**
     * From now on the tunnel of this host plays the scenario, at once: `blip` drops it, `deleted` forgets it, and so on.
     * `ms`: how long `blip` and `slow-dns` last, in real milliseconds. Says what does not work, or null.
     */
    play(host: string, scenario: string, ms: number | null): string | null {
      const tunnel = byHost.get(host);
      if (tunnel === undefined) return `There is no tunnel ${host}.`;
      if (tunnel.deleted) return `The tunnel ${host} was deleted, and stays so.`;
      tunnel.playing = readScenarios(scenario);
      if (tunnel.playing.has('ok')) tunnel.awayUntil = 0;
      for (const connection of tunnel.connections.values()) connection.send({ type: 'play', scenario });
      for (const one of tunnel.playing) strike(tunnel, one, ms);
      return null;
    },

    state() {
      return {
        starts,
        creations,
        queued,
        tunnels: [...byHost.values()].map((tunnel) => ({
          host: tunnel.host,
          id: tunnel.id,
          scenario: [...tunnel.playing].join('+'),
          deleted: tunnel.deleted,
          requests: tunnel.requests,
          connections: [...tunnel.connections.values()].map(({ id, connect }) => ({ id, ...connect })),
        })),
      };
    },
  };
}

export type EdgeBook = ReturnType<typeof edgeBook>;
