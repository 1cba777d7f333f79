import type { Connection } from './connection.ts';

/** The cache key each node's output was made for: a second copy of `_cacheKey`, for editors that drop it. */
export function createFingerprintsTable(db: Connection) {
  const put = db.prepare(
    `INSERT INTO fingerprints (workflow, node_id, cache_key, at) VALUES (?, ?, ?, ?)
     ON CONFLICT (workflow, node_id) DO UPDATE SET cache_key = excluded.cache_key, at = excluded.at`,
  );
  const all = db.prepare(
    'SELECT node_id AS nodeId, cache_key AS cacheKey FROM fingerprints WHERE workflow = ?',
  );
  const remove = db.prepare(
    'DELETE FROM fingerprints WHERE workflow = ? AND node_id IN (SELECT value FROM json_each(?))',
  );
  return {
    remove: (workflow: string, nodeIds: readonly number[]) => remove.run(workflow, JSON.stringify(nodeIds)),
    put: (workflow: string, nodeId: number, cacheKey: string, at: number) =>
      put.run(workflow, nodeId, cacheKey, at),
    of: (workflow: string): Map<number, string> =>
      new Map(
        (all.all(workflow) as { nodeId: number; cacheKey: string }[]).map((row) => [
          row.nodeId,
          row.cacheKey,
        ]),
      ),
  };
}
