import type { Statement } from 'better-sqlite3';
import type { Connection } from './connection.ts';
import { databaseFailure, isDamage, suspect } from './failures.ts';

/**
 * A connection whose statements tell damage they meet, in the middle of work, as a failure with a cure, and leave a
 * mark, so that the next start looks through the whole database. All else they throw stays as it is.
 */
export function guarded(connection: Connection, file: string): Connection {
  const told = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (!isDamage(error)) throw error;
      suspect(file, error);
      throw databaseFailure(error, file);
    }
  };
  const watch = (statement: Statement): Statement => {
    const { get, all, run } = statement;
    statement.get = (...values) => told(() => get.apply(statement, values));
    statement.all = (...values) => told(() => all.apply(statement, values));
    statement.run = (...values) => told(() => run.apply(statement, values));
    return statement;
  };
  const prepare = connection.prepare.bind(connection) as (sql: string) => Statement;
  // Also a statement that is being prepared reads the file: its schema.
  connection.prepare = ((sql: string) => watch(told(() => prepare(sql)))) as Connection['prepare'];
  return connection;
}
