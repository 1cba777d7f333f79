import type { RunOptions } from '../../shared/domain.ts';
import type { MovingServer } from '../backend/address.ts';
import type { Backend } from '../backend/backend.ts';
import { createGlabsBackend } from '../backend/glabs.ts';
import type { Database } from '../db/database.ts';
import type { Clock } from '../platform/clock.ts';
import { stillRuns } from '../platform/process-identity.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { SettingsStore } from '../platform/settings-store.ts';
import { type BackendWatchParts, rememberAlive, seenServices } from './backend-watch.ts';
import { chooseServer } from './run-server.ts';
import { TUNNEL, tunnelServer } from './run-tunnel.ts';
import type { Services } from './services.ts';
import { supervisedAddress } from './supervision.ts';

export interface RunBackendsParts {
  db: Pick<Database, 'serviceState' | 'tunnelAddresses'>;
  settings: Pick<SettingsStore, 'get'>;
  secrets: Pick<Secrets, 'get'>;
  clock: Clock;
  /** Those of this process, once somebody has opened them. */
  services: () => Promise<Services> | null;
}

/** The backends that runs go to: which one, and with what key. */
export interface RunBackends {
  /** Base URL without a trailing slash, or `tunnel`. Rejects with `usage` for what is no address. */
  serverOf(options: Pick<RunOptions, 'server'>): Promise<string>;
  /** With its key. */
  open(server: string): Promise<Backend>;
  readonly watched: BackendWatchParts;
  readonly throughTunnel: MovingServer;
}

export function openBackends({ db, settings, secrets, clock, services }: RunBackendsParts): RunBackends {
  const watched = { services, saved: db.serviceState, isAlive: rememberAlive(stillRuns, clock) };
  const throughTunnel = tunnelServer({
    seen: () => seenServices(watched),
    addresses: db.tunnelAddresses,
    mode: () => settings.get('tunnel.mode'),
    sentTo: () => settings.get('tunnel.probeOrigin'),
  });
  return {
    watched,
    throughTunnel,
    serverOf: async ({ server }) =>
      chooseServer({
        asked: server,
        setting: settings.get('runner.server'),
        supervised: await supervisedAddress(db.serviceState),
        configured: settings.get('glabs.url'),
      }),
    open: async (server) =>
      createGlabsBackend({
        server: server === TUNNEL ? throughTunnel : server,
        apiKey: await secrets.get('glabs.apiKey'),
        authHeader: settings.get('glabs.authHeader'),
        healthPaths: settings.get('glabs.healthPaths'),
        // A build that answers with the picture itself takes as long as the picture.
        submitTimeoutMs: Math.max(120_000, settings.get('runner.imageTimeoutS') * 1000),
        clock,
      }),
  };
}
