import path from 'node:path';
import { z } from 'zod';
import type { ServiceName } from '../../shared/services.ts';
import type { Database } from '../db/database.ts';
import type { ServiceStateTable } from '../db/service-state.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Environment } from '../platform/paths.ts';
import { processStartTime, stillRuns } from '../platform/process-identity.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { SettingsStore } from '../platform/settings-store.ts';
import { createChildRegistry } from '../services/child-registry.ts';
import { createProgramSearch } from '../services/cloudflared-program.ts';
import { createAddressBook } from '../services/create-address-book.ts';
import { createGlabsService } from '../services/glabs.ts';
import { createNetwork } from '../services/network.ts';
import { createPublicProbe } from '../services/public-probe.ts';
import { createTunnelService } from '../services/tunnel.ts';
import { createTunnelMetrics } from '../services/tunnel-metrics.ts';
import { createFreshNames } from '../services/tunnel-names.ts';
import type { Places } from './places.ts';
import { createKeyCheck } from './services/key-check.ts';
import type { Role } from './services/role.ts';
import { supervise } from './services/supervise.ts';

/** What was ordered longer ago than this and not fetched is not in the hands of a G-Labs any more. */
const DAY_MS = 24 * 3600 * 1000;

interface SupervisionParts {
  settings: SettingsStore;
  secrets: Secrets;
  clock: Clock;
  log: Log;
  places: Places;
  dataDir: string;
  /** Folder of the log files. */
  logs: string;
  db: Database;
  env: Environment;
}

/** G-Labs and the tunnel under supervision of this process, their state in the database for the others. */
export async function superviseHere(parts: SupervisionParts, again: readonly ServiceName[]): Promise<Role> {
  const { settings, secrets, clock, log, places, logs, db, env } = parts;
  const children = createChildRegistry({
    children: db.serviceChildren,
    clock,
    log,
    self: { pid: process.pid, started: await processStartTime(process.pid) },
  });
  const outputFolder = path.join(logs, 'services');
  const network = createNetwork({ clock, log });
  const book = createAddressBook({
    settings,
    addresses: db.tunnelAddresses,
    clock,
    log,
    random: Math.random,
    fetch,
    dataDir: parts.dataDir,
    editWorker: places.editWorker,
  });
  const glabs = createGlabsService({
    settings,
    secrets,
    clock,
    log,
    env,
    simulator: {
      command: process.execPath,
      args: [places.simulator],
      // In Electron this program is Electron, which is a Node when it is told so; a Node does not mind.
      env: { ELECTRON_RUN_AS_NODE: '1' },
    },
    serviceState: {
      write: (record) => {
        db.serviceState.put(record);
      },
      read: () => db.serviceState.get('glabs'),
    },
    children,
    network,
    outputFolder,
    mayHoldPaidWork: () => db.journal.atBackendSince(clock.now() - DAY_MS),
    checkKey: createKeyCheck({ settings, secrets, clock }),
  });
  const tunnel = createTunnelService({
    settings,
    secrets,
    clock,
    log,
    env,
    book,
    children,
    network,
    serviceState: {
      write: (record) => {
        db.serviceState.put(record);
      },
      read: () => db.serviceState.get('tunnel'),
    },
    creations: db.tunnelAddresses,
    origin: {
      url: () => glabs.view().url ?? settings.get('glabs.url'),
      isUp: () => glabs.view().state === 'ready',
      subscribe: (listener) => glabs.subscribe(listener),
    },
    program: createProgramSearch({ env }),
    probe: createPublicProbe({ names: createFreshNames({ fetch }), now: () => clock.monotonic() }),
    metrics: createTunnelMetrics(),
    configDir: path.join(parts.dataDir, 'cloudflared'),
    outputFolder,
  });
  return supervise(
    {
      glabs,
      tunnel,
      tellConsumer: book.tell,
      resumed: network.resumed,
      closeRest: async () => {
        network.close();
        await book.close();
      },
      onQuit: () => settings.get('services.onQuit'),
      db,
      clock,
      log,
    },
    again,
  );
}

const Supervised = z.object({ state: z.string(), url: z.string().nullable() });

/** Address of the G-Labs that a Flowdeck of this data folder has ready, if one does and still runs. */
export async function supervisedAddress(
  table: Pick<ServiceStateTable, 'get'>,
  isAlive: typeof stillRuns = stillRuns,
): Promise<string | null> {
  const record = table.get('glabs');
  if (record === null) return null;
  const { state, url } = Supervised.parse(JSON.parse(record.view));
  if (state !== 'ready') return null;
  const alive = await isAlive({ pid: record.ownerPid, startTime: record.ownerStarted });
  return alive ? url : null;
}
