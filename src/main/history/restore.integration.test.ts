import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toFailure } from '../../shared/failure.ts';
import { hashOf } from '../platform/content-hash.ts';
import { type Disk, nodeDisk } from '../platform/disk.ts';
import { parseWorkflow } from '../workflow/read.ts';
import { image, plain, testWorkflow } from '../workflow/test-workflow.ts';
import { takeBackup } from './backup.ts';
import { type RestoreOrder, restore } from './restore.ts';
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

it.each(['.', 'folder', 'copy.nbflow.txt', '.bashrc'])('writes no workflow as %s', async (name) => {
  const to = join(desk.testing, name);
  expect(await failureOf(restore(file, { entry: id, to }, desk.deps))).toMatchObject({
    ...{ code: 'usage', cure: expect.stringContaining('XYZG3-V0-1-copy.nbflow') },
  });
  expect(await desk.files(desk.testing)).toEqual({ 'XYZG3-V0-1.nbflow': 'now' });
});

it('says where what was there before has no copy on disk', async () => {
  await rm(desk.backups, { recursive: true });
  await writeFile(desk.backups, 'a file');
  const { problem } = await restore(file, { entry: id }, desk.deps);
  expect(problem).toContain(desk.backups);
  expect(await now()).toBe('as it was');
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

const outputs = ['https://a.example/1.png', 'https://a.example/2.png'];
/** A workflow with cached output, whose name inside is `name`. */
const workflowText = (name: string, prompt = 'A fox.'): string =>
  testWorkflow(
    [plain(2, prompt), image(4, { properties: { _savedImages: outputs, _cacheKey: 'key' } })],
    [[2, 4, 'prompt']],
  ).text.replace('"test"', JSON.stringify(name));
const backUp = async (name: string, text: string) =>
  (await takeBackup(join(desk.testing, name), Buffer.from(text), 'manual', desk.deps)).id;
const put = (order: RestoreOrder, path = file) => restore(path, order, desk.deps);
const restores = () => desk.deps.db.restores.below(join(desk.testing, '..'));

describe('a backup of another version', () => {
  it('takes the name of the file inside, and nothing else changes', async () => {
    const text = workflowText('XYZG3-V0-7', 'Other words.');
    const entry = await backUp('XYZG3-V0-7.nbflow', text);
    expect(await put({ entry })).toMatchObject({ renamed: true, name: 'XYZG3-V0-7', wiped: null });
    expect(await now()).toBe(text.replace('"XYZG3-V0-7"', '"XYZG3-V0-1"'));
  });

  it('that no program can read is put back as it is, and cannot be wiped', async () => {
    const entry = await backUp('XYZG3-V0-7.nbflow', '{"name": "XYZG3-V0-7", ');
    expect(await failureOf(put({ entry, wipeCache: true }))).toMatchObject({
      ...{ code: 'workflow-unreadable', message: expect.stringMatching(/^The backup is not JSON: /) },
    });
    expect(await now()).toBe('now');
    expect(await put({ entry })).toMatchObject({ renamed: false });
    expect(await now()).toBe('{"name": "XYZG3-V0-7", ');
  });

  it('can be one that lies beside it, as a person has it open', async () => {
    const other = join(desk.testing, 'XYZG3-V0-7.nbflow');
    await writeFile(other, workflowText('XYZG3-V0-7'));
    const { backupId } = await put({ entry: other });
    expect(await now()).toBe(workflowText('XYZG3-V0-1'));
    expect(desk.deps.db.backups.find(backupId)).toMatchObject({ workflow: other });
    expect((await desk.files(desk.testing))['XYZG3-V0-7.nbflow']).toBe(workflowText('XYZG3-V0-7'));
  });
});

describe('the same version', () => {
  it('is byte for byte what it was, whatever the name inside', async () => {
    const text = workflowText('My flow');
    expect(await put({ entry: await backUp('XYZG3-V0-1.nbflow', text) })).toMatchObject({ renamed: false });
    expect(await now()).toBe(text);
  });

  it('with its cache wiped is written once, without output and keys, and the rest as it was', async () => {
    const text = workflowText('XYZG3-V0-1');
    const entry = await backUp('XYZG3-V0-1.nbflow', text);
    const written: string[] = [];
    const write: Disk['write'] = async (path, data, still) => {
      written.push(Buffer.from(data).toString());
      return nodeDisk.write(path, data, still);
    };
    const { db } = desk.deps;
    db.fingerprints.put(file, 4, 'of the newer prompt', 1);
    const { wiped, undoBackupId } = await restore(file, { entry, wipeCache: true }, desk.on({ write }));
    expect(wiped).toMatchObject({ images: 1, videos: 0, tabs: 1 });
    expect(written).toEqual([await now()]);
    const { properties } = parseWorkflow((await now()) ?? '', file).nodes.get(4) ?? {};
    expect(properties).toEqual({ model: 'nano_banana_2', outputCount: 4, _savedImages: [] });
    expect([...db.fingerprints.of(file)]).toEqual([]);
    expect(restores()).toMatchObject([{ backupId: entry, undoBackupId, how: 'wiped', path: file }]);
    expect(restores()[0]?.sha256).toBe(await hashOf(Buffer.from((await now()) ?? '')));
  });

  it('is found by the beginning of its id, and by the path of a copy that somebody else made', async () => {
    await put({ entry: id.slice(0, 8) });
    expect(await now()).toBe('as it was');
    const foreign = join(desk.backups, 'XYZG3-V0-1.nbflow.bak-2026-01-02-mine');
    await writeFile(foreign, 'from elsewhere');
    const { backupId } = await put({ entry: foreign });
    expect(await now()).toBe('from elsewhere');
    expect(desk.deps.db.backups.find(backupId)).toMatchObject({ path: foreign, origin: 'found' });
    // Its hash is known from then on: what somebody makes of it later is not taken for it.
    await writeFile(foreign, 'another one');
    await put({ entry: foreign });
    expect(await now()).toBe('from elsewhere');
  });
});

describe('a copy elsewhere', () => {
  it('is byte for byte, in a folder that is made, and nothing else changes', async () => {
    const before = [await desk.files(desk.testing), await desk.files(desk.backups)];
    const to = join(desk.testing, 'deep', 'down', 'XYZG3-V0-9.nbflow');
    expect(await put({ entry: id, to })).toMatchObject({ path: to, undoBackupId: null, renamed: false });
    expect(await readFile(to, 'utf8')).toBe('as it was');
    await rm(join(desk.testing, 'deep'), { recursive: true });
    expect([await desk.files(desk.testing), await desk.files(desk.backups)]).toEqual(before);
    expect(restores()).toMatchObject([{ workflow: file, backupId: id, how: 'copy', path: to }]);
  });

  it('goes over no file and no folder', async () => {
    const folder = join(desk.backups, '..', 'taken.nbflow');
    await mkdir(folder);
    const other = join(desk.backups, 'XYZG4-V0-1.nbflow');
    await writeFile(other, 'theirs');
    for (const to of [file, other, folder]) {
      expect(await failureOf(put({ entry: id, to }))).toMatchObject({ code: 'folder', where: to });
    }
    expect([await now(), await readFile(other, 'utf8'), restores()]).toEqual(['now', 'theirs', []]);
  });

  it('is made while a run has the workflow, and can be wiped', async () => {
    const entry = await backUp('XYZG3-V0-1.nbflow', workflowText('XYZG3-V0-1'));
    const run = await desk.deps.lock(file, 'run');
    const to = join(desk.testing, 'wiped.nbflow');
    expect(await put({ entry, to, wipeCache: true })).toMatchObject({ wiped: { images: 1 } });
    await run.release();
    expect(await readFile(to, 'utf8')).not.toContain('a.example');
  });
});

it('puts a file that is gone where it was, with its folder', async () => {
  await rm(desk.testing, { recursive: true });
  expect(await put({ entry: id })).toMatchObject({ path: file, undoBackupId: null, undo: null });
  expect(await now()).toBe('as it was');
});

describe('a file that changed since a person looked', () => {
  const seen = async (text: string | null) => (text === null ? null : await hashOf(Buffer.from(text)));

  it.each([
    ['was saved', 'now', 'newer', 'was saved since you looked'],
    ['is gone', 'now', null, 'is not there any more'],
    ['is there again', null, 'newer', 'is there again'],
  ])('and %s is left as it is', async (_, looked, then, words) => {
    if (then === null) await rm(file);
    else await writeFile(file, then);
    const failure = await failureOf(put({ entry: id, seen: await seen(looked) }));
    expect(failure).toMatchObject({ code: 'locked', message: expect.stringContaining(words) });
    expect([await now(), restores()]).toEqual([then ?? undefined, []]);
  });

  it('is restored when it is as it was seen, there or not', async () => {
    await put({ entry: id, seen: await seen('now') });
    expect(await now()).toBe('as it was');
    await rm(file);
    await put({ entry: id, seen: null });
    expect(await now()).toBe('as it was');
  });

  it('is left as it is also when it is saved in the very last moment', async () => {
    const write: Disk['write'] = (path, data, still) =>
      nodeDisk.write(path, data, async () => {
        await writeFile(file, 'newer');
        await still?.();
      });
    const order = { entry: id, seen: await seen('now') };
    expect(await failureOf(restore(file, order, desk.on({ write })))).toMatchObject({ code: 'locked' });
    expect(await now()).toBe('newer');
  });
});

it('that comes back by somebody else in the same moment is backed up, not written over', async () => {
  await rm(file);
  let saved = false;
  const writeNew: Disk['writeNew'] = async (folder, name, data) => {
    if (!saved && folder === desk.testing) await writeFile(file, 'theirs');
    saved ||= folder === desk.testing;
    return nodeDisk.writeNew(folder, name, data);
  };
  const { undo } = await restore(file, { entry: id }, desk.on({ writeNew }));
  expect(await now()).toBe('as it was');
  await put({ entry: undo?.id ?? '' });
  expect(await now()).toBe('theirs');
});

it('cancelled at any step before the file has its name leaves the old one, and half of nothing', async () => {
  const entry = await backUp('XYZG3-V0-1.nbflow', workflowText('XYZG3-V0-1'));
  for (let steps = 1; ; steps++) {
    const cancel = new AbortController();
    let left = steps;
    const deps = desk.on(
      counting(() => {
        left -= 1;
        if (left === 0) cancel.abort();
      }),
    );
    const failure = await failureOf(restore(file, { entry, wipeCache: true, signal: cancel.signal }, deps));
    expect(failure?.code ?? null).toBe(cancel.signal.aborted ? 'interrupted' : null);
    expect(Object.keys(await desk.files(desk.testing))).toEqual(['XYZG3-V0-1.nbflow']);
    if (failure === null) {
      expect(steps).toBeGreaterThan(8);
      break;
    }
    expect([await now(), restores()]).toEqual(['now', []]);
  }
  expect(await now()).not.toContain('a.example');
});

/** A disk that tells of each call before it is made, and just before a name is given. */
function counting(tell: () => void): Disk {
  const told =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      tell();
      return call(...args);
    };
  return {
    ...nodeDisk,
    read: told(nodeDisk.read),
    stat: told(nodeDisk.stat),
    realPath: told(nodeDisk.realPath),
    writeNew: told(nodeDisk.writeNew),
    write: told((path, data, still) =>
      nodeDisk.write(path, data, async () => {
        tell();
        await still?.();
      }),
    ),
  };
}
