import type { RestorePreview } from '../../../shared/history.ts';
import type { Database } from '../../db/database.ts';
import { type FoundBackup, findBackup } from '../../history/find-backup.ts';
import { lineageOf, nameOf } from '../../history/lineage.ts';
import { damaged } from '../../history/restorable.ts';
import { type RestoreDeps, restore } from '../../history/restore.ts';
import { NOTHING_KNOWN } from '../../history/restore-look.ts';
import type { Clock } from '../../platform/clock.ts';
import { hashOf } from '../../platform/content-hash.ts';
import { nodeDisk } from '../../platform/disk.ts';
import { nodeFolders } from '../../platform/folders.ts';
import { acquireLock, lockFileFor, withFileLock } from '../../platform/lock.ts';
import { realPlaceOf } from '../../platform/real-place.ts';
import type { SettingsStore } from '../../platform/settings-store.ts';
import type { Restoring } from './history-api.ts';
import { createRestoringWork, type RestoringWork } from './restoring-thread.ts';

interface RestoringParts {
  db: Database;
  settings: SettingsStore;
  clock: Clock;
  /** Entry of the thread that reads large backups. */
  restoringWorker: string;
}

/** Restores on this machine's disk, with its locks. */
export function openRestoring({ db, settings, clock, restoringWorker }: RestoringParts): Restoring {
  const work = createRestoringWork(restoringWorker);
  const deps: RestoreDeps = {
    db,
    disk: nodeDisk,
    folders: nodeFolders,
    clock,
    fields: () => settings.get('workflow.fields'),
    lock: async (file, what) => acquireLock(await lockFileFor(file), { what }, { clock }),
    alone: (file, what, work) => withFileLock(file, what, work, { clock }),
    prepare: work.content,
  };
  return {
    preview: (path, entry) => preview(path, entry, work, deps),
    restore: (path, { entry, ...wish }) => restore(path, { entry, ...wish }, deps),
  };
}

async function preview(
  path: string,
  entry: string,
  work: RestoringWork,
  { fields, ...deps }: RestoreDeps,
): Promise<RestorePreview> {
  const real = await realPlaceOf(path, deps.disk);
  const found = await findBackup(entry, deps, { lineage: lineageOf(real) });
  const [content, live] = await Promise.all([found.read(), deps.disk.read(real)]);
  const head = { ...headOf(found), live: live === null ? null : { sha256: await hashOf(live) } };
  if (content === null) return { ...head, ...NOTHING_KNOWN, problem: damaged(found).failure.message };
  const name = nameOf(found.workflow) === nameOf(real) ? null : nameOf(real);
  return {
    ...head,
    ...(await work.facts(content, live, { file: real, name, fields: fields() })),
    problem: null,
  };
}

const headOf = ({ id, path, workflow, version, at }: FoundBackup) => ({
  // What the database does not know goes by the path of its file.
  backupId: id ?? path ?? '',
  name: nameOf(workflow),
  version,
  at: new Date(at).toISOString(),
});
