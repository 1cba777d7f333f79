import type { Connection } from './connection.ts';
import { below } from './folder-range.ts';

/** What a bump or a graduation made. */
export interface VersionRow {
  id: string;
  /** The new file. */
  workflow: string;
  version: string;
  fromPath: string;
  fromVersion: string;
  /** Where the old file is now. */
  movedTo: string;
  /** Of the new file as it was written. */
  sha256: string;
  how: 'bump' | 'graduation';
  note: string;
  /**
   * Whether registry and tracker know what became of it: `none` where nobody keeps books, `refused` where they cannot be
   * written. Null: nobody has tried to the end, since it was made or since it was undone.
   */
  books: 'written' | 'none' | 'refused' | null;
  at: number;
  undoneAt: number | null;
}

/** Versions that were made, in the order they were made. */
export function createVersionsTable(db: Connection) {
  const columns = `id, workflow, version, from_path AS fromPath, from_version AS fromVersion, moved_to AS movedTo, sha256,
    how, note, books, at, undone_at AS undoneAt`;
  const insert = db.prepare(
    `INSERT INTO versions (id, workflow, version, from_path, from_version, moved_to, sha256, how, note, books, at)
     VALUES (@id, @workflow, @version, @fromPath, @fromVersion, @movedTo, @sha256, @how, @note, @books, @at)`,
  );
  const setBooks = db.prepare('UPDATE versions SET books = ? WHERE id = ?');
  const setUndone = db.prepare('UPDATE versions SET undone_at = ?, books = NULL WHERE id = ?');
  const inFolder = db.prepare(
    `SELECT ${columns} FROM versions WHERE workflow >= @low AND workflow < @high ORDER BY rowid`,
  );
  const madeLast = db.prepare(
    `SELECT ${columns} FROM versions WHERE workflow = ? AND undone_at IS NULL ORDER BY rowid DESC LIMIT 1`,
  );
  const newest = db.prepare(`SELECT ${columns} FROM versions WHERE workflow = ? ORDER BY rowid DESC LIMIT 1`);
  const successor = db.prepare(
    `SELECT ${columns} FROM versions WHERE from_path = ? AND undone_at IS NULL ORDER BY rowid DESC LIMIT 1`,
  );
  const unbooked = db.prepare(`SELECT ${columns} FROM versions WHERE books IS NULL ORDER BY rowid`);
  return {
    insert: (row: Omit<VersionRow, 'undoneAt'>) => insert.run(row),
    setBooks: (id: string, books: NonNullable<VersionRow['books']>) => setBooks.run(books, id),
    /** Its books are to be written anew. */
    setUndone: (id: string, at: number) => setUndone.run(at, id),
    /** Of all workflows below a folder, oldest first. */
    below: (folder: string) => inFolder.all(below(folder)) as VersionRow[],
    /** How the file of this path came to be; null: not by us. */
    madeLast: (workflow: string) => (madeLast.get(workflow) as VersionRow | undefined) ?? null,
    /** The same, also where it was undone since. */
    newest: (workflow: string) => (newest.get(workflow) as VersionRow | undefined) ?? null,
    /** What the file of this path went on as; null: as nothing. */
    successorOf: (workflow: string) => (successor.get(workflow) as VersionRow | undefined) ?? null,
    /** Those whose books nobody has tried to write (to the end), also those that were undone since; oldest first. */
    unbooked: () => unbooked.all() as VersionRow[],
  };
}
