import type Sqlite from 'better-sqlite3';
import { fail } from '../../shared/failure.ts';

/** What SQLite says that it does, read back after it was told. */
export interface PowerSafety {
  journalMode: string;
  /** 2 is FULL. */
  synchronous: number;
  fullfsync: number;
  foreignKeys: number;
}

/** The first SQLite in which a commit cannot get lost between two checkpoints (its WAL-reset bug). */
const SAFE_SQLITE = [3, 51, 3] as const;

/** Why journals may not be trusted to this SQLite, or null if they may. Pure. */
export function versionFault(version: string): string | null {
  const parts = version.split('.').map(Number);
  for (const [i, needed] of SAFE_SQLITE.entries()) {
    const has = parts[i] ?? Number.NaN;
    if (has > needed) return null;
    // Also what is no number: an unknown SQLite is no better than an old one.
    if (has !== needed) return `SQLite is ${version}, and below ${SAFE_SQLITE.join('.')} it can lose commits`;
  }
  return null;
}

/** What a commit would not survive with these settings, or null. Pure. */
export function safetyFault({
  journalMode,
  synchronous,
  fullfsync,
  foreignKeys,
}: PowerSafety): string | null {
  if (journalMode !== 'wal')
    return `its disk does not take a write-ahead log (journal mode is "${journalMode}")`;
  if (synchronous !== 2) return `commits do not wait for the disk (synchronous is ${synchronous})`;
  if (fullfsync !== 1) return 'the cache of the disk cannot be emptied (fullfsync is off)';
  if (foreignKeys !== 1) return 'foreign keys are not held';
  return null;
}

/**
 * Makes commits survive a power cut, and looks whether it was done: WAL, `synchronous=FULL`, `fullfsync` where the
 * system has it (behaviour.md §7). Throws `folder` for what cannot be had; a network disk is the usual reason.
 */
export function makePowerSafe(connection: Sqlite.Database, file: string): void {
  const journalMode = String(connection.pragma('journal_mode = WAL', { simple: true }));
  connection.pragma('synchronous = FULL');
  connection.pragma('fullfsync = ON');
  connection.pragma('foreign_keys = ON');
  const number = (name: string) => Number(connection.pragma(name, { simple: true }));
  const version = versionFault(String(connection.prepare('SELECT sqlite_version()').pluck().get()));
  if (version !== null)
    throw fail('folder', `The database cannot be used: ${version}.`, {
      where: file,
      cure: 'Install Flowdeck again, with the packages its lock file names.',
    });
  const safety = safetyFault({
    journalMode,
    synchronous: number('synchronous'),
    fullfsync: number('fullfsync'),
    foreignKeys: number('foreign_keys'),
  });
  if (safety === null) return;
  throw fail('folder', `The database would not survive a power cut: ${safety}.`, {
    where: file,
    cure: 'Use a data folder on a disk of this machine, with --data-dir or FLOWDECK_DATA_DIR.',
  });
}
