import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packContent } from './backups.ts';
import { type Database, openDatabase } from './database.ts';
import { suspectFile } from './failures.ts';
import { mendDatabase } from './mend.ts';
import { migrations } from './migrations/list.ts';
import { mendDeps } from './testing/filled.ts';
import { words } from './testing/words.ts';

/** What becomes of backups when their database was damaged, or is of an earlier Flowdeck. */

const PAGE = 4096;
const workflow = '/w/testing/XYZG3-V0-1.nbflow';
const other = '/w/testing/OTHER1-V0-1.nbflow';
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowdeck-mended-'));
  file = join(folder, 'flowdeck.db');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const sha = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const version = (n: number): Buffer => {
  const text = words(200_000, 1);
  words(150, 1000 + n).copy(text, n * 700);
  return text;
};

async function opened<T>(work: (db: Database) => Promise<T>): Promise<T> {
  const db = openDatabase(file);
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

async function backUp(db: Database, id: string, content: Uint8Array, of = workflow): Promise<void> {
  const packed = await db.backups.pack(content, of);
  await db.commits.write(() =>
    db.backups.put({ id, workflow: of, path: null, reason: 'pre-run', origin: 'automatic', at: 1 }, packed),
  );
}

const comesBack = async (db: Database, content: Uint8Array) =>
  Buffer.compare((await db.backups.unpacked(sha(content))) ?? Buffer.from('damaged'), content) === 0;

describe('a database in which a base was damaged', () => {
  beforeEach(async () => {
    await opened(async (db) => {
      for (const n of [0, 1, 2]) await backUp(db, `b${n}`, version(n));
      await backUp(db, 'c', words(200_000, 7), other);
    });
    const plain = new Sqlite(file);
    const zstd = plain
      .prepare('SELECT zstd FROM blobs WHERE sha256 = ?')
      .pluck()
      .get(sha(version(0))) as Buffer;
    plain.close();
    // A page in the middle of it: what leads to the next page is gone with it.
    const at = readFileSync(file).indexOf(zstd.subarray(50_000, 50_050));
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(PAGE), 0, PAGE, Math.floor(at / PAGE) * PAGE);
    closeSync(handle);
    writeFileSync(suspectFile(file), '');
  });

  it('keeps all backups, loses what hung on it, and nothing of other workflows', async () => {
    const mended = await mendDatabase(file, mendDeps);
    expect(mended?.report?.carried.find(({ table }) => table === 'backups')).toMatchObject({ rows: 4 });
    await opened(async (db) => {
      expect(db.backups.of(workflow)).toHaveLength(3);
      for (const n of [0, 1, 2]) expect(await comesBack(db, version(n))).toBe(false);
      expect(await comesBack(db, words(200_000, 7))).toBe(true);
    });
  });

  it('takes backups as before, and has a content whole again that is backed up once more', async () => {
    await mendDatabase(file, mendDeps);
    await opened(async (db) => {
      await backUp(db, 'b3', version(3));
      await backUp(db, 'b4', version(1));
      for (const n of [1, 3]) expect(await comesBack(db, version(n))).toBe(true);
      await db.commits.write(() => db.backups.remove(['b0', 'b1', 'b2']));
      for (const n of [1, 3]) expect(await comesBack(db, version(n))).toBe(true);
    });
  });

  it('has all of them again as soon as the base is put back from its copy on disk', async () => {
    await mendDatabase(file, mendDeps);
    await opened(async (db) => {
      const packed = await packContent(version(0));
      await db.commits.write(() => db.backups.mendBlob(packed));
      for (const n of [0, 1, 2]) expect(await comesBack(db, version(n))).toBe(true);
    });
  });
});

describe('a database of the Flowdeck before', () => {
  it('tells of its backups who wanted them, and the next one builds on them', async () => {
    const old = new Sqlite(file);
    for (const migration of migrations.slice(0, 5)) old.exec(migration);
    old.pragma('user_version = 5');
    const content = version(0);
    old
      .prepare('INSERT INTO blobs (sha256, size, zstd) VALUES (?, ?, ?)')
      .run(sha(content), content.length, zstdCompressSync(content));
    const backup = old.prepare(
      'INSERT INTO backups (id, workflow, path, reason, sha256, at) VALUES (?, ?, NULL, ?, ?, 1)',
    );
    for (const reason of ['pre-run', 'superseded', 'found'])
      backup.run(reason, workflow, reason, sha(content));
    old.close();

    await opened(async (db) => {
      expect(db.backups.every().map(({ id, origin }) => [id, origin])).toEqual([
        ['pre-run', 'automatic'],
        ['superseded', 'version'],
        ['found', 'found'],
      ]);
      expect(await comesBack(db, content)).toBe(true);
      await backUp(db, 'next', version(1));
      expect(await comesBack(db, version(1))).toBe(true);
      expect(db.backups.bytesOf([sha(version(1))]) - db.backups.bytesOf([sha(content)])).toBeLessThan(1500);
    });
  });
});
