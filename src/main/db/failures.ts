import { writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { fail } from '../../shared/failure.ts';

export type SqliteError = InstanceType<typeof Sqlite.SqliteError>;

/**
 * What a failed write to the database means to a person: `store-unreachable` when its disk takes nothing, `folder`
 * when the place is at fault or the file is damaged; anything else stays as it is.
 */
export function databaseFailure(error: unknown, file: string): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error;
  const { code } = error;
  const told = (kind: 'store-unreachable' | 'folder', message: string, cure: string) =>
    fail(kind, message, { where: file, cure, cause: error });
  if (isDamage(error))
    return told(
      'folder',
      `The database is damaged (${error.message}).`,
      'End every Flowdeck of this data folder, then start one again: it sets the damaged database aside and carries over what can be read.',
    );
  if (code === 'SQLITE_FULL')
    return told(
      'store-unreachable',
      'The disk of the data folder is full.',
      'Free some space, then run again: what is done is reused.',
    );
  if (code.startsWith('SQLITE_IOERR'))
    return told(
      'store-unreachable',
      `The disk of the data folder reported an error (${code}).`,
      'Check the disk, then run again.',
    );
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN'))
    return told(
      'folder',
      'The database may not be written.',
      'Give yourself the right to write the data folder, or use another one with --data-dir.',
    );
  if (code.startsWith('SQLITE_BUSY'))
    return told(
      'store-unreachable',
      'Another program holds the database.',
      'Close programs that have it open, then run again.',
    );
  return error;
}

/** The content of the file is wrong; not: it is held, may not be written, or its disk is full or failing. */
export const isDamage = (error: unknown): error is SqliteError =>
  error instanceof Sqlite.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);

/** Beside a database in which damage was met: the next start looks through all of it (mend.ts). */
export const suspectFile = (file: string): string => `${file}.suspect`;

/** Leaves that mark. Where even that cannot be written, the next one to meet the damage tries again. */
export function suspect(file: string, damage: SqliteError): void {
  try {
    writeFileSync(suspectFile(file), `${damage.code}: ${damage.message}\n`);
  } catch (error) {
    // What is told is the damage; that the disk takes no mark either belongs to it.
    damage.message += ` (and no mark of it could be left: ${error instanceof Error ? error.message : String(error)})`;
  }
}
