import Database from 'better-sqlite3';
import { fail } from '../../shared/failure.ts';
import { migrations } from './migrations/list.ts';

export type Connection = Database.Database;

/**
 * Opens the database so that a commit survives a power cut: WAL, `synchronous=FULL`, `fullfsync` where the system
 * has it (behaviour.md §7). Brings the schema up to date in one transaction.
 * Throws `folder` when the file cannot be opened, is damaged, or was made by a newer Flowdeck (left untouched).
 */
export function openConnection(file: string): Connection {
  let connection: Connection;
  try {
    connection = new Database(file, { timeout: 10_000 });
  } catch (error) {
    throw unusable(file, error);
  }
  try {
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('fullfsync = ON');
    connection.pragma('foreign_keys = ON');
    migrate(connection, file);
    return connection;
  } catch (error) {
    connection.close();
    throw error instanceof Database.SqliteError ? unusable(file, error) : error;
  }
}

function migrate(connection: Connection, file: string): void {
  const version = () => Number(connection.pragma('user_version', { simple: true }));
  if (version() > migrations.length) {
    throw fail(
      'folder',
      `The database was made by a newer Flowdeck (schema ${version()}, this one knows ${migrations.length}).`,
      {
        where: file,
        cure: 'Update Flowdeck, or use another data folder with --data-dir. The file was left as it was.',
      },
    );
  }
  if (version() === migrations.length) return;
  // Immediate: of two processes that start together one migrates, the other finds it done.
  connection
    .transaction(() => {
      for (let next = version(); next < migrations.length; next++) {
        connection.exec(migrations[next] ?? '');
        connection.pragma(`user_version = ${next + 1}`);
      }
    })
    .immediate();
}

function unusable(file: string, cause: unknown): Error {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return fail('folder', `The database cannot be used: ${detail}.`, {
    where: file,
    cure: 'Check the rights and the free space of the data folder. A damaged file can be moved away: runs, settings and workflows are not in it.',
    cause,
  });
}
