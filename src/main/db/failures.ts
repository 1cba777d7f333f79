import Sqlite from 'better-sqlite3';
import { fail } from '../../shared/failure.ts';

/**
 * What a failed write to the database means to a person: `store-unreachable` when its disk takes nothing, `folder`
 * when the place is at fault; anything else stays as it is.
 */
export function databaseFailure(error: unknown, file: string): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error;
  const { code } = error;
  const told = (kind: 'store-unreachable' | 'folder', message: string, cure: string) =>
    fail(kind, message, { where: file, cure, cause: error });
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
