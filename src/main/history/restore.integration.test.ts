import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toFailure } from '../../shared/failure.ts';
import { nodeDisk } from '../platform/disk.ts';
import { takeBackup } from './backup.ts';
import { restore } from './restore.ts';
import { type Desk, openDesk } from './test-support.ts';

let desk: Desk;
let file: string;
let id: string;
let copy: string;
beforeEach(async () => {
  desk = await openDesk();
  file = join(desk.testing, 'XYZG3-V0-1.nbflow');
  await writeFile(file, 'now');
  const backup = await takeBackup(file, Buffer.from('as it was'), 'pre-cache-wipe', desk.deps);
  id = backup.id;
  copy = backup.path ?? '';
});
afterEach(() => desk.close());

const now = async () => (await desk.files(desk.testing))['XYZG3-V0-1.nbflow'];
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => toFailure(error),
  );
const spoil = () => {
  const db = new BetterSqlite(desk.deps.db.file);
  db.exec("UPDATE blobs SET zstd = x'28b52ffd00'");
  db.close();
};

it('puts the content back, and can be undone in the same way', async () => {
  const { undo } = await restore(file, { entry: id }, desk.deps);
  expect(await now()).toBe('as it was');
  expect(Object.keys(await desk.files(desk.backups)).some((name) => name.endsWith('-pre-restore'))).toBe(
    true,
  );
  await restore(file, { entry: undo?.id ?? '' }, desk.deps);
  expect(await now()).toBe('now');
});

it('needs no copy in backups', async () => {
  await rm(desk.backups, { recursive: true });
  await restore(file, { entry: id }, desk.deps);
  expect(await now()).toBe('as it was');
});

it('takes the copy on disk where the database is damaged, and nothing where both are', async () => {
  spoil();
  await writeFile(copy, 'as it wasn’t');
  expect(await failureOf(restore(file, { entry: id }, desk.deps))).toMatchObject({
    code: 'workflow-unreadable',
    where: copy,
  });
  expect(await now()).toBe('now');
  expect(Object.keys(await desk.files(desk.backups))).toHaveLength(1);
  await writeFile(copy, 'as it was');
  await restore(file, { entry: id }, desk.deps);
  expect(await now()).toBe('as it was');
});

it('knows no backup of another workflow, and none that is not there', async () => {
  const other = join(desk.testing, 'XYZG4-V0-1.nbflow');
  await writeFile(other, 'other');
  expect(await failureOf(restore(other, { entry: id }, desk.deps))).toMatchObject({ code: 'not-found' });
  expect(await failureOf(restore(file, { entry: 'b-0' }, desk.deps))).toMatchObject({ code: 'not-found' });
  expect(await desk.files(desk.testing)).toEqual({
    'XYZG3-V0-1.nbflow': 'now',
    'XYZG4-V0-1.nbflow': 'other',
  });
});

it('waits for no run: the file is held', async () => {
  const run = await desk.deps.lock(file, 'run');
  expect(await failureOf(restore(file, { entry: id }, desk.deps))).toMatchObject({ code: 'locked' });
  await run.release();
  expect(await now()).toBe('now');
});

it('backs up what a person saved in the last moment too', async () => {
  let saved = false;
  const deps = desk.on({
    writeNew: async (folder, name, data) => {
      if (!saved) await writeFile(file, 'saved by a person');
      saved = true;
      return nodeDisk.writeNew(folder, name, data);
    },
  });
  const { undo } = await restore(file, { entry: id }, deps);
  expect(await now()).toBe('as it was');
  await restore(file, { entry: undo?.id ?? '' }, desk.deps);
  expect(await now()).toBe('saved by a person');
});
