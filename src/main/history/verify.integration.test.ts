import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fail } from '../../shared/failure.ts';
import { type Disk, nodeDisk } from '../platform/disk.ts';
import { localDay, takeBackup } from './backup.ts';
import { wholeContent } from './contents.ts';
import { type Desk, openDesk } from './test-support.ts';
import type { Proof } from './verify.ts';
import { proveAll, sketchAll } from './verify-all.ts';

let desk: Desk;
let live: string;
beforeEach(async () => {
  desk = await openDesk();
  live = join(desk.testing, 'XYZG3-V0-1.nbflow');
});
afterEach(() => desk.close());

/** Large enough that it is kept as the difference from another one. */
const large = randomBytes(40_000).toString('hex');
const changed = (what: string): string => `${large}${what}${large}`;

const take = async (content: string, reason = 'pre-run') => {
  const { id, path, sha256 } = await takeBackup(live, Buffer.from(content), reason, desk.deps);
  return { id, path: path ?? '', sha256, content };
};

async function prove(deps: Desk['deps'] = desk.deps): Promise<Map<string, Proof>> {
  const proofs = new Map<string, Proof>();
  await proveAll(await sketchAll(null, deps.db), deps, (proof) => proofs.set(proof.id, proof));
  return proofs;
}

/** The database by a connection of its own, as damage comes to it: behind Flowdeck's back. */
function bySql<T>(work: (db: Sqlite.Database) => T): T {
  const db = new Sqlite(desk.deps.db.file);
  try {
    return work(db);
  } finally {
    db.close();
  }
}
const blobOf = (sha256: string): Buffer =>
  bySql((db) => db.prepare('SELECT zstd FROM blobs WHERE sha256 = ?').pluck().get(sha256) as Buffer);
const setBlob = (sha256: string, zstd: Uint8Array) =>
  bySql((db) => db.prepare('UPDATE blobs SET zstd = ? WHERE sha256 = ?').run(zstd, sha256));
const baseOf = (sha256: string) => desk.deps.db.proofs.contents([sha256])[0]?.base ?? null;
/** One bit is another one; `where` in [0, 1). */
function flipped(bytes: Uint8Array, where: number, bit = 3): Buffer {
  const other = Buffer.from(bytes);
  const at = Math.floor(where * other.byteLength);
  other[at] = (other[at] ?? 0) ^ (1 << bit);
  return other;
}
const damageContent = (sha256: string) => setBlob(sha256, flipped(blobOf(sha256), 0.5));
const damageCopy = async (path: string) => writeFile(path, flipped(await readFile(path), 0.5));
const isWhole = async ({ id, sha256, content }: { id: string; sha256: string; content: string }) => {
  const row = desk.deps.db.backups.find(id);
  const inDatabase = await desk.deps.db.backups.unpacked(sha256);
  return {
    database: inDatabase !== null && Buffer.from(inDatabase).toString() === content,
    disk: row?.path ? (await readFile(row.path, 'utf8')) === content : null,
  };
};

describe('a backup that is sound', () => {
  it('is proven, and that is written down', async () => {
    const one = await take('one');
    expect(desk.deps.db.backups.find(one.id)?.provenAt).toBeNull();
    expect([...(await prove()).values()]).toEqual([
      { id: one.id, outcome: 'sound', problem: null, onDisk: true },
    ]);
    expect(desk.deps.db.backups.find(one.id)).toMatchObject({ provenAt: expect.any(Number), problem: null });
  });

  it('is so without its copy on disk: a deleted backups/ loses nothing', async () => {
    const one = await take('one');
    await rm(desk.backups, { recursive: true });
    expect((await prove()).get(one.id)).toMatchObject({ outcome: 'sound', onDisk: false });
    expect(await desk.files(desk.backups)).toEqual({});
  });

  it('is so where its name was given again after its copy was gone: the newer one has the file', async () => {
    const older = await take('older');
    await rm(older.path);
    const newer = await take('newer');
    expect(newer.path).toBe(older.path);
    const proofs = await prove();
    expect(proofs.get(older.id)).toMatchObject({ outcome: 'sound', onDisk: false });
    expect(proofs.get(newer.id)).toMatchObject({ outcome: 'sound', onDisk: true });
    expect(await desk.files(desk.backups)).toEqual({ [basename(newer.path)]: 'newer' });
  });

  it('is not taken for damaged because another process removes it meanwhile', async () => {
    const one = await take('one');
    await take('two');
    const { db } = desk.deps;
    const unpacked: typeof db.backups.unpacked = async (sha256) => {
      if (sha256 === one.sha256) {
        await rm(one.path);
        await db.commits.write(() => db.backups.remove([one.id]));
      }
      return db.backups.unpacked(sha256);
    };
    const proofs = await prove({ ...desk.deps, db: { ...db, backups: { ...db.backups, unpacked } } });
    expect(proofs.has(one.id)).toBe(false);
    expect([...proofs.values()].map(({ outcome }) => outcome)).toEqual(['sound']);
  });

  it('is not taken for damaged because its file is moved meanwhile', async () => {
    const one = await take('one');
    const moved = join(desk.backups, 'moved.nbflow');
    await damageContent(one.sha256);
    let first = true;
    const read: Disk['read'] = async (path) => {
      if (path === one.path && first) {
        first = false;
        await rename(path, moved);
        await desk.deps.db.commits.write(() => desk.deps.db.backups.setPath(one.id, moved));
      }
      return nodeDisk.read(path);
    };
    expect((await prove(desk.on({ read }))).get(one.id)).toMatchObject({ outcome: 'repaired', onDisk: true });
    expect(await isWhole(one)).toEqual({ database: true, disk: true });
  });
});

describe('a copy on disk that is damaged', () => {
  it.each([
    ['by one bit', damageCopy],
    ['by being cut', (path: string) => truncate(path, 2)],
    ['by being emptied', (path: string) => truncate(path, 0)],
    ['by zeroes', async (path: string) => writeFile(path, Buffer.alloc((await readFile(path)).length))],
    ['by growing', async (path: string) => writeFile(path, `${await readFile(path, 'utf8')} `)],
  ])('%s is written anew from the database, and what lay there is kept beside it', async (_, damage) => {
    const one = await take('what was written');
    await damage(one.path);
    const left = await readFile(one.path, 'utf8');
    const proof = (await prove()).get(one.id);
    expect(proof).toMatchObject({ outcome: 'repaired', onDisk: true });
    const aside = `${basename(one.path)}.damaged-${localDay(Date.now())}`;
    expect(proof?.problem).toContain(aside);
    expect(await desk.files(desk.backups)).toEqual({ [basename(one.path)]: one.content, [aside]: left });
    expect((await prove()).get(one.id)).toMatchObject({ outcome: 'sound', problem: null });
  });

  it('because two were swapped: each is what it was again', async () => {
    const [one, two] = [await take('one'), await take('two')];
    await writeFile(one.path, 'two');
    await writeFile(two.path, 'one');
    expect([...(await prove()).values()].map(({ outcome }) => outcome)).toEqual(['repaired', 'repaired']);
    expect(await isWhole(one)).toEqual({ database: true, disk: true });
    expect(await isWhole(two)).toEqual({ database: true, disk: true });
  });

  it('twice on one day has two files beside it', async () => {
    const one = await take('one');
    for (const edit of ['first edit', 'second edit']) {
      await writeFile(one.path, edit);
      await prove();
    }
    const aside = `${basename(one.path)}.damaged-${localDay(Date.now())}`;
    expect(await desk.files(desk.backups)).toEqual({
      [basename(one.path)]: 'one',
      [aside]: 'first edit',
      [`${aside}-2`]: 'second edit',
    });
  });

  it('and that somebody saves in this very instant is left as it is saved, and mended by the next look', async () => {
    const one = await take('one');
    await writeFile(one.path, 'an edit');
    let saved = false;
    const write: Disk['write'] = async (path, data, still) => {
      if (path === one.path && !saved) {
        saved = true;
        await writeFile(path, 'saved meanwhile');
      }
      return nodeDisk.write(path, data, still);
    };
    expect((await prove(desk.on({ write }))).get(one.id)?.outcome).toBe('repaired');
    const contents = Object.values(await desk.files(desk.backups)).sort();
    expect(contents).toEqual(['an edit', 'one', 'saved meanwhile']);
  });

  it('and cannot be written anew is told, and stays told until it can', async () => {
    const one = await take('one');
    await writeFile(one.path, 'an edit');
    const refuses = async () => {
      throw fail('store-unreachable', 'The disk is full; the file was left as it was.', {
        cure: 'Free some space.',
      });
    };
    const proof = (await prove(desk.on({ writeNew: refuses }))).get(one.id);
    expect(proof).toMatchObject({ outcome: 'damaged', problem: expect.stringContaining('The disk is full') });
    expect(await readFile(one.path, 'utf8')).toBe('an edit');
    expect(desk.deps.db.proofs.withProblem()).toMatchObject([{ id: one.id, problem: proof?.problem }]);
    expect((await prove()).get(one.id)?.outcome).toBe('repaired');
    expect(desk.deps.db.proofs.withProblem()).toEqual([]);
  });

  it('wherever a process dies on the way, the next one has it whole, with one file beside it', async () => {
    for (let at = 1, died = true; died; at += 1) {
      const one = await take(`what was written ${at}`, `r${at}`);
      await writeFile(one.path, 'an edit');
      let step = 0;
      died = false;
      const dies =
        <A extends unknown[], T>(work: (...args: A) => Promise<T>) =>
        async (...args: A): Promise<T> => {
          if (++step < at) return work(...args);
          died = true;
          if (step === at) await work(...args);
          throw new Error('dead');
        };
      const { read, stat, write, writeNew } = nodeDisk;
      const dying = desk.on({
        read: dies(read),
        stat: dies(stat),
        write: dies(write),
        writeNew: dies(writeNew),
      });
      const sketch = (await sketchAll(null, desk.deps.db)).filter(({ id }) => id === one.id);
      await proveAll(sketch, dying, () => undefined).catch((error: Error) =>
        expect(error.message).toBe('dead'),
      );
      await proveAll(sketch, desk.deps, () => undefined);
      expect(await isWhole(one)).toEqual({ database: true, disk: true });
      const beside = Object.entries(await desk.files(desk.backups)).filter(([name]) =>
        name.startsWith(`${basename(one.path)}.`),
      );
      expect(beside.map(([, content]) => content)).toEqual(['an edit']);
      if (!died) expect(at).toBeGreaterThan(5);
    }
  });
});

describe('a content in the database that is damaged', () => {
  it('is made whole from the copy on disk', async () => {
    const one = await take('one');
    damageContent(one.sha256);
    expect((await prove()).get(one.id)).toMatchObject({
      outcome: 'repaired',
      problem: expect.stringContaining('from the copy on disk'),
    });
    expect(await isWhole(one)).toEqual({ database: true, disk: true });
  });

  it('is made whole from another backup of the same content', async () => {
    const [one, two] = [await take('the same'), await take('the same')];
    damageContent(one.sha256);
    await rm(one.path);
    await prove();
    expect(await isWhole(two)).toEqual({ database: true, disk: true });
  });

  it('is made whole from the workflow itself, where that is still the same, and the copy with it', async () => {
    const one = await take('as it is');
    damageContent(one.sha256);
    await damageCopy(one.path);
    await writeFile(live, 'as it is');
    expect((await prove()).get(one.id)).toMatchObject({ outcome: 'repaired', onDisk: true });
    expect(await isWhole(one)).toEqual({ database: true, disk: true });
  });

  it('because what it differs from is damaged, is made whole with that, whoever has it', async () => {
    const [base, next] = [await take(changed('a')), await take(changed('b'))];
    expect(baseOf(next.sha256)).toBe(base.sha256);
    damageContent(base.sha256);
    await rm(next.path);
    const proofs = await prove();
    expect(proofs.get(base.id)?.outcome).toBe('repaired');
    // Mended with its base: nothing of its own was damaged.
    expect(proofs.get(next.id)?.outcome).toBe('sound');
    expect((await isWhole(base)).database).toBe(true);
    expect((await desk.deps.db.backups.unpacked(next.sha256))?.byteLength).toBe(next.content.length);
  });

  it('is made whole through its base, where that backup is not asked for', async () => {
    const [base, next] = [await take(changed('a')), await take(changed('b'))];
    damageContent(base.sha256);
    await rm(next.path);
    const sketch = (await sketchAll(null, desk.deps.db)).filter(({ id }) => id === next.id);
    const proofs: Proof[] = [];
    await proveAll(sketch, desk.deps, (proof) => proofs.push(proof));
    expect(proofs).toMatchObject([{ outcome: 'repaired', onDisk: false }]);
    expect((await desk.deps.db.backups.unpacked(next.sha256))?.byteLength).toBe(next.content.length);
  });

  it('that has gone altogether is put back', async () => {
    const one = await take('one');
    bySql((db) => {
      db.pragma('foreign_keys = OFF');
      db.prepare('DELETE FROM blobs').run();
    });
    expect((await prove()).get(one.id)?.outcome).toBe('repaired');
    expect(await isWhole(one)).toEqual({ database: true, disk: true });
  });
});

describe('a backup that is damaged in both places', () => {
  it('is told with what can still be done, and left as it is', async () => {
    const one = await take('one');
    damageContent(one.sha256);
    await damageCopy(one.path);
    const before = await desk.files(desk.backups);
    const proof = (await prove()).get(one.id);
    expect(proof).toMatchObject({
      outcome: 'damaged',
      problem: expect.stringContaining(`put a whole copy at ${one.path}`),
    });
    expect(await desk.files(desk.backups)).toEqual(before);
    expect(desk.deps.db.backups.find(one.id)?.problem).toBe(proof?.problem);
    const { db, disk } = desk.deps;
    expect(await wholeContent({ sha256: one.sha256, path: one.path }, { db, disk })).toBeNull();
  });

  it('is whole again when somebody puts a whole copy there', async () => {
    const one = await take('one');
    const own = join(dirname(dirname(desk.testing)), 'own');
    await copyFile(one.path, own);
    damageContent(one.sha256);
    await damageCopy(one.path);
    await prove();
    await copyFile(own, one.path);
    expect((await prove()).get(one.id)?.outcome).toBe('repaired');
    expect(desk.deps.db.proofs.withProblem()).toEqual([]);
  });
});

describe('a copy that cannot be read now', () => {
  it('is no damage: nothing is repaired, and its content in the database counts as proven', async () => {
    const one = await take('one');
    await rm(one.path);
    await mkdir(one.path);
    expect((await prove()).get(one.id)).toMatchObject({
      outcome: 'unchecked',
      problem: expect.stringContaining('cannot be read now'),
    });
    expect(desk.deps.db.backups.find(one.id)).toMatchObject({ provenAt: expect.any(Number), problem: null });
  });

  it('and whose content in the database is damaged is told as such', async () => {
    const one = await take('one');
    damageContent(one.sha256);
    await rm(one.path);
    await mkdir(one.path);
    expect((await prove()).get(one.id)).toMatchObject({
      outcome: 'damaged',
      problem: expect.stringContaining('Verify again when'),
    });
  });
});

it('what was proven before it was ended stays proven', async () => {
  for (const content of ['one', 'two', 'three']) await take(content);
  let told = 0;
  await proveAll(await sketchAll(null, desk.deps.db), desk.deps, () => (told += 1), {
    enough: () => told >= 1,
    atOnce: 1,
  });
  expect(told).toBe(1);
  expect(desk.deps.db.backups.every().filter(({ provenAt }) => provenAt !== null)).toHaveLength(1);
});

describe('one flipped bit, wherever it is', () => {
  const share = fc.double({ min: 0, max: 0.999_999, noNaN: true });

  it('of a copy, a content or what contents are differences from, is found and mended', async () => {
    const backups: Awaited<ReturnType<typeof take>>[] = [];
    for (const what of ['a', 'b', 'c']) backups.push(await take(changed(what)));
    backups.push(await take('small'));
    const [base, next] = backups;
    if (base === undefined || next === undefined) throw new Error('There are four.');
    expect(baseOf(next.sha256)).toBe(base.sha256);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(backups.length - 1),
        fc.constantFrom('copy', 'content'),
        share,
        fc.nat(7),
        async (which, where, at, bit) => {
          const one = backups[which] ?? base;
          if (where === 'copy') await writeFile(one.path, flipped(await readFile(one.path), at, bit));
          else setBlob(one.sha256, flipped(blobOf(one.sha256), at, bit));
          const stillReads = where === 'content' && (await isWhole(one)).database;
          const proof = (await prove()).get(one.id);
          // A bit of the compressed form that its reader does not look at changes nothing.
          expect(proof?.outcome).toBe(stillReads ? 'sound' : 'repaired');
          for (const each of backups) expect(await isWhole(each)).toEqual({ database: true, disk: true });
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});
