import type { Connection } from './connection.ts';

/** A picture or clip on this machine, by what is in it. */
export interface StoredFile {
  sha256: string;
  ext: string;
  contentType: string;
  size: number;
  file: string;
}

/** What each content is, where it lies, and which addresses lead to it. */
export function createObjectsTable(db: Connection) {
  const put = db.prepare(
    `INSERT INTO objects (sha256, ext, content_type, size, file) VALUES (@sha256, @ext, @contentType, @size, @file)
     ON CONFLICT (sha256) DO UPDATE SET file = excluded.file`,
  );
  const putUrl = db.prepare(
    'INSERT INTO object_urls (url, sha256) VALUES (?, ?) ON CONFLICT (url) DO UPDATE SET sha256 = excluded.sha256',
  );
  const select = 'SELECT objects.sha256, ext, content_type AS contentType, size, file FROM objects';
  const bySha = db.prepare(`${select} WHERE sha256 = ?`);
  const byUrl = db.prepare(`${select} JOIN object_urls USING (sha256) WHERE url = ?`);
  return {
    put(object: StoredFile, url: string | null): void {
      put.run(object);
      if (url !== null) putUrl.run(url, object.sha256);
    },
    bySha: (sha256: string) => (bySha.get(sha256) as StoredFile | undefined) ?? null,
    byUrl: (url: string) => (byUrl.get(url) as StoredFile | undefined) ?? null,
  };
}
export type ObjectsTable = ReturnType<typeof createObjectsTable>;
