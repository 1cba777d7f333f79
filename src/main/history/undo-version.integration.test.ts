import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toFailure } from '../../shared/failure.ts';
import { nodeDisk } from '../platform/disk.ts';
import { fixtureText } from '../workflow/fixtures/expected.ts';
import { bump } from './bump.ts';
import { graduate } from './graduate.ts';
import { type Desk, dying, openDesk } from './test-support.ts';
import { undoVersion } from './undo-version.ts';

const text = fixtureText('valid/XYZG3-V0-1.nbflow');
const edit = () => [{ nodeId: 2, properties: { dynamicRows: ['Another scene.'] } }];

let desk: Desk;
let old: string;
let next: string;
beforeEach(async () => {
  desk = await openDesk();
  old = join(desk.testing, 'XYZG3-V0-1.nbflow');
  next = join(desk.testing, 'XYZG3-V0-2.nbflow');
  await writeFile(old, text);
});
afterEach(() => desk.close());

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => toFailure(error),
  );
const rowsOf = (path: string) => desk.deps.db.backups.of(path);

describe('a version that is taken back', () => {
  it('lies in backups, and the old file is at its place as it was', async () => {
    await bump(old, { edit }, desk.deps);
    const made = await readFile(next, 'utf8');
    expect(await undoVersion(next, desk.deps)).toEqual({ path: old });
    expect(await desk.files(desk.testing)).toEqual({ 'XYZG3-V0-1.nbflow': text });
    const left = Object.entries(await desk.files(desk.backups));
    expect(left).toEqual([[expect.stringMatching(/^XYZG3-V0-2\.nbflow\.bak-\d{4}-\d\d-\d\d-undone$/), made]]);
  });

  it('is known to the database as such: what hung on the file hangs on the old one again', async () => {
    const { db } = desk.deps;
    db.annotations.put(old, { pinned: true, note: 'mine' }, 1);
    await bump(old, {}, desk.deps);
    db.fingerprints.put(next, 4, 'key', 1);
    db.annotations.put(next, { pinned: false, note: 'a try' }, 1);
    await undoVersion(next, desk.deps);
    expect(db.fingerprints.of(old).get(4)).toBe('key');
    expect(db.annotations.of(old)).toEqual({ pinned: true, note: 'mine' });
    expect(db.annotations.of(rowsOf(next)[0]?.id ?? '')).toMatchObject({ note: 'a try' });
    expect(db.versions.madeLast(next)).toBeNull();
    expect(db.versions.successorOf(old)).toBeNull();
    expect(db.versions.newest(next)).toMatchObject({ undoneAt: expect.any(Number), books: null });
    expect(rowsOf(old)).toMatchObject([{ reason: 'superseded', path: null, origin: 'automatic' }]);
  });

  it('can be a graduation, and be made and taken back again', async () => {
    const v1 = join(desk.testing, '../approved/XYZG3-V1.nbflow');
    for (const _ of [1, 2]) {
      expect((await graduate(old, '', desk.deps)).path).toBe(v1);
      expect(await undoVersion(v1, desk.deps)).toEqual({ path: old });
      expect(await readFile(old, 'utf8')).toBe(text);
      expect(await nodeDisk.stat(v1)).toBeNull();
    }
    expect(Object.keys(await desk.files(desk.backups))).toHaveLength(1);
  });

  it('comes back from the database when backups/ is gone', async () => {
    await bump(old, {}, desk.deps);
    await rm(desk.backups, { recursive: true });
    await undoVersion(next, desk.deps);
    expect(await readFile(old, 'utf8')).toBe(text);
  });

  it('leaves a copy in backups/ that somebody changed', async () => {
    const { movedTo } = await bump(old, {}, desk.deps);
    await writeFile(movedTo, 'somebody’s work');
    await undoVersion(next, desk.deps);
    expect(await readFile(old, 'utf8')).toBe(text);
    expect(await readFile(movedTo, 'utf8')).toBe('somebody’s work');
  });
});

describe('taking back is refused, and nothing is changed,', () => {
  const unchanged = async (work: () => Promise<unknown>) => {
    const before = [await desk.files(desk.testing), await desk.files(desk.backups)];
    const failure = await failureOf(work());
    expect([await desk.files(desk.testing), await desk.files(desk.backups)]).toEqual(before);
    return failure;
  };

  it('when the new file was changed since, with a cure', async () => {
    await bump(old, {}, desk.deps);
    await writeFile(next, `${await readFile(next, 'utf8')}\n`);
    expect(await unchanged(() => undoVersion(next, desk.deps))).toMatchObject({
      code: 'usage',
      cure: expect.stringContaining('Restore V0-1'),
    });
  });

  it('for a file that no bump made, and one that was taken back', async () => {
    expect(await unchanged(() => undoVersion(old, desk.deps))).toMatchObject({ code: 'usage' });
    await bump(old, {}, desk.deps);
    const made = await readFile(next);
    await undoVersion(next, desk.deps);
    expect(await unchanged(() => undoVersion(next, desk.deps))).toMatchObject({ code: 'workflow-missing' });
    await rm(old);
    await writeFile(next, made);
    expect(await unchanged(() => undoVersion(next, desk.deps))).toMatchObject({ code: 'usage' });
  });

  it('when another file has the old name', async () => {
    await bump(old, {}, desk.deps);
    await writeFile(old, 'somebody’s work');
    expect(await unchanged(() => undoVersion(next, desk.deps))).toMatchObject({ code: 'folder', where: old });
  });

  it('when the old content is damaged', async () => {
    const { movedTo } = await bump(old, {}, desk.deps);
    await writeFile(movedTo, 'cut off');
    const { db } = desk.deps;
    const deps = { ...desk.deps, db: { ...db, backups: { ...db.backups, unpacked: async () => null } } };
    expect(await unchanged(() => undoVersion(next, deps))).toMatchObject({ code: 'workflow-unreadable' });
  });

  it('while a run has the new file', async () => {
    await bump(old, {}, desk.deps);
    const run = await desk.deps.lock(next, 'run');
    expect(await unchanged(() => undoVersion(next, desk.deps))).toMatchObject({ code: 'locked' });
    await run.release();
  });
});

it('a process that dies in it leaves both contents under some name after every step, and the same call goes on', async () => {
  await bump(old, { edit }, desk.deps);
  const made = await readFile(next, 'utf8');
  const counting = dying(desk, Number.POSITIVE_INFINITY, false);
  await undoVersion(next, counting.deps);
  expect(counting.steps()).toBeGreaterThan(8);

  for (let at = 1; at <= counting.steps(); at++) {
    for (const after of [false, true]) {
      await rm(desk.testing, { recursive: true });
      await rm(desk.backups, { recursive: true, force: true });
      await mkdir(desk.testing);
      await writeFile(old, text);
      await bump(old, { edit }, desk.deps);
      desk.deps.db.fingerprints.put(next, 4, `key ${at} ${after}`, 1);
      await expect(undoVersion(next, dying(desk, at, after).deps)).rejects.toThrow('dead');
      const left = [
        ...Object.values(await desk.files(desk.testing)),
        ...Object.values(await desk.files(desk.backups)),
      ];
      expect(left).toContain(text);
      expect(left).toContain(made);
      if ((await nodeDisk.stat(next)) !== null) await undoVersion(next, desk.deps);
      expect(await desk.files(desk.testing)).toEqual({ 'XYZG3-V0-1.nbflow': text });
      expect(desk.deps.db.fingerprints.of(old).get(4)).toBe(`key ${at} ${after}`);
      expect(desk.deps.db.versions.madeLast(next)).toBeNull();
      const { path } = await bump(old, { edit }, desk.deps);
      expect(await readFile(path, 'utf8')).toBe(made);
    }
  }
});
