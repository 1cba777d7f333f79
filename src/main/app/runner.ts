import { randomUUID } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Database } from '../db/database.ts';
import { packRecord } from '../db/records.ts';
import { takeBackup } from '../history/backup.ts';
import type { Clock } from '../platform/clock.ts';
import { hashOf } from '../platform/content-hash.ts';
import { nodeDisk } from '../platform/disk.ts';
import { acquireLock, lockFileFor, withFileLock } from '../platform/lock.ts';
import type { Log } from '../platform/log.ts';
import { inspectMedia, pictureForRequest } from '../platform/media.ts';
import type { DataPaths } from '../platform/paths.ts';
import { stillRuns } from '../platform/process-identity.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { SettingsStore } from '../platform/settings-store.ts';
import { watchFile } from '../platform/watch-file.ts';
import { createRunner } from '../runner/runner.ts';
import type { Runner } from '../runner/runner-api.ts';
import { openSourceWriter } from '../runner/source-thread.ts';
import { ownAddresses } from '../services/network.ts';
import { createLocalStore } from '../storage/local-store.ts';
import { assertTakes } from '../storage/try-store.ts';
import { watchBackend } from './backend-watch.ts';
import { mediaId } from './media.ts';
import { openBackends } from './run-backends.ts';
import { openStore } from './run-store.ts';
import type { Services } from './services.ts';

interface RunnerParts {
  db: Database;
  settings: SettingsStore;
  secrets: Secrets;
  clock: Clock;
  paths: DataPaths;
  log: Log;
  /** Those of this process, once somebody has opened them. */
  services: () => Promise<Services> | null;
  /** Entry of the thread that writes large workflow files (places.ts). */
  sourceWorker: string;
  /** When this process began (platform/process-identity.ts). */
  started: string | null;
  /** Which start of the machine this is (platform/boot.ts). */
  boot: string;
}

/** The runner with the real world around it: this machine's disk, the configured backend and stores. */
export function openRunner({
  db,
  settings,
  secrets,
  clock,
  paths,
  log,
  services,
  sourceWorker,
  started,
  boot,
}: RunnerParts): Runner {
  const backends = openBackends({ db, settings, secrets, clock, services });
  return createRunner({
    db,
    disk: nodeDisk,
    clock,
    random: Math.random,
    fetch,
    setting: (key) => settings.get(key),
    server: backends.serverOf,
    openBackend: backends.open,
    watchBackend: (backend) => watchBackend(backend, backends.watched),
    tryStore: (store, signal) => assertTakes(store, clock, signal),
    here: createLocalStore({ name: 'here', root: paths.objects }),
    openStore: (name) => openStore(name, { settings, secrets, paths, clock }),
    backup: (workflow, content, reason) =>
      takeBackup(workflow, content, reason, { db, disk: nodeDisk, clock }),
    lock: async (workflow, what) => acquireLock(await lockFileFor(workflow), { what }, { clock }),
    alone: (file, what, work) => withFileLock(file, what, work, { clock }),
    openSource: (workflow) =>
      openSourceWriter(
        workflow,
        nodeDisk,
        (workerData) => new Worker(sourceWorker, { workerData, name: 'flowdeck-source' }),
      ),
    watch: (file, onChange) =>
      watchFile(file, onChange, (error) => log.warn('A workflow cannot be watched', { err: error, file })),
    inspect: inspectMedia,
    fit: pictureForRequest,
    hash: hashOf,
    pack: packRecord,
    online: () => ownAddresses(networkInterfaces()).length > 0,
    media: mediaId,
    self: { pid: process.pid, started, boot },
    isAlive: (pid, startTime) => stillRuns({ pid, startTime }),
    newId: randomUUID,
  });
}
