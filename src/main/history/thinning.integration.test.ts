import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunSummary } from '../../shared/run-view.ts';
import { type BackupDeps, takeBackup } from './backup.ts';
import { wholeContent } from './contents.ts';
import { keptBackups } from './retention.ts';
import { createFileSizes, spaceOf } from './space.ts';
import { type Desk, openDesk } from './test-support.ts';
import { claimsIn, thinLineage } from './thinning.ts';
import { sketchAll } from './verify-all.ts';

let desk: Desk;
let live: string;
beforeEach(async () => {
  desk = await openDesk();
  live = join(desk.testing, 'XYZG3-V0-1.nbflow');
});
afterEach(() => desk.close());

const group = () => dirname(desk.testing);
const rules = { latest: 2, daily: 0, weekly: 0 };
const take = async (content: string, options: Parameters<typeof takeBackup>[4] = {}, reason = 'pre-wipe') => {
  const { id, path, sha256 } = await takeBackup(live, Buffer.from(content), reason, desk.deps, options);
  return { id, path: path ?? '', sha256, content };
};
const thin = async (deps: Desk['deps'] = desk.deps) =>
  thinLineage(group(), await sketchAll(group(), deps.db), rules, deps);
const ids = () => desk.deps.db.backups.every().map(({ id }) => id);
const names = async () => Object.keys(await desk.files(desk.backups));
const reads = async (one: { sha256: string; path: string }) => {
  const content = await wholeContent({ sha256: one.sha256, path: one.path }, desk.deps as BackupDeps);
  return content === null ? null : Buffer.from(content).toString();
};

describe('thinning', () => {
  it('takes the row, the content and the copy of what the rules give up, and nothing else', async () => {
    const [old, second, third] = [await take('1'), await take('2'), await take('3')];
    const named = await take('by hand', { origin: 'hand' });
    expect(await thin()).toBe(1);
    expect(ids()).toEqual([second.id, third.id, named.id]);
    expect(await desk.deps.db.backups.unpacked(old.sha256)).toBeNull();
    expect(await names()).toEqual([second, third, named].map(({ path }) => basename(path)).sort());
    expect(await thin()).toBe(0);
  });

  it('leaves a content that another backup has', async () => {
    const [old, kept] = [await take('the same'), await take('the same', { origin: 'hand' })];
    await take('2');
    await take('3');
    expect(await thin()).toBe(1);
    expect(ids()).not.toContain(old.id);
    expect(await reads(kept)).toBe('the same');
  });

  it('leaves what only its copy could repair for another backup', async () => {
    const [old, kept] = [await take('the same'), await take('the same', { origin: 'hand' })];
    await take('2');
    await take('3');
    await rm(kept.path);
    const { db } = desk.deps;
    const unpacked: typeof db.backups.unpacked = async (sha256) =>
      sha256 === old.sha256 ? null : db.backups.unpacked(sha256);
    expect(await thin({ ...desk.deps, db: { ...db, backups: { ...db.backups, unpacked } } })).toBe(0);
    expect(await readFile(old.path, 'utf8')).toBe('the same');
  });

  it('leaves a copy that is not what was written: it is somebody else’s now', async () => {
    const old = await take('1');
    await writeFile(old.path, 'edited');
    await take('2');
    await take('3');
    expect(await thin()).toBe(1);
    expect(await readFile(old.path, 'utf8')).toBe('edited');
  });

  it('leaves the file of a newer backup that has its name by now', async () => {
    const old = await take('the same');
    await rm(old.path);
    const newer = await take('the same');
    expect(newer.path).toBe(old.path);
    await take('3');
    expect(await thin()).toBe(1);
    expect(await readFile(newer.path, 'utf8')).toBe('the same');
  });

  it('never touches what the database does not know', async () => {
    for (const content of ['1', '2', '3']) await take(content);
    const foreign = join(desk.backups, 'XYZG3-V0-1.nbflow.bak-2020-01-01-mine');
    await writeFile(foreign, 'of a person');
    expect(await thin()).toBe(1);
    expect(await readFile(foreign, 'utf8')).toBe('of a person');
  });

  it('keeps a backup whose copy cannot be read now for another time', async () => {
    const old = await take('1');
    await rm(old.path);
    await mkdir(old.path);
    await take('2');
    await take('3');
    expect(await thin()).toBe(0);
    expect(ids()).toContain(old.id);
  });

  it('keeps the undo of the newest restore, the input of the newest run, and the last of each file', async () => {
    const run = await take('run', {}, 'pre-run');
    const undo = await take('undo');
    const other = join(desk.testing, 'XYZG3-V0-2.nbflow');
    const last = await takeBackup(other, Buffer.from('other'), 'pre-wipe', desk.deps);
    const { db } = desk.deps;
    await db.commits.write(() =>
      db.restores.insert({
        ...{ id: 'r', workflow: live, backupId: run.id, undoBackupId: undo.id, how: 'with-cache' },
        ...{ path: live, sha256: run.sha256, at: 0 },
      }),
    );
    for (const content of ['1', '2', '3', '4']) await take(content);
    await thin();
    expect(ids().slice(0, 3)).toEqual([run.id, undo.id, last.id]);
    expect(ids()).toHaveLength(5);
  });

  it('keeps what a pinned restore can be undone with, and the input of a run with a note', async () => {
    const [input, undo, older] = [
      await take('input', {}, 'pre-run'),
      await take('undo'),
      await take('older'),
    ];
    const { db } = desk.deps;
    const restored = { workflow: live, path: live, sha256: undo.sha256, how: 'with-cache', at: 0 } as const;
    await db.commits.write(() => {
      db.restores.insert({ ...restored, id: 'r1', backupId: older.id, undoBackupId: undo.id });
      db.restores.insert({ ...restored, id: 'r2', backupId: older.id, undoBackupId: older.id });
      db.annotations.put('r1', { pinned: true, note: '' }, 0);
      db.annotations.put('run', { pinned: false, note: 'the good one' }, 0);
      db.runs.insert(
        {
          ...{ id: 'run', workflow: live, name: 'XYZG3-V0-1', mode: 'full', options: '{}', server: '' },
          ...{ demo: false, pid: 1, processStarted: null, startedAt: 0, boot: null },
        },
        {} as RunSummary,
      );
      db.runs.setBackup('run', input.id);
    });
    for (const content of ['1', '2', '3']) await take(content, {}, 'pre-run');
    await thin();
    expect(ids().slice(0, 3)).toEqual([input.id, undo.id, older.id]);
    db.annotations.put('r1', { pinned: false, note: '' }, 0);
    db.annotations.put('run', { pinned: false, note: '' }, 0);
    await thin();
    expect(ids()).not.toContain(input.id);
    expect(ids()).not.toContain(undo.id);
  });

  it('keeps what somebody pins in the very instant: its content is there', async () => {
    const old = await take('1');
    await take('2');
    await take('3');
    const pin = () => desk.deps.db.annotations.put(old.id, { pinned: true, note: '' }, 0);
    const deps = desk.on({
      remove: async (path) => {
        await desk.deps.db.commits.write(pin);
        await rm(path);
      },
    });
    expect(await thin(deps)).toBe(0);
    expect(ids()).toContain(old.id);
    expect(await reads(old)).toBe('1');
  });

  it('waits while somebody restores a backup of the workflow', async () => {
    const old = await take('1');
    await take('2');
    await take('3');
    let restored: string | null = null;
    let thinning: Promise<number> | null = null;
    await desk.deps.alone(`${live}#write`, 'restore', async () => {
      thinning = thin();
      for (let turn = 0; turn < 50; turn += 1) await setImmediate();
      restored = await reads(old);
    });
    expect(restored).toBe('1');
    expect(await thinning).toBe(1);
  });

  it('that dies at any step leaves a backup that can be read, or none; the next one goes on', async () => {
    const { remove, read } = desk.deps.disk;
    const { write } = desk.deps.db.commits;
    for (let at = 1, died = true; died; at += 1) {
      const old = await take(`old ${at}`);
      const kept = [await take(`a ${at}`), await take(`b ${at}`)].map(({ id }) => id);
      let step = 0;
      died = false;
      const dies = async <T>(work: () => Promise<T>): Promise<T> => {
        if (++step < at) return work();
        died = true;
        if (step === at) await work();
        throw new Error('dead');
      };
      const deps = desk.on({
        remove: (path) => dies(() => remove(path)),
        read: (path) => dies(() => read(path)),
      });
      const commits = { ...deps.db.commits, write: <T>(work: () => T) => dies(() => write(work)) };
      await thin({ ...deps, db: { ...deps.db, commits } }).catch((error: Error) =>
        expect(error.message).toBe('dead'),
      );
      if (ids().includes(old.id)) expect(await reads(old)).toBe(old.content);
      await thin();
      expect(ids()).toEqual(kept);
      expect(await names()).toHaveLength(2);
      if (!died) expect(at).toBeGreaterThan(3);
    }
  });

  it('ends at a signal between two of them', async () => {
    for (let n = 0; n < 6; n += 1) await take(`${n}`);
    const cancel = new AbortController();
    const deps = desk.on({
      remove: async (path) => {
        cancel.abort();
        await rm(path);
      },
    });
    expect(await thinLineage(group(), await sketchAll(group(), deps.db), rules, deps, cancel.signal)).toBe(1);
    expect(ids()).toHaveLength(5);
  });
});

describe('the space that backups take', () => {
  it('is told of the copies and of the contents, which count once, with what they differ from', async () => {
    // What does not get smaller by itself is kept as a difference.
    const text = randomBytes(40_000).toString('hex');
    const one = await take(`${text}1`);
    await take(`${text}1`);
    await take(`${text}2`);
    await take(`${text}3`);
    const { db, disk } = desk.deps;
    const all = db.backups.below(group());
    const kept = keptBackups(all, claimsIn(group(), desk.deps), rules);
    const sizes = createFileSizes(disk);
    const contents = db.proofs.contents([...new Set(all.map(({ sha256 }) => sha256))]);
    const expected = {
      backups: 4,
      onDisk: 4 * one.content.length,
      inDatabase: contents.reduce((sum, { bytes }) => sum + bytes, 0),
      thinnable: 2,
    };
    expect(await spaceOf(all, kept, { db, sizes })).toEqual(expected);
    // What only the last is a difference from counts, too.
    const last = all.slice(-1);
    const base = contents.find(({ sha256 }) => sha256 === last[0]?.sha256)?.base;
    expect(base).toBe(one.sha256);
    const bytes = contents.filter(({ sha256 }) => [base, last[0]?.sha256].includes(sha256));
    expect((await spaceOf(last, kept, { db, sizes })).inDatabase).toBe(
      bytes.reduce((sum, each) => sum + each.bytes, 0),
    );
    await rm(one.path);
    expect((await spaceOf(all, kept, { db, sizes })).onDisk).toBe(3 * one.content.length);
  });
});
