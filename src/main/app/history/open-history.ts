import type { Database } from '../../db/database.ts';
import type { Clock } from '../../platform/clock.ts';
import { nodeDisk } from '../../platform/disk.ts';
import { realPlaceOf } from '../../platform/real-place.ts';
import type { SettingsStore } from '../../platform/settings-store.ts';
import type { Runner } from '../../runner/runner-api.ts';
import type { Editing } from '../editing.ts';
import type { Places } from '../places.ts';
import type { Notice } from '../run-notices.ts';
import { openComparing } from './comparing.ts';
import type { History } from './history-api.ts';
import { openListing } from './listing.ts';
import { openProofs } from './proofs.ts';
import { openRestoring } from './restoring.ts';
import { openVersions } from './versions.ts';

export interface HistoryParts {
  db: Database;
  settings: SettingsStore;
  clock: Clock;
  runner: Runner;
  editing: Editing;
  places: Places;
  onFault(error: unknown): void;
  /** Tells a person who looks elsewhere. */
  tell(notice: Notice): void;
  /** Hears what could not be done where nobody waits for it. */
  warn(problem: string): void;
}

/** Backups, versions, restores, proofs and comparisons, put together. What one of them does shows in the list at once. */
export function openHistory({
  places,
  tell,
  warn,
  ...parts
}: HistoryParts): History & { close(): Promise<void> } {
  const comparing = openComparing({ ...parts, diffWorker: places.diffWorker });
  const restoring = openRestoring({ ...parts, restoringWorker: places.restoringWorker });
  const versions = openVersions({
    ...parts,
    diffContents: comparing.diffContents,
    restoringWorker: places.restoringWorker,
    onProblem: warn,
  });
  const proofs = openProofs({ ...parts, catchUp: versions.catchUp, tell });
  const { changed, ...listing } = openListing(parts);
  const stopHearing = parts.runner.onStarted((handle) => {
    changed(handle.workflow);
    void handle.finished.then(() => changed(handle.workflow));
  });
  /** Does it, then has those look who watch, be it done or not. */
  const shown = async <T>(path: string, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      changed(await realPlaceOf(path, nodeDisk));
    }
  };
  return {
    ...versions,
    bump: (path, note) => shown(path, versions.bump(path, note)),
    graduate: (path, note) => shown(path, versions.graduate(path, note)),
    undoVersion: (path) => shown(path, versions.undoVersion(path)),
    preview: restoring.preview,
    restore: (path, wish) => shown(path, restoring.restore(path, wish)),
    ...proofs,
    compare: comparing.compare,
    ...listing,
    async close() {
      stopHearing();
      await Promise.all([listing.close(), comparing.close()]);
    },
  };
}
