import Sqlite from 'better-sqlite3';

/** A row of the journal, by its number. */
export type Rows = Map<number, string>;

/** For tests only: what plain SQLite can read of the journal in a file, forwards, backwards, and by each number. */
export function readPlainly(file: string, highest: number): Rows {
  const rows: Rows = new Map();
  const take = (row: unknown) => {
    const { id } = row as { id: number };
    if (!rows.has(id)) rows.set(id, JSON.stringify(row));
  };
  let db: Sqlite.Database | null = null;
  try {
    db = new Sqlite(file, { readonly: true });
    const prepared = db;
    for (const order of ['ASC', 'DESC']) {
      attempt(() => {
        for (const row of prepared
          .prepare(`SELECT * FROM journal NOT INDEXED ORDER BY id ${order}`)
          .iterate())
          take(row);
      });
    }
    const one = prepared.prepare('SELECT * FROM journal NOT INDEXED WHERE id = ?');
    for (let id = 1; id <= highest; id++)
      attempt(() => {
        const row = one.get(id) as { id: number } | undefined;
        if (row?.id === id) take(row);
      });
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError)) throw error;
  } finally {
    db?.close();
  }
  return rows;
}

/** The rest of a damaged table may be readable from elsewhere. */
function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError)) throw error;
  }
}
