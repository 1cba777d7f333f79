import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { fail } from '../../shared/failure.ts';
import { databaseFailure, isDamage, type SqliteError, suspect } from './failures.ts';
import { migrations } from './migrations/list.ts';
import { makePowerSafe } from './pragmas.ts';

export type Connection = Database.Database;

/**
 * Opens the database so that a commit survives a power cut (pragmas.ts), and brings the schema up to date in one
 * transaction. Throws `folder` when the file cannot be opened, is damaged (the next start of Flowdeck mends it:
 * mend.ts), or was made by a newer Flowdeck (left untouched).
 */
export function openConnection(file: string): Connection {
  let connection: Connection | null = null;
  try {
    // Before anything that writes: setting the journal mode would be a change already.
    if (existsSync(file)) refuseNewer(versionThrough(file), file);
    connection = new Database(file, { timeout: 10_000 });
    makePowerSafe(connection, file);
    migrate(connection, file);
    return connection;
  } catch (error) {
    connection?.close();
    if (!(error instanceof Database.SqliteError)) throw error;
    if (isDamage(error)) suspect(file, error);
    throw unusable(file, error);
  }
}

/** Throws `folder` for a schema that only a newer Flowdeck knows. */
export function refuseNewer(version: number, file: string): void {
  if (version <= migrations.length) return;
  throw fail(
    'folder',
    `The database was made by a newer Flowdeck (schema ${version}, this one knows ${migrations.length}).`,
    {
      where: file,
      cure: 'Update Flowdeck, or use another data folder with --data-dir. The file was left as it was.',
    },
  );
}

const versionOf = (connection: Connection): number =>
  Number(connection.pragma('user_version', { simple: true }));

/** By a connection that only reads: neither the file nor its log is changed. */
function versionThrough(file: string): number {
  const connection = new Database(file, { readonly: true, timeout: 10_000 });
  try {
    return versionOf(connection);
  } finally {
    connection.close();
  }
}

function migrate(connection: Connection, file: string): void {
  refuseNewer(versionOf(connection), file);
  if (versionOf(connection) === migrations.length) return;
  // Immediate: of two processes that start together one migrates, the other finds it done.
  connection
    .transaction(() => {
      for (let next = versionOf(connection); next < migrations.length; next++) {
        connection.exec(migrations[next] ?? '');
        connection.pragma(`user_version = ${next + 1}`);
      }
    })
    .immediate();
}

function unusable(file: string, cause: SqliteError): unknown {
  const known = databaseFailure(cause, file);
  if (known !== cause) return known;
  return fail('folder', `The database cannot be used: ${cause.message}.`, {
    where: file,
    cure: 'Check the rights and the free space of the data folder.',
    cause,
  });
}
