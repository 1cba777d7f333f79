import { keepConnection } from './connection.ts';
import type { EdgeClient, Registered } from './edge-client.ts';
import type { Connect } from './edge-protocol.ts';
import type { Entry } from './log.ts';
import type { TunnelSettings } from './settings.ts';

export interface ConnectionsDeps {
  settings: Pick<TunnelSettings, 'connections' | 'protocol' | 'retries'>;
  edge: EdgeClient;
  /** What the edge is told of each connection, but for what differs between them. */
  connect: Omit<Connect, 'connIndex' | 'protocol'>;
  log(entry: Entry): void;
  /** Waits in the time of the scenario; rejects once `ending`. */
  wait(ms: number): Promise<void>;
  ending(): boolean;
  /** The first connection of all has come. */
  firstUp(): void;
  /** The edge gave this process another scenario. */
  played(scenario: string): void;
}

export interface Connections {
  /** Numbers of those that are registered. */
  open(): number[];
  /** Tells the edge that they are over. */
  end(): void;
}

/** Sets up all connections of a tunnel and keeps them: one for a quick tunnel, four for a named one. */
export function keepConnections(deps: ConnectionsDeps): Connections {
  const { settings, edge, log, wait, ending } = deps;
  const open = new Map<number, Registered>();
  let been = false;
  for (let connIndex = 0; connIndex < settings.connections; connIndex++) {
    const kept = keepConnection({
      ...{ connIndex, log, wait, ending, draw: Math.random },
      ...{ protocol: settings.protocol, retries: settings.retries },
      dial: (protocol) => edge.dial({ ...deps.connect, connIndex, protocol }, deps.played),
      up: (connection) => {
        open.set(connIndex, connection);
        if (!been) deps.firstUp();
        been = true;
      },
      down: () => open.delete(connIndex),
    });
    kept.catch((error: unknown) => {
      // Its waiting was cut short: the process ends.
      if (!ending()) throw error;
    });
  }
  return {
    open: () => [...open.keys()],
    end: () => {
      for (const connection of open.values()) connection.end();
    },
  };
}
