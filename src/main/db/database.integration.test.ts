import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyCounts } from '../../shared/domain.ts';
import { FlowdeckError } from '../../shared/failure.ts';
import type { RunSummary, RunView } from '../../shared/run-view.ts';
import { packContent } from './backups.ts';
import { type Database, openDatabase } from './database.ts';
import type { Intent } from './journal.ts';
import { packRecord } from './records.ts';

let folder: string;
let file: string;
let db: Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowdeck-db-'));
  file = join(folder, 'flowdeck.db');
  db = openDatabase(file);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const summary = (runId: string, startedAt: string): RunSummary => ({
  runId,
  workflow: '/w/XYZG3-V0-1.nbflow',
  name: 'XYZG3-V0-1',
  mode: 'full',
  status: 'running',
  demo: true,
  server: 'http://127.0.0.1:8765',
  concurrency: 3,
  startedAt,
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
  live: true,
});

const addRun = (runId: string, startedAt = 1) =>
  db.runs.insert(
    {
      id: runId,
      workflow: '/w/XYZG3-V0-1.nbflow',
      name: 'XYZG3-V0-1',
      mode: 'full',
      options: '{}',
      server: 'http://127.0.0.1:8765',
      demo: true,
      pid: 1,
      processStarted: null,
      startedAt,
      boot: null,
    },
    summary(runId, new Date(startedAt).toISOString()),
  );

const intent = (more: Partial<Intent> = {}): Intent => ({
  runId: 'r1',
  workflow: '/w/XYZG3-V0-1.nbflow',
  nodeId: 4,
  row: 1,
  candidate: 1,
  attempt: 1,
  kind: 'image',
  fingerprint: 'f',
  demo: false,
  priceUSD: 0.04,
  prompt: 'a jar on a table',
  server: 'http://127.0.0.1:8765',
  ...more,
});

const thrown = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
};

describe('the database', () => {
  it('survives a power cut as far as SQLite can promise: WAL and FULL', () => {
    const probe = new BetterSqlite(file);
    expect(probe.pragma('journal_mode', { simple: true })).toBe('wal');
    probe.close();
    const [major, minor, patch] = db.sqliteVersion().split('.').map(Number);
    expect((major ?? 0) * 1e6 + (minor ?? 0) * 1e3 + (patch ?? 0)).toBeGreaterThanOrEqual(3_051_003);
  });

  it('is refused and left untouched when a newer Flowdeck made it', () => {
    const newer = new BetterSqlite(file);
    newer.pragma('user_version = 999');
    newer.close();
    const error = thrown(() => openDatabase(file));
    expect(error).toBeInstanceOf(FlowdeckError);
    expect((error as FlowdeckError).failure).toMatchObject({ code: 'folder', where: file });
    expect((error as FlowdeckError).message).toContain('999');
    const after = new BetterSqlite(file);
    expect(after.pragma('user_version', { simple: true })).toBe(999);
    after.pragma('user_version = 1');
    after.close();
  });

  it('says what is wrong with a file that is no database', () => {
    const other = join(folder, 'other.db');
    writeFileSync(
      other,
      'this is a letter to my aunt, not a database, and long enough to be one page of text',
    );
    const error = thrown(() => openDatabase(other));
    expect((error as FlowdeckError).failure).toMatchObject({ code: 'folder', where: other });
  });
});

describe('group commit', () => {
  it('resolves a write only after its commit is visible to another connection', async () => {
    addRun('r1');
    const id = await db.commits.write(() => db.journal.intend(intent(), 5));
    const other = openDatabase(file);
    expect(other.journal.ofNode('r1', 4)).toMatchObject([{ id, state: 'intent', intentAt: 5 }]);
    other.close();
  });

  it('undoes a failing write alone', async () => {
    addRun('r1');
    const good = db.commits.write(() => db.journal.intend(intent(), 1));
    const bad = db.commits.write(() => {
      db.journal.intend(intent({ candidate: 2 }), 1);
      throw new Error('no');
    });
    const alsoGood = db.commits.write(() => db.journal.intend(intent({ candidate: 3 }), 1));
    await expect(bad).rejects.toThrow('no');
    await Promise.all([good, alsoGood]);
    expect(db.journal.ofNode('r1', 4).map((row) => row.candidate)).toEqual([1, 3]);
  });
});

describe('the journal', () => {
  it('keeps what earlier steps wrote when a later one adds to it', () => {
    addRun('r1');
    const id = db.journal.intend(intent(), 1);
    db.journal.step(id, { state: 'submitted', taskId: 'abc12345' }, 2);
    db.journal.step(id, { state: 'downloaded', file: '/a.png', sha256: 'ff' }, 3);
    expect(db.journal.ofNode('r1', 4)[0]).toMatchObject({
      state: 'downloaded',
      taskId: 'abc12345',
      file: '/a.png',
      submittedAt: 2,
      changedAt: 3,
    });
    expect(db.journal.ownsTask('abc12345')).toBe(true);
    expect(db.journal.ownsTask('abc')).toBe(false);
  });

  it('finds the latest request for a place only by the same content', () => {
    addRun('r1');
    db.journal.intend(intent(), 1);
    const second = db.journal.intend(intent({ attempt: 2 }), 2);
    const place = intent();
    expect(db.journal.latest(place)?.id).toBe(second);
    expect(db.journal.latest({ ...place, fingerprint: 'other' })).toBeNull();
    expect(db.journal.attempts('r1', 4, 1, 1)).toBe(2);
  });

  it('puts aside what is made and not written, of the nodes named, and leaves what is in flight', () => {
    addRun('r1');
    const states = ['intent', 'submitted', 'timeout', 'completed', 'downloaded', 'stored', 'failed'] as const;
    for (const nodeId of [4, 13]) {
      for (const [i, state] of states.entries())
        db.journal.step(db.journal.intend(intent({ nodeId, candidate: i + 1 }), 1), { state }, 2);
    }
    db.journal.step(db.journal.intend(intent({ workflow: '/w/other.nbflow' }), 1), { state: 'stored' }, 2);
    expect(db.journal.putAside('/w/XYZG3-V0-1.nbflow', [4, 999], 'wiped', 3)).toBe(3);
    const stateOf = (nodeId: number) => db.journal.ofNode('r1', nodeId).map(({ state }) => state);
    expect(stateOf(4).slice(0, 7)).toEqual([
      'intent',
      'submitted',
      'timeout',
      'written',
      'written',
      'written',
      'failed',
    ]);
    expect(stateOf(4)[7]).toBe('stored');
    expect(stateOf(13)).toEqual(states);
    expect(db.journal.ofNode('r1', 4)[3]).toMatchObject({ message: 'wiped', changedAt: 3 });
  });

  it('refuses a state that is not one', () => {
    addRun('r1');
    const id = db.journal.intend(intent(), 1);
    expect(() => db.journal.step(id, { state: 'nearly' as 'stored' }, 2)).toThrow(/CHECK/);
  });
});

describe('runs', () => {
  it('come newest first, and keep the whole record once ended', async () => {
    addRun('r1', 1000);
    addRun('r2', 2000);
    expect(db.runs.recent(10).map((run) => run.summary.runId)).toEqual(['r2', 'r1']);
    const view: RunView = {
      summary: { ...summary('r1', new Date(1000).toISOString()), status: 'completed' },
      tabs: ['Account A'],
      nodes: [],
      notices: [{ at: new Date(1500).toISOString(), message: 'a word', nodeId: null }],
      outages: [],
    };
    db.runs.finish(view.summary, await packRecord(view), 3000);
    expect(db.runs.find('r1')).toMatchObject({ open: false, view });
    expect(db.runs.find('r2')).toMatchObject({ open: true, view: null });
    expect(db.runs.lastOf('/w/XYZG3-V0-1.nbflow')).toMatchObject({ runId: 'r2' });
  });
});

describe('a workflow that moved', () => {
  const [from, to] = ['/w/XYZG3-V0-1.nbflow', '/w/XYZG3-V0-2.nbflow'];

  it('takes its fingerprints, what is paid for and not written, and its uploads along; twice is once', () => {
    addRun('r1');
    const paid = db.journal.intend(intent(), 1);
    db.journal.step(paid, { state: 'submitted', taskId: 'abc12345' }, 2);
    db.journal.step(db.journal.intend(intent({ candidate: 2 }), 1), { state: 'written' }, 2);
    db.fingerprints.put(from, 4, 'old key', 1);
    const uploads = new BetterSqlite(file);
    uploads.exec(
      `INSERT INTO uploads (store, key, sha256, file, content_type, size, workflow, added_at)
         VALUES ('r2', 'a.png', 'ff', '/a.png', 'image/png', 1, '${from}', 1)`,
    );
    for (const _ of [1, 2]) {
      db.movedFiles.follow(from, to);
      expect(db.journal.latest(intent({ workflow: to }))).toMatchObject({ id: paid, taskId: 'abc12345' });
      expect(db.journal.latest(intent({ workflow: to, candidate: 2 }))).toBeNull();
      expect(db.fingerprints.of(to)).toEqual(new Map([[4, 'old key']]));
    }
    expect(uploads.prepare('SELECT workflow FROM uploads').pluck().all()).toEqual([to]);
    uploads.close();
  });
});

describe('fingerprints', () => {
  it('are taken out for the nodes named, of this workflow only', () => {
    for (const nodeId of [4, 9]) db.fingerprints.put('/w', nodeId, 'key', 1);
    db.fingerprints.put('/other', 4, 'key', 1);
    db.fingerprints.remove('/w', [4, 999]);
    expect([...db.fingerprints.of('/w').keys()]).toEqual([9]);
    expect([...db.fingerprints.of('/other').keys()]).toEqual([4]);
  });
});

describe('backups', () => {
  it('keep identical content once and give it back byte for byte', async () => {
    const content = new TextEncoder().encode('{"name":"é"}\n');
    const packed = await packContent(content);
    const { sha256 } = packed;
    const row = { workflow: '/w', path: null, reason: 'pre-run', origin: 'automatic' as const, at: 1 };
    db.backups.put({ ...row, id: 'b1' }, packed);
    db.backups.put({ ...row, id: 'b2', at: 2 }, packed);
    expect(db.backups.of('/w').map((backup) => backup.id)).toEqual(['b2', 'b1']);
    expect(Buffer.from((await db.backups.unpacked(sha256)) ?? []).equals(Buffer.from(content))).toBe(true);
    expect(await db.backups.unpacked('bb')).toBeNull();
    expect(db.backups.find('b2')).toEqual({
      ...row,
      id: 'b2',
      at: 2,
      sha256,
      provenAt: null,
      problem: null,
    });
    expect(db.backups.find('b3')).toBeNull();
  });
});
