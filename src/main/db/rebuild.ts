import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import Database from 'better-sqlite3';
import { lookAtRest, pageOneOfLog, sizeByHeader, standardHeader } from './at-rest.ts';
import { type Carried, carryTable, unlessBroken } from './carry-over.ts';
import type { Connection } from './connection.ts';
import { tablesOf } from './damage.ts';
import { dropUnreadable } from './drop-unreadable.ts';
import { migrations } from './migrations/list.ts';
import { readOnly } from './read-only.ts';

/** Milliseconds to wait for a program of somebody else that has the damaged one. */
const BUSY_MS = 10_000;

/** The journal is what was paid for: should the disk fill up or somebody lose patience, it is there. */
const FIRST = ['journal', 'runs', 'blobs', 'backups', 'versions', 'annotations', 'uploads', 'fingerprints'];

/**
 * Makes a new database at `into` (over what an earlier attempt left) with all that can still be read of the damaged one
 * at `from`, which is only read; nobody else may have it open. It has the version of the old one: who opens it brings it
 * up to date. Only when this returns is it complete, and on the disk. Throws what SQLite throws for the new one.
 */
export function rebuild(from: string, into: string): Carried[] {
  removeWithLog(into);
  const fresh = new Database(into);
  try {
    // Nothing is lost with it before it is complete, and then it is put on the disk as a whole.
    fresh.pragma('journal_mode = MEMORY');
    fresh.pragma('synchronous = OFF');
    fresh.pragma('foreign_keys = OFF');
    return fill(fresh, from, `${into}-source`);
  } finally {
    fresh.close();
    sync(into);
  }
}

function fill(fresh: Connection, from: string, copy: string): Carried[] {
  try {
    const carried = readOnly(
      readableAs(from, copy),
      (damaged) => {
        const version = versionBySchema(damaged);
        if (version === null) return null;
        make(fresh, version);
        const tables = tablesInOrder(version).map((table) => {
          const carried = carryTable(damaged, fresh, table);
          const dropped = dropUnreadable(fresh, table);
          return { table, rows: carried.rows - dropped, whole: carried.whole && dropped === 0 };
        });
        keepCounting(damaged, fresh);
        return tables;
      },
      BUSY_MS,
    );
    if (carried !== null) return carried;
    make(fresh, migrations.length);
    return tablesInOrder(migrations.length).map((table) => ({ table, rows: 0, whole: false }));
  } finally {
    removeWithLog(copy);
  }
}

/**
 * The file that SQLite reads this database from: itself, or, where SQLite would refuse all of it for its header or
 * its length, a copy with these as they must have been. The original keeps each of its bytes.
 */
function readableAs(from: string, copy: string): string {
  if (lookAtRest(from).fault === null) return from;
  const pageOne = pageOneOfLog(from);
  copyFileSync(from, copy, constants.COPYFILE_FICLONE);
  if (existsSync(`${from}-wal`)) copyFileSync(`${from}-wal`, `${copy}-wal`, constants.COPYFILE_FICLONE);
  const handle = openSync(copy, 'r+');
  try {
    const header = Buffer.alloc(100);
    readSync(handle, header, 0, header.length, 0);
    const begin = pageOne ?? standardHeader(header);
    writeSync(handle, begin, 0, begin.length, 0);
    // SQLite reads nothing of a file that is shorter than it should be; of zeros it reads what is around them.
    if (fstatSync(handle).size < sizeByHeader(begin)) ftruncateSync(handle, sizeByHeader(begin));
  } finally {
    closeSync(handle);
  }
  return copy;
}

function make(fresh: Connection, version: number): void {
  fresh.transaction(() => {
    for (const migration of migrations.slice(0, version)) fresh.exec(migration);
    fresh.pragma(`user_version = ${version}`);
  })();
}

function tablesInOrder(version: number): string[] {
  const tables = tablesOf(version);
  return [
    ...FIRST.filter((table) => tables.includes(table)),
    ...tables.filter((table) => !FIRST.includes(table)),
  ];
}

function removeWithLog(file: string): void {
  for (const part of ['', '-wal', '-shm', '-journal']) if (existsSync(file + part)) unlinkSync(file + part);
}

/**
 * The version whose tables are most like those that are there: its number may be what is damaged. Null: not even the
 * names of its tables can be read.
 */
function versionBySchema(damaged: Connection): number | null {
  const names = unlessBroken(
    () => damaged.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[],
  );
  if (names === null) return null;
  const there = new Set(names);
  const misfit = (version: number) => {
    const tables = tablesOf(version);
    const shared = tables.filter((table) => there.has(table)).length;
    return tables.length + there.size - 2 * shared;
  };
  const versions = migrations.map((_, i) => i + 1);
  const best = Math.min(...versions.map(misfit));
  const told = unlessBroken(() => Number(damaged.pragma('user_version', { simple: true }))) ?? 0;
  if (versions.includes(told) && misfit(told) === best) return told;
  return versions.findLast((version) => misfit(version) === best) ?? migrations.length;
}

/** Numbers that were given once (the revisions of the tunnel's address) are not given again. */
function keepCounting(damaged: Connection, fresh: Connection): void {
  if (fresh.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").get() === undefined) return;
  const counted = unlessBroken(
    () => damaged.prepare('SELECT name, seq FROM sqlite_sequence').all() as { name: string; seq: number }[],
  );
  const raise = fresh.prepare('UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?');
  const begin = fresh.prepare('INSERT INTO sqlite_sequence (seq, name) VALUES (?, ?)');
  for (const { name, seq } of counted ?? []) if (raise.run(seq, name).changes === 0) begin.run(seq, name);
}

function sync(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
