import { fail } from '../../../shared/failure.ts';
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../platform/clock.ts';
import type { SettingsStore } from '../../platform/settings-store.ts';
import type { Runner } from '../../runner/runner-api.ts';
import type { Editing } from '../editing.ts';
import type { Places } from '../places.ts';
import type { Notice } from '../run-notices.ts';
import { openComparing } from './comparing.ts';
import type { History } from './history-api.ts';
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

/** Backups, versions, restores, proofs and comparisons, put together. */
export function openHistory(parts: HistoryParts): History & { close(): Promise<void> } {
  // Rooms that are being built; each takes its place here as it comes.
  const yet = () =>
    Promise.reject(fail('internal', `Not there yet (${Object.keys(parts).length} parts are ready for it).`));
  const comparing = openComparing({
    db: parts.db,
    settings: parts.settings,
    diffWorker: parts.places.diffWorker,
  });
  const { db, settings, clock, places } = parts;
  const restoring = openRestoring({ db, settings, clock, restoringWorker: places.restoringWorker });
  const versions = openVersions({
    db,
    settings,
    clock,
    diffContents: comparing.diffContents,
    onProblem: parts.warn,
  });
  return {
    ...versions,
    ...restoring,
    ...openProofs({
      db,
      settings,
      clock,
      catchUp: versions.catchUp,
      tell: parts.tell,
      onFault: parts.onFault,
    }),
    compare: comparing.compare,
    list: yet,
    watch: yet,
    backup: yet,
    adopt: yet,
    annotate: yet,
    close: comparing.close,
  };
}
