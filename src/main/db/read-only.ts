import { existsSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Connection } from './connection.ts';

/**
 * Reads a database that nobody else has open (in-use.ts) and leaves it as it was: what SQLite puts beside it to read is
 * removed again. Waits up to `busyMs` for a program that is none of ours. Throws what SQLite throws.
 */
export function readOnly<T>(file: string, work: (connection: Connection) => T, busyMs = 0): T {
  const added = ['-wal', '-shm'].map((part) => file + part).filter((part) => !existsSync(part));
  const connection = new Database(file, { readonly: true, fileMustExist: true, timeout: busyMs });
  try {
    return work(connection);
  } finally {
    connection.close();
    for (const part of added) rmSync(part, { force: true });
  }
}
