import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../db/database.ts';
import { takeBackup } from '../../history/backup.ts';
import { nodeDisk } from '../../platform/disk.ts';
import { withFileLock } from '../../platform/lock.ts';
import { openSettings } from '../../platform/settings-store.ts';
import type { Notice } from '../run-notices.ts';
import { doUpkeep, type UpkeepParts } from './upkeep.ts';

const DAY_MS = 86_400_000;

let folder: string;
let db: Database;
let now: number;
let caughtUp: number;
let notices: Notice[];
let faults: unknown[];
let parts: UpkeepParts;
let closeSettings: () => void;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-upkeep-'));
  await mkdir(join(folder, 'project', 'testing'), { recursive: true });
  db = openDatabase(join(folder, 'flowdeck.db'));
  now = new Date(2026, 10, 21, 12).getTime();
  caughtUp = 0;
  notices = [];
  faults = [];
  const settings = await openSettings(join(folder, 'settings.json'));
  closeSettings = () => settings.close();
  await settings.set('history.retention', { latest: 2, daily: 0, weekly: 0 });
  parts = {
    db,
    disk: nodeDisk,
    clock: { now: () => now, monotonic: () => now, sinceBoot: () => now, sleep: async () => undefined },
    alone: (file, what, work) => withFileLock(file, what, work, { folder: join(folder, 'locks') }),
    settings,
    catchUp: async () => {
      caughtUp += 1;
    },
    tell: (notice) => notices.push(notice),
    onFault: (error) => faults.push(error),
  };
});
afterEach(async () => {
  closeSettings();
  db.close();
  await rm(folder, { recursive: true, force: true });
  expect(faults).toEqual([]);
});

const take = async (content: string, name = 'XYZG3-V0-1') => {
  const workflow = join(folder, 'project', 'testing', `${name}.nbflow`);
  const { id, path, sha256 } = await takeBackup(workflow, Buffer.from(content), 'pre-wipe', parts);
  return { id, path: path ?? '', sha256 };
};
const never = new AbortController().signal;
const proven = () => db.backups.every().map(({ provenAt }) => provenAt);

it('thins every workflow, proves what is left and catches up, once a day', async () => {
  for (const name of ['XYZG3-V0-1', 'XYZG4-V0-1'])
    for (const n of [1, 2, 3]) await take(`${name} ${n}`, name);
  await doUpkeep(parts, never);
  expect(proven()).toEqual([now, now, now, now]);
  expect(await readdir(join(folder, 'project', 'backups'))).toHaveLength(4);
  const first = now;
  now += 60_000;
  await doUpkeep(parts, never);
  expect({ caughtUp, proven: proven() }).toEqual({ caughtUp: 1, proven: [first, first, first, first] });
  now += DAY_MS;
  await doUpkeep(parts, never);
  expect({ caughtUp, proven: proven() }).toEqual({ caughtUp: 2, proven: [now, now, now, now] });
});

it('is done by one of two processes that come to it together', async () => {
  await take('one');
  const other = openDatabase(db.file);
  try {
    const started = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const first = doUpkeep(
      {
        ...parts,
        catchUp: async () => {
          caughtUp += 1;
          started.resolve();
          await goOn.promise;
        },
      },
      never,
    );
    await started.promise;
    await doUpkeep({ ...parts, db: other }, never);
    expect(caughtUp).toBe(1);
    goOn.resolve();
    await first;
    await doUpkeep({ ...parts, db: other }, never);
    expect(caughtUp).toBe(1);
  } finally {
    other.close();
  }
});

it('that is cut short goes on another time on the same day, with what was not proven', async () => {
  await take('one');
  await take('two');
  const cut = new AbortController();
  const { disk } = parts;
  const read: typeof disk.read = (path) => {
    cut.abort();
    return disk.read(path);
  };
  await doUpkeep({ ...parts, disk: { ...disk, read } }, cut.signal);
  expect(proven()).toEqual([now, null]);
  now += 60_000;
  await doUpkeep(parts, never);
  expect(proven().every((at) => at !== null)).toBe(true);
  expect(caughtUp).toBe(2);
});

it('tells a person of damage, and leaves it to be seen where it could not be mended', async () => {
  const [lost, cut] = [await take('lost'), await take('cut')];
  const sqlite = new Sqlite(db.file);
  sqlite.prepare("UPDATE blobs SET zstd = x'00' WHERE sha256 = ?").run(lost.sha256);
  sqlite.close();
  await writeFile(lost.path, '');
  await writeFile(cut.path, '');
  await doUpkeep(parts, never);
  expect(notices).toEqual([
    { title: 'XYZG3-V0-1', body: 'A backup is damaged. History shows it and what can be done.' },
  ]);
  expect(db.proofs.withProblem().map(({ id }) => id)).toEqual([lost.id]);
});

it('goes on with the rest when one part of it fails', async () => {
  await take('one');
  const fault = new Error('books');
  const heard: unknown[] = [];
  await doUpkeep(
    { ...parts, catchUp: () => Promise.reject(fault), onFault: (error) => heard.push(error) },
    never,
  );
  expect(heard).toEqual([fault]);
  expect(proven()).toEqual([now]);
});

it('with a clock that was set back is done again that day, and throws nothing more away', async () => {
  for (const n of [1, 2, 3, 4]) await take(`${n}`);
  await doUpkeep(parts, never);
  const left = db.backups.every().map(({ id }) => id);
  now -= 30 * DAY_MS;
  await doUpkeep(parts, never);
  expect(caughtUp).toBe(2);
  expect(db.backups.every().map(({ id }) => id)).toEqual(left);
});
