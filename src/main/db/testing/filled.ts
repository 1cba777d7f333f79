import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { emptyCounts } from '../../../shared/domain.ts';
import type { RunSummary } from '../../../shared/run-view.ts';
import { systemClock } from '../../platform/clock.ts';
import { openDatabase } from '../database.ts';
import type { MendDeps } from '../mend.ts';

/** For tests only: how many rows `fillDatabase` puts into the tables. */
export const filled = { runs: 40, journal: 2000, backups: 30, versions: 20, addresses: 5 };

/** Makes a database with rows in each group of tables, about 2 MB, whose journal is spread over some 300 pages. */
export function fillDatabase(file: string): void {
  openDatabase(file).close();
  const db = new Sqlite(file);
  db.pragma('synchronous = OFF');
  db.transaction(() => {
    addJournal(db, 0, filled.journal);
    const blob = db.prepare('INSERT INTO blobs (sha256, size, zstd) VALUES (?, ?, ?)');
    const backup = db.prepare(
      "INSERT INTO backups (id, workflow, path, reason, sha256, at) VALUES (?, '/w/a.nbflow', NULL, 'pre-run', ?, ?)",
    );
    for (let i = 0; i < filled.backups; i++) {
      const content = Buffer.from(`${i} `.repeat(4000));
      blob.run(sha(content), content.length, content);
      backup.run(`b${i}`, sha(content), i);
    }
    const version = db.prepare(
      `INSERT INTO versions (id, workflow, version, from_path, from_version, moved_to, sha256, how, note, at)
       VALUES (?, ?, ?, '/w/a.nbflow', ?, '/w/backups/a.nbflow', '', 'bump', 'a note', ?)`,
    );
    const restored = db.prepare(
      `INSERT INTO restores (id, workflow, backup_id, how, path, sha256, at)
       VALUES (?, '/w/a.nbflow', 'b1', 'wiped', '/w/a.nbflow', '', ?)`,
    );
    const pin = db.prepare('INSERT INTO annotations (entry, pinned, changed_at) VALUES (?, 1, ?)');
    for (let i = 0; i < filled.versions; i++) {
      version.run(`v${i}`, `/w/a-V0-${i + 2}.nbflow`, `V0-${i + 2}`, `V0-${i + 1}`, i);
      restored.run(`s${i}`, i);
      pin.run(`b${i}`, i);
    }
    const address = db.prepare('INSERT INTO tunnel_address (url, verified_at) VALUES (?, ?)');
    for (let i = 0; i < filled.addresses; i++) address.run(`https://t${i}.example`, i);
    db.prepare("UPDATE queue_pause SET paused = 1, why = 'a reason'").run();
    db.prepare("INSERT INTO marks (name, value) VALUES ('sample', 'copied')").run();
  })();
  db.close();
}

/** Rows of the journal, numbered from `first`, and the runs they belong to. */
export function addJournal(db: Sqlite.Database, first: number, count: number): void {
  const run = db.prepare(
    `INSERT OR IGNORE INTO runs (id, workflow, name, mode, options, server, demo, status, pid, started_at, summary)
     VALUES (?, '/w/a.nbflow', 'a', 'full', '{}', 'http://127.0.0.1:1', 0, 'completed', 1, 1, ?)`,
  );
  const entry = db.prepare(
    `INSERT INTO journal (run_id, workflow, node_id, row, candidate, attempt, kind, fingerprint, prompt, server, state,
       task_id, intent_at, changed_at)
     VALUES (?, '/w/a.nbflow', ?, 1, 1, 1, 'image', ?, ?, 'http://127.0.0.1:1', 'written', ?, ?, ?)`,
  );
  for (let i = first; i < first + count; i++) {
    const runId = `r${i % filled.runs}`;
    run.run(runId, JSON.stringify({ ...summary, runId }));
    entry.run(
      runId,
      i,
      sha(Buffer.from(`f${i}`)),
      `A jar on a table, the ${i}th of them. `.repeat(8),
      `t${i}`,
      i,
      i,
    );
  }
}

const summary: Omit<RunSummary, 'runId'> = {
  workflow: '/w/a.nbflow',
  name: 'a',
  mode: 'full',
  status: 'completed',
  demo: false,
  server: 'http://127.0.0.1:1',
  concurrency: 3,
  startedAt: new Date(1).toISOString(),
  finishedAt: null,
  counts: emptyCounts(),
  plan: { nodes: 0, generations: 0, cached: 0, costUSD: 0, images: 0, videos: 0, estimateS: 0 },
  done: 0,
  total: 0,
  etaS: null,
  costUSD: 0,
  savedUSD: 0,
  picksOpen: 0,
  uploadsWaiting: 0,
  output: null,
  errorsFile: null,
  message: null,
  cause: null,
  live: false,
};

/** For each file of a database what would change if somebody touched it; absent ones are left out. */
export function stateOf(file: string): Record<string, string> {
  return Object.fromEntries(
    ['', '-wal', '-shm']
      .filter((part) => existsSync(file + part))
      .map((part) => [part, `${sha(readFileSync(file + part))} ${statSync(file + part).mtimeMs}`]),
  );
}

/** With the real thread, and nothing in the store. */
export const mendDeps: MendDeps = {
  clock: systemClock,
  startWorker: (workerData) => new Worker(new URL('../mend-worker.ts', import.meta.url), { workerData }),
  findObjects: async () => [],
};

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
