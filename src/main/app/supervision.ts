import { z } from 'zod';
import type { Database } from '../db/database.ts';
import type { ServiceStateTable } from '../db/service-state.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Environment } from '../platform/paths.ts';
import { stillRuns } from '../platform/process-identity.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { SettingsStore } from '../platform/settings-store.ts';
import { createGlabsService, type GlabsService } from '../services/glabs.ts';
import type { Places } from './places.ts';

interface SupervisionParts {
  settings: SettingsStore;
  secrets: Secrets;
  clock: Clock;
  log: Log;
  places: Places;
  db: Pick<Database, 'serviceState'>;
  env: Environment;
}

/** G-Labs under supervision, its state in the database for the other processes of this data folder. */
export function superviseGlabs({
  settings,
  secrets,
  clock,
  log,
  places,
  db,
  env,
}: SupervisionParts): GlabsService {
  return createGlabsService({
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
  });
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
