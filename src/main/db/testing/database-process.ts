import Sqlite from 'better-sqlite3';
import { openDatabase } from '../database.ts';
import { mendDatabase } from '../mend.ts';
import { addJournal, mendDeps } from './filled.ts';

/**
 * For tests only, a process of its own: `mend FILE` mends a database and tells where the damaged one lies, as JSON;
 * `leave FILE VERSION` adds to its journal, sets the version of its schema, and dies without closing it.
 */
const [, , what, file = '', version] = process.argv;
if (what === 'leave') {
  const inUse = openDatabase(file);
  const db = new Sqlite(file);
  addJournal(db, 1_000_000, 100);
  if (version !== undefined) db.pragma(`user_version = ${version}`);
  inUse.sqliteVersion();
  process.kill(process.pid, 'SIGKILL');
} else {
  const mended = await mendDatabase(file, mendDeps);
  process.stdout.write(JSON.stringify(mended?.aside ?? null));
}
