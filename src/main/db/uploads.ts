import type { Connection } from './connection.ts';

/** An output that is on this machine and has yet to reach its store, or whose address has yet to reach the workflow. */
export interface Upload {
  /** Name and key: where it goes. */
  store: string;
  key: string;
  sha256: string;
  /** The copy on this machine that is sent. */
  file: string;
  contentType: string;
  size: number;
  /** Its address in the store; null while only the store can tell, and has not. */
  url: string | null;
  /** What stands in the workflow until then; null where `url` does from the start. */
  localUrl: string | null;
  workflow: string;
  /** Why the last try came to nothing. */
  problem: string | null;
  /** Milliseconds since the epoch. */
  addedAt: number;
}

/** Statements of the uploads. Callers wrap writes in `Commits.write`. */
export function createUploadsTable(db: Connection) {
  const columns = `store, key, sha256, file, content_type AS contentType, size, url, local_url AS localUrl, workflow,
    problem, added_at AS addedAt`;
  const add = db.prepare(
    `INSERT INTO uploads (store, key, sha256, file, content_type, size, url, local_url, workflow, problem, added_at)
     VALUES (@store, @key, @sha256, @file, @contentType, @size, @url, @localUrl, @workflow, NULL, @addedAt)
     ON CONFLICT (store, key, workflow) DO UPDATE SET file = excluded.file, problem = NULL,
       url = coalesce(uploads.url, excluded.url), local_url = excluded.local_url`,
  );
  const list = db.prepare(
    `SELECT ${columns} FROM uploads WHERE workflow = coalesce(@workflow, workflow) ORDER BY added_at, store, key`,
  );
  const note = db.prepare('UPDATE uploads SET problem = ? WHERE store = ? AND key = ?');
  const drop = db.prepare('DELETE FROM uploads WHERE store = ? AND key = ? AND local_url IS NULL');
  const know = db.prepare('UPDATE uploads SET url = ?, problem = NULL WHERE store = ? AND key = ?');
  const placed = db.prepare(
    'DELETE FROM uploads WHERE store = ? AND key = ? AND workflow = ? AND url IS NOT NULL',
  );
  return {
    add(upload: Omit<Upload, 'problem'>): void {
      add.run(upload);
    },
    /** Oldest first; of one workflow, or of all. */
    list: (workflow: string | null = null) => list.all({ workflow }) as Upload[],
    note(store: string, key: string, problem: string): void {
      note.run(problem, store, key);
    },
    /**
     * The store has it. The row goes, unless the workflow still has the local address: then the row keeps the real
     * one until `placed`.
     */
    sent(store: string, key: string, url: string): void {
      if (drop.run(store, key).changes === 0) know.run(url, store, key);
    },
    /** The workflow has the address from the store; others that wait for the same object do not yet. */
    placed(store: string, key: string, workflow: string): void {
      placed.run(store, key, workflow);
    },
  };
}

/** The store has it, and only its address has yet to be put into the workflow. */
export const isSent = (upload: Upload): boolean => upload.url !== null && upload.localUrl !== null;
