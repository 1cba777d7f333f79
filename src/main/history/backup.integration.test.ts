import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toFailure } from '../../shared/failure.ts';
import { nodeDisk } from '../platform/disk.ts';
import { localDay, takeBackup } from './backup.ts';
import { wholeContent } from './contents.ts';
import { type Desk, openDesk } from './test-support.ts';

const content = Buffer.from('{"name":"XYZG3-V0-1"}');
let desk: Desk;
let workflow: string;

beforeEach(async () => {
  desk = await openDesk();
  workflow = join(desk.testing, 'XYZG3-V0-1.nbflow');
  await writeFile(workflow, content);
});
afterEach(() => desk.close());

const day = () => localDay(desk.deps.clock.now());
const rows = () => desk.deps.db.backups.of(workflow);
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => toFailure(error),
  );

describe('a backup', () => {
  it('is a copy under the name of the manual, and in the database', async () => {
    const taken = await takeBackup(workflow, content, 'pre-run', desk.deps);
    const path = join(desk.backups, `XYZG3-V0-1.nbflow.bak-${day()}-pre-run`);
    expect(taken).toMatchObject({ path, problem: null });
    expect(await readFile(path)).toEqual(content);
    expect(rows()).toMatchObject([{ id: taken.id, path, reason: 'pre-run', origin: 'automatic' }]);
    const again = await takeBackup(workflow, content, 'pre-run', desk.deps);
    expect(again.path).toBe(`${path}-2`);
  });

  it('comes back from the database when backups/ was deleted', async () => {
    await takeBackup(workflow, content, 'pre-run', desk.deps);
    await rm(desk.backups, { recursive: true });
    const [row] = rows();
    expect(Buffer.from((row && (await wholeContent(row, desk.deps))) ?? [])).toEqual(content);
  });

  it('that a person asked for has the note with it', async () => {
    const wish = { origin: 'hand', note: 'before the talk' } as const;
    const { id } = await takeBackup(workflow, content, 'manual', desk.deps, wish);
    expect(rows()).toMatchObject([{ id, origin: 'hand' }]);
    expect(desk.deps.db.annotations.of(id)).toEqual({ pinned: false, note: 'before the talk' });
  });
});

describe('where backups/ takes no copy', () => {
  const inDatabaseAlone = async () => {
    const taken = await takeBackup(workflow, content, 'pre-run', desk.deps);
    expect(taken.path).toBeNull();
    expect(taken.problem).toMatch(
      /^The backup is kept in the database alone, as .+backups takes no copy: .+\.$/,
    );
    const [row] = rows();
    expect(row).toMatchObject({ id: taken.id, path: null });
    expect(Buffer.from((row && (await wholeContent(row, desk.deps))) ?? [])).toEqual(content);
  };

  it('as a file of that name is there, the database has it alone, and it is said', async () => {
    await writeFile(desk.backups, 'somebody put this here');
    await inDatabaseAlone();
    expect(await readFile(desk.backups, 'utf8')).toBe('somebody put this here');
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('as it is read-only', async () => {
    await mkdir(desk.backups, { mode: 0o555 });
    await inDatabaseAlone();
    await chmod(desk.backups, 0o755);
  });

  it.skipIf(process.platform !== 'linux')('as its disk takes nothing', async () => {
    const full = desk.on({ writeNew: (_, name, data) => nodeDisk.writeNew('/proc/self', name, data) });
    const taken = await takeBackup(workflow, content, 'pre-run', full);
    expect(taken).toMatchObject({ path: null, problem: expect.stringContaining('database alone') });
  });

  it('and the database neither, it rejects', async () => {
    await writeFile(desk.backups, 'in the way');
    await refusing(async () => {
      const failure = await failureOf(takeBackup(workflow, content, 'pre-run', desk.deps));
      expect(failure).toMatchObject({ message: 'no room' });
    });
    expect(rows()).toEqual([]);
  });

  /** With a database that takes no backup. */
  async function refusing(work: () => Promise<void>): Promise<void> {
    const plain = new Sqlite(desk.deps.db.file);
    plain.exec("CREATE TRIGGER refuse BEFORE INSERT ON backups BEGIN SELECT RAISE(ABORT, 'no room'); END");
    try {
      await work();
    } finally {
      plain.exec('DROP TRIGGER refuse');
      plain.close();
    }
  }
});

it('a copy whose process died before the commit is left as it is, and the next one has a name of its own', async () => {
  const { db } = desk.deps;
  const dying = {
    ...desk.deps,
    db: { ...db, commits: { ...db.commits, write: () => Promise.reject(new Error('dead')) } },
  };
  await expect(takeBackup(workflow, content, 'pre-run', dying)).rejects.toThrow('dead');
  const { path } = await takeBackup(workflow, Buffer.from('later'), 'pre-run', desk.deps);
  const first = join(desk.backups, `XYZG3-V0-1.nbflow.bak-${day()}-pre-run`);
  expect(await readFile(first)).toEqual(content);
  expect(path).toBe(`${first}-2`);
  expect((await stat(workflow)).size).toBe(content.length);
});
