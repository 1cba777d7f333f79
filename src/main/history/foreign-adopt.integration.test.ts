import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toFailure } from '../../shared/failure.ts';
import { nodeFolders } from '../platform/folders.ts';
import type { FindDeps } from './find-backup.ts';
import { adoptCopy } from './foreign-adopt.ts';
import { type Desk, openDesk } from './test-support.ts';

let desk: Desk;
let deps: FindDeps;
let copy: string;

beforeEach(async () => {
  desk = await openDesk();
  deps = { ...desk.deps, folders: nodeFolders };
  await mkdir(desk.backups);
  copy = join(desk.backups, 'XYZG3-V0-1.nbflow.bak-2026-05-12-pre-fanout');
  await writeFile(copy, 'theirs');
});
afterEach(() => desk.close());

it('takes a copy into the database as it is, with what its name says', async () => {
  const id = await adoptCopy(copy, deps);
  expect(deps.db.backups.find(id)).toMatchObject({
    ...{ workflow: join(desk.testing, 'XYZG3-V0-1.nbflow'), path: copy },
    ...{ reason: 'pre-fanout', origin: 'found' },
  });
  expect(await readFile(copy, 'utf8')).toBe('theirs');
  await deps.disk.remove(copy);
  const row = deps.db.backups.find(id);
  const kept = await deps.db.backups.unpacked(row?.sha256 ?? '');
  expect(Buffer.from(kept ?? []).toString()).toBe('theirs');
});

it('adopts a copy once, also when asked twice at the same time', async () => {
  const ids = await Promise.all([adoptCopy(copy, deps), adoptCopy(copy, deps)]);
  expect(new Set([...ids, await adoptCopy(copy, deps)]).size).toBe(1);
  expect(deps.db.backups.every()).toHaveLength(1);
});

it('keeps what people said of it', async () => {
  deps.db.annotations.put(copy, { pinned: true, note: 'the good one' }, 1);
  const id = await adoptCopy(copy, deps);
  expect(deps.db.annotations.of(id)).toEqual({ pinned: true, note: 'the good one' });
  expect(deps.db.annotations.of(copy)).toEqual({ pinned: false, note: '' });
});

it('refuses what is no copy: a live file', async () => {
  const live = join(desk.testing, 'XYZG3-V0-1.nbflow');
  await writeFile(live, '{}');
  const failure = toFailure(await adoptCopy(live, deps).catch((error: unknown) => error));
  expect(failure.code).toBe('not-found');
  expect(deps.db.backups.every()).toEqual([]);
});
