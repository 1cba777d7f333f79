import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  watch,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import { suspectFile } from './failures.ts';
import { mendDatabase } from './mend.ts';
import { migrations } from './migrations/list.ts';
import { fillDatabase, filled, mendDeps, stateOf } from './testing/filled.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowdeck-mend-'));
  file = join(folder, 'flowdeck.db');
  fillDatabase(file);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const PAGE = 4096;
const damage = (at: number, bytes: Buffer | string) => {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.from(bytes), 0, Buffer.from(bytes).length, at);
  closeSync(handle);
};
const zeroPage = (page: number) => damage((page - 1) * PAGE, Buffer.alloc(PAGE));
const mend = () => mendDatabase(file, mendDeps);
const start = (...args: string[]) =>
  spawn(process.execPath, [join(import.meta.dirname, 'testing/database-process.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
/** A process that had it open dies. */
const crash = async (version?: number) => {
  await once(start('leave', file, ...(version === undefined ? [] : [String(version)])), 'exit');
};
const asides = () => readdirSync(folder).filter((name) => /damaged-[^-]+-\d\d-\d\d-\d+(-\d+)?$/.test(name));
const count = (table: string, of = file) => {
  const db = new Sqlite(of, { readonly: true });
  try {
    return Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  } finally {
    db.close();
  }
};
/** A page that holds rows of the journal, by what is written on it. */
const journalPage = (entry: number) =>
  Math.floor(readFileSync(file).indexOf(`, the ${entry}th of them.`) / PAGE) + 1;

const report = async () => {
  const mended = await mend();
  if (mended?.report == null) throw new Error('It was not mended.');
  const { carried, ...rest } = mended.report;
  const of = (table: string) => carried.find((each) => each.table === table);
  return { ...rest, aside: mended.aside, carried, of };
};

describe('a database that is whole', () => {
  it('is left as it was, to the byte', async () => {
    const before = stateOf(file);
    expect(await mend()).toBeNull();
    expect(stateOf(file)).toEqual(before);
  });

  it('keeps what a process that died had committed', async () => {
    await crash();
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
    expect(await mend()).toBeNull();
    expect(count('journal')).toBe(filled.journal + 100);
  });

  it('needs no look when it is not there yet', async () => {
    rmSync(file);
    expect(await mend()).toBeNull();
    expect(existsSync(file)).toBe(false);
  });
});

describe('a database of a newer Flowdeck', () => {
  it('is refused and left untouched with its log and index, also when only the log knows', async () => {
    const newer = migrations.length + 1;
    await crash(newer);
    const before = stateOf(file);
    expect(Object.keys(before)).toEqual(['', '-wal', '-shm']);
    expect(readFileSync(file).readUInt32BE(60)).toBe(migrations.length);
    expect(await mend()).toBeNull();
    expect(() => openDatabase(file)).toThrow(`schema ${newer}`);
    expect(stateOf(file)).toEqual(before);
  });

  it('is refused and left untouched when it was closed', async () => {
    const db = new Sqlite(file);
    db.pragma('user_version = 999');
    db.close();
    const before = stateOf(file);
    expect(await mend()).toBeNull();
    expect(() => openDatabase(file)).toThrow('schema 999');
    expect(stateOf(file)).toEqual(before);
  });

  it('is refused while that newer one has it open, its content untouched', async () => {
    const other = openDatabase(file);
    const newer = new Sqlite(file);
    newer.pragma('user_version = 999');
    const { '-shm': _, ...before } = stateOf(file);
    expect(() => openDatabase(file)).toThrow('schema 999');
    const { '-shm': __, ...after } = stateOf(file);
    expect(after).toEqual(before);
    newer.close();
    other.close();
  });
});

describe('a damaged database', () => {
  const expectSetAside = (aside: string, bytes: Buffer) => {
    expect(asides()).toEqual([basename(aside)]);
    expect(readFileSync(aside).equals(bytes)).toBe(true);
    const names = readdirSync(folder).filter((name) => /mend|source|suspect/.test(name));
    expect(names).toEqual([]);
    openDatabase(file).close();
  };

  it('with a page of its journal gone loses the rows of that page only', async () => {
    zeroPage(journalPage(1000));
    writeFileSync(suspectFile(file), '');
    const bytes = readFileSync(file);
    const { aside, of } = await report();
    expectSetAside(aside, bytes);
    expect(of('journal')).toMatchObject({ whole: false });
    expect(count('journal')).toBeGreaterThan(filled.journal - 12);
    expect(count('journal')).toBeLessThan(filled.journal);
    for (const table of ['runs', 'backups', 'blobs', 'tunnel_address', 'marks'])
      expect(of(table)).toMatchObject({ whole: true });
    for (const table of ['versions', 'restores', 'annotations'])
      expect(of(table)).toEqual({ table, rows: filled.versions, whole: true });
    expect(count('runs')).toBe(filled.runs);
    expect(count('backups')).toBe(filled.backups);
  });

  it('with several pages gone keeps what lies between them', async () => {
    for (const entry of [300, 1000, 1700]) zeroPage(journalPage(entry));
    writeFileSync(suspectFile(file), '');
    await report();
    expect(count('journal')).toBeGreaterThan(filled.journal - 36);
  });

  it('keeps everything when only an index is damaged', async () => {
    const index = new Sqlite(file);
    const root = Number(
      index.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'journal_place'").pluck().get(),
    );
    index.close();
    zeroPage(root);
    writeFileSync(suspectFile(file), '');
    const { carried } = await report();
    expect(carried.filter(({ whole }) => !whole)).toEqual([]);
    expect(count('journal')).toBe(filled.journal);
  });

  it('that was cut short keeps what comes before', async () => {
    truncateSync(file, Math.floor(statSync(file).size / PAGE / 2) * PAGE);
    const bytes = readFileSync(file);
    const { aside } = await report();
    expectSetAside(aside, bytes);
    expect(count('journal')).toBeGreaterThan(0);
  });

  it('whose first bytes are gone is read all the same', async () => {
    damage(0, Buffer.alloc(100));
    const bytes = readFileSync(file);
    const { aside, of } = await report();
    expectSetAside(aside, bytes);
    expect(of('journal')).toMatchObject({ rows: filled.journal, whole: true });
  });

  it('that is empty, with its log full, is read from its log', async () => {
    rmSync(file);
    await crash();
    truncateSync(file, 0);
    const { of, aside } = await report();
    expect(of('journal')).toMatchObject({ rows: 100, whole: true });
    expect(statSync(`${aside}-wal`).size).toBeGreaterThan(0);
    openDatabase(file).close();
    expect(count('journal')).toBe(100);
  });

  it.each([
    ['no database at all', 'this is a letter to my aunt, and long enough to be a page of text'],
    ['a page of zeros', Buffer.alloc(PAGE)],
    ['all zeros', Buffer.alloc(300 * PAGE)],
    ['a single byte', 'S'],
  ])('that is %s makes room for a new one', async (_, content) => {
    writeFileSync(file, content);
    const { aside, of } = await report();
    expectSetAside(aside, Buffer.from(content));
    expect(of('journal')).toEqual({ table: 'journal', rows: 0, whole: false });
    expect(count('queue_pause')).toBe(1);
  });

  it('takes along what its log has, and keeps the log beside it', async () => {
    await crash();
    zeroPage(journalPage(1000));
    const log = readFileSync(`${file}-wal`);
    const { aside } = await report();
    expect(readFileSync(`${aside}-wal`).equals(log)).toBe(true);
    expect(count('journal')).toBeGreaterThan(filled.journal + 100 - 12);
  });

  it('counts on where the old one stopped', async () => {
    const db = new Sqlite(file);
    db.prepare('DELETE FROM tunnel_address').run();
    db.close();
    zeroPage(journalPage(1000));
    writeFileSync(suspectFile(file), '');
    await report();
    const mended = openDatabase(file);
    mended.close();
    const after = new Sqlite(file);
    after.prepare("INSERT INTO tunnel_address (url, verified_at) VALUES ('https://t', 1)").run();
    expect(after.prepare('SELECT revision FROM tunnel_address').pluck().all()).toEqual([
      filled.addresses + 1,
    ]);
    expect(after.prepare('SELECT why FROM queue_pause').pluck().get()).toBe('a reason');
    after.close();
  });

  it('of an older version is brought up to date afterwards', async () => {
    rmSync(file);
    const old = new Sqlite(file);
    for (const migration of migrations.slice(0, 2)) old.exec(migration);
    old.pragma('user_version = 2');
    old.prepare("INSERT INTO marks (name, value) VALUES ('sample', 'copied')").run();
    old.close();
    truncateSync(file, statSync(file).size - PAGE);
    await report();
    const db = openDatabase(file);
    expect(db.mark('sample')).toBe('copied');
    db.close();
    expect(count('recoveries')).toBe(0);
  });

  it('tells that its version number is wrong by its tables', async () => {
    damage(60, Buffer.from([0, 0, 0, 1]));
    const { damage: why, carried } = await report();
    expect(why).toContain('version (1)');
    expect(carried.filter(({ whole }) => !whole)).toEqual([]);
    expect(count('journal')).toBe(filled.journal);
  });

  it('leaves out a run whose summary makes no sense, so that the others can be shown', async () => {
    const db = new Sqlite(file);
    db.prepare("UPDATE runs SET summary = replace(summary, '\"mode\"', '\"mXde\"') WHERE id = 'r3'").run();
    db.prepare("UPDATE runs SET summary = '{' WHERE id = 'r4'").run();
    db.close();
    damage(0, Buffer.alloc(16));
    const { of } = await report();
    expect(of('runs')).toEqual({ table: 'runs', rows: filled.runs - 2, whole: false });
    expect(of('journal')).toMatchObject({ rows: filled.journal, whole: true });
    const mended = openDatabase(file);
    expect(mended.runs.recent(100)).toHaveLength(filled.runs - 2);
    mended.close();
  });

  it('gets the objects of this machine that its books have lost', async () => {
    writeFileSync(file, Buffer.alloc(PAGE));
    const object = { sha256: 'ff', ext: 'png', contentType: 'image/png', size: 1, file: '/o/a.png' };
    const mended = await mendDatabase(file, {
      ...mendDeps,
      findObjects: async () => [{ object, urls: ['file:///o/a.png', 'https://pictures.example/a.png'] }],
    });
    expect(mended?.report?.refilled).toBe(1);
    const db = openDatabase(file);
    expect(db.objects.bySha('ff')).toEqual(object);
    expect(db.objects.byUrl('https://pictures.example/a.png')).toEqual(object);
    db.close();
  });

  it('is spared the search for objects when its books of them are whole', async () => {
    damage(0, Buffer.alloc(16));
    const searched: string[] = [];
    await mendDatabase(file, {
      ...mendDeps,
      findObjects: async () => {
        searched.push('searched');
        return [];
      },
    });
    expect(searched).toEqual([]);
  });
});

describe('damage met in the middle of work', () => {
  it('is told with what to do, and the next start mends it', async () => {
    zeroPage(journalPage(1000));
    // Closed properly, and the glance sees nothing: nobody looks at each page then.
    expect(await mend()).toBeNull();
    const db = openDatabase(file);
    const read = () => Array.from({ length: filled.runs }, (_, i) => db.journal.ofNode(`r${i}`, 1000));
    expect(read).toThrow(/damaged/);
    try {
      read();
    } catch (error) {
      expect(error).toMatchObject({ failure: { code: 'folder', where: file } });
      expect(error).toMatchObject({ failure: { cure: expect.stringMatching(/^End .* start one again/) } });
    }
    db.close();
    expect(existsSync(suspectFile(file))).toBe(true);
    expect((await mend())?.aside).toContain('damaged-');
    expect(existsSync(suspectFile(file))).toBe(false);
  });
});

describe('a database that only cannot be used now', () => {
  it('is not set aside while another process has it open, damaged or not', async () => {
    const other = openDatabase(file);
    damage(0, Buffer.alloc(100));
    expect(await mend()).toBeNull();
    expect(asides()).toEqual([]);
    other.close();
  });

  it('is not set aside while another program holds it', async () => {
    const holder = new Sqlite(file);
    holder.pragma('locking_mode = EXCLUSIVE');
    holder.exec('BEGIN EXCLUSIVE');
    expect(await mend()).toBeNull();
    expect(asides()).toEqual([]);
    holder.exec('ROLLBACK');
    holder.close();
  });

  it('stays as it was where no new one can be made', async () => {
    damage(0, Buffer.alloc(16));
    mkdirSync(`${file}.mending`);
    const before = stateOf(file);
    await expect(mend()).rejects.toMatchObject({ failure: { code: 'folder', where: `${file}.mending` } });
    expect(stateOf(file)).toEqual(before);
    expect(asides()).toEqual([]);
  });
});

describe('several processes', () => {
  it('that start together set one database aside once', async () => {
    damage(0, Buffer.alloc(16));
    const said = await Promise.all(
      [1, 2, 3].map(async () => JSON.parse(await text(start('mend', file).stdout)) as string | null),
    );
    expect(said.filter((aside) => aside !== null)).toHaveLength(1);
    expect(asides()).toHaveLength(1);
    expect(count('journal')).toBe(filled.journal);
  });

  it.each(['.mending', '.mending-source', '.mending-wal', '.mended-', '.damaged-'])(
    'that die while they mend, when %s appears, lose nothing to the one that comes after',
    async (fatal) => {
      damage(0, Buffer.alloc(16));
      const bytes = readFileSync(file);
      const child = start('mend', file);
      const watcher = watch(folder, (_, name) => {
        if (name?.startsWith(`flowdeck.db${fatal}`)) child.kill('SIGKILL');
      });
      await once(child, 'exit');
      watcher.close();
      await mend();
      expect(count('journal')).toBe(filled.journal);
      expect(asides().map((name) => readFileSync(join(folder, name)).equals(bytes))).toEqual([true]);
      expect(readdirSync(folder).filter((name) => /mend/.test(name))).toEqual([]);
    },
  );

  it('go on from each place where one can have died while the two change places', async () => {
    damage(0, Buffer.alloc(16));
    const done = await mend();
    const aside = done?.aside ?? '';
    const mended = file.replace(/$/, `.mended-${aside.split('damaged-').at(-1)}`);
    const states = [
      () => {
        renameSync(file, mended);
        renameSync(aside, file);
      },
      () => renameSync(file, mended),
    ];
    for (const back of states) {
      back();
      expect(await mend()).toEqual({ aside, report: null });
      expect(asides()).toEqual([basename(aside)]);
      expect(count('journal')).toBe(filled.journal);
      expect(existsSync(mended)).toBe(false);
    }
  });
});
