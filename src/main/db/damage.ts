import Database from 'better-sqlite3';
import { lookAtRest } from './at-rest.ts';
import type { Connection } from './connection.ts';
import { isDamage } from './failures.ts';
import { migrations } from './migrations/list.ts';
import { readOnly } from './read-only.ts';

/**
 * `glance`: header, length and schema, in a millisecond. `quick`: also each page, about a second for a gigabyte.
 * `whole`: also each index, three times as long.
 */
export type Thoroughness = 'glance' | 'quick' | 'whole';

/**
 * What is damaged in a database that nobody has open, in words, or null. A database that only cannot be read now (held,
 * without rights, on a failing disk) is not damaged: whoever opens it will tell.
 */
export function damageOf(file: string, how: Thoroughness): string | null {
  const { fault, empty, version } = lookAtRest(file);
  if (fault !== null || empty) return fault;
  try {
    return readOnly(file, (connection) => faultIn(connection, version ?? 0, how));
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    // What SQLite does not understand in these questions is the schema.
    return error.code === 'SQLITE_ERROR' || isDamage(error) ? error.message : null;
  }
}

function faultIn(connection: Connection, version: number, how: Thoroughness): string | null {
  const tables = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
  const ours = (tables as string[]).filter((name) => !name.startsWith('sqlite_'));
  if (!sameNames(ours, tablesOf(version))) return `its tables are not those of its version (${version})`;
  if (how === 'glance') return null;
  const found = String(
    connection.pragma(how === 'quick' ? 'quick_check(1)' : 'integrity_check(1)', { simple: true }),
  );
  // The first line names the database, the last one what is wrong with it.
  return found === 'ok' ? null : (found.split('\n').at(-1) ?? found);
}

/** The tables a database of this version has. Pure. */
export function tablesOf(version: number): string[] {
  const names = new Set<string>();
  for (const migration of migrations.slice(0, version)) {
    for (const [, verb, name = ''] of migration.matchAll(/\b(CREATE|DROP) TABLE (\w+)/g)) {
      if (verb === 'CREATE') names.add(name);
      else names.delete(name);
    }
  }
  return [...names];
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
