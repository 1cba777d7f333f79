/**
 * Outputs that are on this machine and have yet to reach their store, and how a workflow was drawn when its run began.
 * `url` is the address the object will have, where the store can say so beforehand; `local_url` is what stands in for
 * it in the workflow where it cannot. Two workflows may wait for one object (a reference they share): each has a row.
 */
export const uploadsAndGraphs = `
CREATE TABLE uploads (
  store TEXT NOT NULL,
  key TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  file TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  url TEXT,
  local_url TEXT,
  workflow TEXT NOT NULL,
  problem TEXT,
  added_at INTEGER NOT NULL,
  PRIMARY KEY (store, key, workflow)
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_workflow ON uploads (workflow);

ALTER TABLE runs ADD COLUMN graph BLOB;
`;
