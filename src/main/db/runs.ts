import { zstdDecompressSync } from 'node:zlib';
import { RunGraph } from '../../shared/run-graph.ts';
import { RunSummary, type RunView } from '../../shared/run-view.ts';
import type { Connection } from './connection.ts';
import { openRecord, readRecord } from './records.ts';
import { createRunJournal } from './run-journal.ts';

export interface RunRow {
  id: string;
  workflow: string;
  name: string;
  mode: string;
  options: string;
  server: string;
  demo: boolean;
  pid: number;
  processStarted: string | null;
  startedAt: number;
  /** Which start of the machine it belongs to (platform/boot.ts). */
  boot: string | null;
}

export interface StoredRun {
  summary: RunSummary;
  pid: number;
  processStarted: string | null;
  /** Which start of the machine it belongs to; null: not noted. */
  boot: string | null;
  /** Not ended by its own process (yet). */
  open: boolean;
}

/** Runs and their records: what one could see live is kept whole, compressed, once a run ends. */
export function createRunsTable(db: Connection) {
  const insert = db.prepare(
    `INSERT INTO runs (id, workflow, name, mode, options, server, demo, status, pid, process_started, started_at, boot,
       summary)
     VALUES (@id, @workflow, @name, @mode, @options, @server, @demo, 'running', @pid, @processStarted, @startedAt, @boot, @summary)`,
  );
  const summarise = db.prepare('UPDATE runs SET status = ?, summary = ? WHERE id = ?');
  const finish = db.prepare(
    'UPDATE runs SET status = ?, finished_at = ?, summary = ?, view = ? WHERE id = ?',
  );
  const setView = db.prepare('UPDATE runs SET view = ? WHERE id = ?');
  const setBackup = db.prepare('UPDATE runs SET backup = ? WHERE id = ?');
  const backup = db.prepare('SELECT backup FROM runs WHERE id = ?').pluck();
  const recent = db.prepare(
    'SELECT summary, pid, process_started AS processStarted, finished_at AS finishedAt, boot FROM runs ORDER BY started_at DESC, rowid DESC LIMIT ?',
  );
  const cutShort = db.prepare(
    `SELECT summary, pid, process_started AS processStarted, finished_at AS finishedAt, boot FROM runs r
     WHERE (finished_at IS NULL OR status IN ('interrupted', 'aborted')) AND NOT EXISTS (
       SELECT 1 FROM runs newer WHERE newer.workflow = r.workflow
         AND (newer.started_at > r.started_at OR (newer.started_at = r.started_at AND newer.rowid > r.rowid)))
       AND NOT EXISTS (
         SELECT 1 FROM versions WHERE from_path = r.workflow AND undone_at IS NULL AND at >= r.started_at)
       AND NOT EXISTS (
         SELECT 1 FROM backups WHERE backups.workflow = r.workflow AND reason = 'superseded' AND at >= r.started_at
           AND NOT EXISTS (SELECT 1 FROM versions WHERE from_path = r.workflow))
     ORDER BY started_at DESC, rowid DESC`,
  );
  const ofWorkflow = db.prepare(
    `SELECT summary, pid, process_started AS processStarted, finished_at AS finishedAt, boot FROM runs WHERE workflow = ?
     ORDER BY started_at DESC, rowid DESC LIMIT ?`,
  );
  const one = db.prepare(
    'SELECT summary, view, pid, process_started AS processStarted, finished_at AS finishedAt, boot FROM runs WHERE id = ?',
  );
  const brief = db.prepare(
    'SELECT summary, pid, process_started AS processStarted, finished_at AS finishedAt, boot FROM runs WHERE id = ?',
  );
  const startsWith = db.prepare(
    `SELECT summary, pid, process_started AS processStarted, finished_at AS finishedAt, boot FROM runs
     WHERE id >= @low AND id < @high LIMIT 2`,
  );
  const open = db.prepare('SELECT finished_at IS NULL FROM runs WHERE id = ?').pluck();
  const endView = db.prepare('SELECT view FROM runs WHERE id = ?').pluck();
  const lastOf = db.prepare(
    'SELECT id AS runId, status, coalesce(finished_at, started_at) AS at FROM runs WHERE workflow = ? ORDER BY started_at DESC LIMIT 1',
  );

  const setFirstView = db.prepare('UPDATE runs SET first_view = ? WHERE id = ?');
  const firstView = db.prepare('SELECT first_view FROM runs WHERE id = ?').pluck();
  const setGraph = db.prepare('UPDATE runs SET graph = ? WHERE id = ?');
  const graph = db.prepare('SELECT graph FROM runs WHERE id = ?').pluck();
  const options = db.prepare('SELECT options FROM runs WHERE id = ?').pluck();

  type Row = {
    summary: string;
    pid: number;
    processStarted: string | null;
    finishedAt: number | null;
    boot: string | null;
  };
  const stored = (row: Row): StoredRun => ({
    summary: RunSummary.parse(JSON.parse(row.summary)),
    pid: row.pid,
    processStarted: row.processStarted,
    boot: row.boot,
    open: row.finishedAt === null,
  });

  return {
    ...createRunJournal(db),
    insert(run: RunRow, summary: RunSummary): void {
      insert.run({ ...run, demo: run.demo ? 1 : 0, summary: JSON.stringify(summary) });
    },
    summarise: (summary: RunSummary) => summarise.run(summary.status, JSON.stringify(summary), summary.runId),
    /** `view` as `packRecord` gives it. */
    finish: (summary: RunSummary, view: Uint8Array, at: number) =>
      finish.run(summary.status, at, JSON.stringify(summary), view, summary.runId),
    /** A pick after the end changes the record too. */
    replaceView: (summary: RunSummary, view: Uint8Array) => {
      summarise.run(summary.status, JSON.stringify(summary), summary.runId);
      setView.run(view, summary.runId);
    },
    /** `backup`: id of the backup of what it begins with. */
    setBackup: (id: string, backup: string) => setBackup.run(backup, id),
    /** What it began with: the id of a backup, in earlier versions the path of its copy. Null: it did not come so far. */
    backupOf: (id: string) => (backup.get(id) as string | null | undefined) ?? null,
    /** Without its record. */
    known(id: string): StoredRun | null {
      const row = brief.get(id) as Row | undefined;
      return row ? stored(row) : null;
    },
    /** Those whose id begins so: two at most, so that one can be told from several. */
    startingWith: (id: string): StoredRun[] =>
      (startsWith.all({ low: id, high: `${id}\u{10FFFF}` }) as Row[]).map(stored),
    /** Whether it has no end of its own (yet), so that its journal is what is told of it. */
    isOpen: (id: string): boolean => open.get(id) === 1,
    /** The record as it ended, read beside whatever else goes on. Null: no such run, or one without an end. */
    async endViewOf(id: string): Promise<RunView | null> {
      const packed = endView.get(id) as Buffer | null | undefined;
      return packed ? openRecord(packed) : null;
    },
    /** The record as it is before anything has happened; `view` as `packRecord` gives it. */
    setFirstView: (id: string, view: Uint8Array) => setFirstView.run(view, id),
    /** Null: no such run, one of an earlier version, or one that ended before it was written down. */
    async firstViewOf(id: string): Promise<RunView | null> {
      const packed = firstView.get(id) as Buffer | null | undefined;
      return packed ? openRecord(packed) : null;
    },
    /** How the workflow was drawn when the run began. */
    setGraph: (id: string, drawn: Uint8Array) => setGraph.run(drawn, id),
    graphOf(id: string): RunGraph | null {
      const packed = graph.get(id) as Buffer | null | undefined;
      return packed ? RunGraph.parse(JSON.parse(zstdDecompressSync(packed).toString('utf8'))) : null;
    },
    /** As JSON. */
    optionsOf: (id: string) => (options.get(id) as string | undefined) ?? null,
    recent: (limit: number): StoredRun[] => (recent.all(limit) as Row[]).map(stored),
    /** Newest first. */
    ofWorkflow: (workflow: string, limit: number): StoredRun[] =>
      (ofWorkflow.all(workflow, limit) as Row[]).map(stored),
    /**
     * The newest run of each workflow, where that was cut short or has no end yet. Newest first. One whose workflow went
     * on as the next version since is left out: what it had belongs to that one (moved-files.ts). Bumps of before there
     * was a table of versions are known by their backups.
     */
    cutShort: (): StoredRun[] => (cutShort.all() as Row[]).map(stored),
    find(id: string): (StoredRun & { view: RunView | null }) | null {
      const row = one.get(id) as (Row & { view: Buffer | null }) | undefined;
      if (!row) return null;
      return { ...stored(row), view: row.view && readRecord(row.view) };
    },
    lastOf: (workflow: string) =>
      (lastOf.get(workflow) as { runId: string; status: string; at: number } | undefined) ?? null,
  };
}
