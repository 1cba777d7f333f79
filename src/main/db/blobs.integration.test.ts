import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packContent } from './backups.ts';
import { type Database, openDatabase } from './database.ts';
import { words } from './testing/words.ts';

const workflow = '/w/testing/XYZG3-V0-1.nbflow';
let folder: string;
let file: string;
let db: Database;
/** The same database by plain SQLite. */
let plain: Sqlite.Database;
let taken = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowdeck-blobs-'));
  file = join(folder, 'flowdeck.db');
  db = openDatabase(file);
  plain = new Sqlite(file);
});
afterEach(() => {
  plain.close();
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const sha = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const SIZE = 200_000;
/** The nth version of a text: each has one passage that no other has. */
const version = (n: number): Buffer => {
  const text = words(SIZE, 1);
  words(150, 1000 + n).copy(text, (n * 700) % (SIZE - 200));
  return text;
};

async function backUp(content: Uint8Array, of = workflow): Promise<{ id: string; sha256: string }> {
  const packed = await db.backups.pack(content, of);
  const id = `b${taken++}`;
  await db.commits.write(() =>
    db.backups.put({ id, workflow: of, path: null, reason: 'pre-run', origin: 'automatic', at: 1 }, packed),
  );
  return { id, sha256: packed.sha256 };
}
const blobs = () =>
  plain.prepare('SELECT sha256, length(zstd) AS bytes, base FROM blobs ORDER BY rowid').all() as {
    sha256: string;
    bytes: number;
    base: string | null;
  }[];
const comesBack = async (content: Uint8Array) =>
  Buffer.compare((await db.backups.unpacked(sha(content))) ?? Buffer.from('damaged'), content) === 0;
const flipBit = (sha256: string) => {
  const zstd = plain.prepare('SELECT zstd FROM blobs WHERE sha256 = ?').pluck().get(sha256) as Buffer;
  const at = zstd.length >> 1;
  zstd[at] = (zstd[at] ?? 0) ^ 4;
  plain.prepare('UPDATE blobs SET zstd = ? WHERE sha256 = ?').run(zstd, sha256);
};
const movesOn = (from: string, to: string) =>
  db.versions.insert({
    id: 'v1',
    ...{ workflow: to, version: 'V0-2', fromPath: from, fromVersion: 'V0-1', movedTo: from, sha256: '' },
    ...{ how: 'bump', note: '', books: null, at: 1 },
  });

describe('contents', () => {
  it('that resemble an earlier one of the workflow take up what differs, and come back to the byte', async () => {
    for (const n of [0, 1, 2, 3]) await backUp(version(n));
    const [base, ...others] = blobs();
    expect(base).toMatchObject({ sha256: sha(version(0)), base: null });
    for (const other of others) {
      expect(other.base).toBe(base?.sha256);
      expect(other.bytes).toBeLessThan(1500);
    }
    for (const n of [0, 1, 2, 3]) expect(await comesBack(version(n))).toBe(true);
  });

  it('that are identical are kept once', async () => {
    await backUp(version(0));
    await backUp(version(0));
    await backUp(version(0), '/w/testing/OTHER1-V0-1.nbflow');
    expect(blobs()).toHaveLength(1);
    expect(db.backups.every()).toHaveLength(3);
  });

  it('of a new version take up what differs from the file it was made of', async () => {
    const next = '/w/testing/XYZG3-V0-2.nbflow';
    await backUp(version(0));
    movesOn(workflow, next);
    await backUp(version(1), next);
    expect(blobs().at(-1)?.base).toBe(sha(version(0)));
    expect(await comesBack(version(1))).toBe(true);
  });

  it('that have nothing to do with each other stand alone, and the newest is the base of what follows', async () => {
    await backUp(words(SIZE, 1));
    await backUp(words(SIZE, 2));
    const third = words(SIZE, 2).fill('x', 1000, 1010);
    await backUp(third);
    expect(blobs().map(({ base }) => base)).toEqual([null, null, sha(words(SIZE, 2))]);
    expect(await comesBack(third)).toBe(true);
  });

  it('get a new base once the differences take up as much as the first', async () => {
    const many = Array.from({ length: 12 }, (_, n) => Buffer.concat([words(SIZE, 1), words(40_000, 50 + n)]));
    for (const content of many) await backUp(content);
    const bases = blobs().filter(({ base }) => base === null);
    expect(bases.length).toBeGreaterThan(1);
    expect(bases.length).toBeLessThan(5);
    const sum = (list: { bytes: number }[]) => list.reduce((total, { bytes }) => total + bytes, 0);
    expect(sum(blobs())).toBeLessThanOrEqual(2 * sum(bases));
    for (const content of many) expect(await comesBack(content)).toBe(true);
  });

  it('are weighed with what they are packed against, each once', async () => {
    await backUp(version(0));
    await backUp(version(1));
    const [base, other] = blobs();
    expect(db.backups.bytesOf([sha(version(1))])).toBe((base?.bytes ?? 0) + (other?.bytes ?? 0));
    expect(db.backups.bytesOf([sha(version(1)), sha(version(0)), sha(version(0))])).toBe(
      (base?.bytes ?? 0) + (other?.bytes ?? 0),
    );
    expect(db.backups.bytesOf([])).toBe(0);
  });
});

describe('damage', () => {
  it('in a base is told of all that hangs on it, and of nothing else', async () => {
    for (const n of [0, 1]) await backUp(version(n));
    const other = words(SIZE, 9);
    await backUp(other, '/w/testing/OTHER1-V0-1.nbflow');
    flipBit(sha(version(0)));
    expect(await db.backups.unpacked(sha(version(0)))).toBeNull();
    expect(await db.backups.unpacked(sha(version(1)))).toBeNull();
    expect(await comesBack(other)).toBe(true);
  });

  it('in a base keeps the next backup from hanging on it', async () => {
    await backUp(version(0));
    flipBit(sha(version(0)));
    await backUp(version(1));
    expect(blobs().map(({ base }) => base)).toEqual([null, null]);
    expect(await comesBack(version(1))).toBe(true);
  });

  it('that makes another content of a base keeps the next backup from hanging on it', async () => {
    await backUp(version(0));
    plain.prepare('UPDATE blobs SET zstd = ?').run((await packContent(version(9))).zstd);
    await backUp(version(1));
    const packed = await packContent(version(0));
    await db.commits.write(() => db.backups.mendBlob(packed));
    for (const n of [0, 1]) expect(await comesBack(version(n))).toBe(true);
  });

  it('of a content is mended by the next backup of the same', async () => {
    for (const n of [0, 1]) await backUp(version(n));
    flipBit(sha(version(1)));
    expect(await comesBack(version(1))).toBe(false);
    await backUp(version(1));
    expect(await comesBack(version(1))).toBe(true);
  });

  it('of a base is mended in its place, and what hangs on it comes back with it', async () => {
    for (const n of [0, 1]) await backUp(version(n));
    flipBit(sha(version(0)));
    const packed = await packContent(version(0));
    await db.commits.write(() => db.backups.mendBlob(packed));
    for (const n of [0, 1]) expect(await comesBack(version(n))).toBe(true);
  });

  it('of a difference is mended by a content that stands alone', async () => {
    for (const n of [0, 1]) await backUp(version(n));
    const packed = await packContent(version(1));
    await db.commits.write(() => db.backups.mendBlob(packed));
    expect(blobs().map(({ base }) => base)).toEqual([null, null]);
    expect(await comesBack(version(1))).toBe(true);
  });
});

describe('removing backups', () => {
  it('gives back the room of contents that nobody needs, of a base last', async () => {
    const [base, one, other] = [await backUp(version(0)), await backUp(version(1)), await backUp(version(2))];
    await db.commits.write(() => db.backups.remove([base.id, one.id]));
    expect(blobs().map(({ sha256 }) => sha256)).toEqual([base.sha256, other.sha256]);
    expect(await comesBack(version(2))).toBe(true);
    await db.commits.write(() => db.backups.remove([other.id]));
    expect(blobs()).toEqual([]);
    expect(db.backups.every()).toEqual([]);
  });

  it('takes a base and what hangs on it in one go, in whatever order they are named', async () => {
    const ids = [(await backUp(version(0))).id, (await backUp(version(1))).id];
    await db.commits.write(() => db.backups.remove(ids));
    expect(blobs()).toEqual([]);
  });

  it('leaves a content that another backup has', async () => {
    const first = await backUp(version(0));
    await backUp(version(0));
    await db.commits.write(() => db.backups.remove([first.id, 'b-unknown']));
    expect(await comesBack(version(0))).toBe(true);
  });

  it('uses the room again', async () => {
    const pages: number[] = [];
    for (let n = 0; n < 4; n++) {
      const { id } = await backUp(words(1_000_000, n));
      await db.commits.write(() => db.backups.remove([id]));
      pages.push(Number(plain.pragma('page_count', { simple: true })));
    }
    expect(Math.max(...pages)).toBeLessThanOrEqual((pages[0] ?? 0) + 10);
  });

  it('and taking them again otherwise, while a backup is made ready, leaves no row of differences', async () => {
    await backUp(version(0));
    const packed = await db.backups.pack(version(1), workflow);
    expect(packed.base).toBe(sha(version(0)));
    const { sha256 } = await backUp(words(SIZE, 9), '/w/testing/OTHER1-V0-1.nbflow');
    plain.prepare('UPDATE blobs SET base = ? WHERE sha256 = ?').run(sha256, packed.base);
    const row = { id: 'late', workflow, path: null, reason: 'pre-run', origin: 'automatic', at: 2 } as const;
    await db.commits.write(() => db.backups.put(row, packed));
    expect(await comesBack(version(1))).toBe(true);
  });

  it.each([
    ['its base', version(1)],
    ['the same content', version(0)],
  ])(
    'that another process does while a backup is made ready takes away %s, and loses nothing',
    async (_, content) => {
      const { id } = await backUp(version(0));
      const packed = await db.backups.pack(content, workflow);
      expect(packed.zstd === null || packed.base !== null).toBe(true);
      const other = openDatabase(file);
      await other.commits.write(() => other.backups.remove([id]));
      other.close();
      await db.commits.write(() =>
        db.backups.put(
          { id: 'late', workflow, path: null, reason: 'pre-run', origin: 'automatic', at: 2 },
          packed,
        ),
      );
      expect(blobs()).toEqual([expect.objectContaining({ sha256: sha(content), base: null })]);
      expect(await comesBack(content)).toBe(true);
    },
  );
});
