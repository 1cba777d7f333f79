import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toFailure } from '../../shared/failure.ts';
import { nodeFolders } from '../platform/folders.ts';
import { takeBackup } from './backup.ts';
import { bump } from './bump.ts';
import { type FindDeps, findBackup } from './find-backup.ts';
import { lineageOf } from './lineage.ts';
import { type Desk, openDesk } from './test-support.ts';

let desk: Desk;
let deps: FindDeps;
let workflow: string;
const text = (name: string): string => JSON.stringify({ name, version: 2, tabs: [] });

beforeEach(async () => {
  desk = await openDesk();
  deps = { ...desk.deps, folders: nodeFolders };
  workflow = join(desk.testing, 'XYZG3-V0-1.nbflow');
  await writeFile(workflow, text('XYZG3-V0-1'));
});
afterEach(() => desk.close());

async function backUp(reason = 'manual') {
  const { path, ...backup } = await takeBackup(workflow, Buffer.from(text(reason)), reason, desk.deps);
  if (path === null) throw new Error('the copy was not written');
  return { ...backup, path };
}
const lineage = () => lineageOf(workflow);
const failureOf = async (found: Promise<unknown>) =>
  toFailure(
    await found.then(
      () => 'found',
      (error: unknown) => error,
    ),
  );

describe('a backup is found', () => {
  it('by its id, and by the beginning of one', async () => {
    const { id, path, sha256 } = await backUp();
    for (const ref of [id, id.slice(0, 8), id.toUpperCase()]) {
      expect(await findBackup(ref, deps)).toMatchObject({
        ...{ what: 'backup', id, workflow, path, sha256, reason: 'manual', version: 'V0-1' },
        label: 'backup manual of XYZG3-V0-1',
      });
    }
    expect(await failureOf(findBackup(id.slice(0, 7), deps))).toMatchObject({ code: 'not-found' });
  });

  it('by path and by file name, and gives its content, be the copy there or not', async () => {
    const { id, path } = await backUp();
    const name = path.split('/').at(-1) ?? '';
    expect(await findBackup(path, deps)).toMatchObject({ id });
    const found = await findBackup(name, deps, { lineage: lineage() });
    expect(found.id).toBe(id);
    await deps.disk.remove(path);
    expect(Buffer.from((await found.read()) ?? []).toString()).toBe(text('manual'));
  });

  it('through a link to its folder', async () => {
    const { id, path } = await backUp();
    const link = join(desk.testing, 'link');
    await symlink(desk.backups, link);
    expect(await findBackup(join(link, path.split('/').at(-1) ?? ''), deps)).toMatchObject({ id });
  });

  it('not when the beginning fits two: both are named', async () => {
    const content = await deps.db.backups.pack(Buffer.from('x'), workflow);
    const row = { workflow, path: null, reason: 'manual', origin: 'hand', at: 1 } as const;
    for (const end of ['1', '2']) deps.db.backups.put({ ...row, id: `abcdef01-${end}` }, content);
    const failure = await failureOf(findBackup('abcdef01', deps));
    expect(failure).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('abcdef01-1 and abcdef01-2'),
    });
  });

  it('not when it is of another workflow: that one is named', async () => {
    const { id } = await backUp();
    const other = lineageOf(join(desk.testing, 'XYZG4-V0-1.nbflow'));
    const failure = await failureOf(findBackup(id, deps, { lineage: other }));
    expect(failure).toMatchObject({ code: 'not-found', message: expect.stringContaining('XYZG3-V0-1') });
  });
});

describe('a version is found', () => {
  it('live, and as a bump left it', async () => {
    expect(await findBackup('V0-1', deps, { lineage: lineage() })).toMatchObject({
      ...{ what: 'live', id: null, path: workflow, label: 'XYZG3-V0-1' },
    });
    const { movedTo, path } = await bump(workflow, {}, desk.deps);
    const left = await findBackup('V0-1', deps, { lineage: lineage() });
    expect(left).toMatchObject({ what: 'backup', path: movedTo, version: 'V0-1' });
    expect(Buffer.from((await left.read()) ?? []).toString()).toBe(text('XYZG3-V0-1'));
    expect(await findBackup(path, deps)).toMatchObject({ what: 'live', version: 'V0-2' });
  });

  it('not when two files claim it: both are named', async () => {
    await mkdir(join(desk.testing, '../approved'));
    await writeFile(join(desk.testing, '../approved/XYZG3-V0-1.nbflow'), text('other'));
    const failure = await failureOf(findBackup('V0-1', deps, { lineage: lineage() }));
    expect(failure).toMatchObject({ code: 'usage', message: expect.stringMatching(/testing.*approved/) });
  });
});

describe("somebody else's copy is found", () => {
  it('by path and by file name, and read from the disk', async () => {
    await mkdir(desk.backups);
    const path = join(desk.backups, 'XYZG3-V0-1.nbflow.bak-2026-05-12-pre-fanout');
    await writeFile(path, 'theirs');
    for (const found of [
      await findBackup(path, deps),
      await findBackup('XYZG3-V0-1.nbflow.bak-2026-05-12-pre-fanout', deps, { lineage: lineage() }),
    ]) {
      expect(found).toMatchObject({ what: 'foreign', id: null, workflow, path, reason: 'pre-fanout' });
      expect(Buffer.from((await found.read()) ?? []).toString()).toBe('theirs');
      // The day of its name is over: the file's own time is that of this test.
      expect(new Date(found.at).getFullYear()).toBe(2026);
      expect(found.at).toBeLessThanOrEqual(new Date('2026-05-12T23:59:59.999').getTime());
    }
  });

  it('where it, or all of backups/, is a link to another place, as it is listed there', async () => {
    const elsewhere = join(desk.testing, '../../elsewhere');
    await mkdir(elsewhere);
    await writeFile(join(elsewhere, 'old one'), 'linked');
    await symlink(elsewhere, desk.backups);
    const path = join(desk.backups, 'XYZG3-V0-1.nbflow.bak-2026-05-12-linked');
    await symlink(join(elsewhere, 'old one'), path);
    const found = await findBackup(path, deps, { lineage: lineage() });
    expect(found).toMatchObject({ what: 'foreign', workflow, path });
    const { id } = await backUp();
    const own = deps.db.backups.find(id)?.path ?? '';
    expect(await findBackup(own, deps)).toMatchObject({ what: 'backup', id });
  });

  it('under a name that follows no pattern', async () => {
    await mkdir(desk.backups);
    await writeFile(join(desk.backups, 'XYZG3-V0-1-broken-2026-05-12'), 'broken');
    expect(await findBackup('XYZG3-V0-1-broken-2026-05-12', deps, { lineage: lineage() })).toMatchObject({
      ...{ what: 'foreign', workflow, version: null, reason: 'found' },
    });
  });

  it('not where nothing of this workflow can be: a folder, another place, a name of another', async () => {
    await mkdir(join(desk.backups, 'XYZG3-V0-1.nbflow.bak-2026-05-12-folder'), { recursive: true });
    await writeFile(join(desk.backups, 'XYZG4-V0-1.nbflow'), '');
    await writeFile(join(desk.testing, 'notes.txt'), '');
    for (const ref of [
      join(desk.backups, 'XYZG3-V0-1.nbflow.bak-2026-05-12-folder'),
      join(desk.backups, 'XYZG4-V0-1.nbflow'),
      join(desk.testing, 'notes.txt'),
      '../testing/notes.txt',
      'V0-9',
      'nothing',
    ]) {
      const failure = await failureOf(findBackup(ref, deps, { lineage: lineage() }));
      expect([ref, failure.code]).toEqual([ref, 'not-found']);
      expect(failure.cure).toContain('flowdeck history');
    }
  });
});
