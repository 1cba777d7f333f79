import { once } from 'node:events';
import { watch } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFlowdeck } from '../app/flowdeck.ts';
import { acquireLock, lockFileFor } from '../platform/lock.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { fixturePath } from '../workflow/fixtures/expected.ts';
import { type Desk, ErrorLine, openDesk } from './test-support.ts';

let desk: Desk;
let file: string;
let original: Buffer;
let backupId: string;
beforeEach(async () => {
  desk = await openDesk();
  file = join(desk.folder, 'project', 'testing', 'XYZG3-V0-3.nbflow');
  await mkdir(dirname(file), { recursive: true });
  await cp(fixturePath('valid/XYZG3-V0-3.nbflow'), file);
  original = await readFile(file);
  const flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir: desk.dataDir });
  backupId = (await flowdeck.editing.wipe(file, {})).backup?.id ?? '';
  await flowdeck.close();
});
afterEach(() => desk.close());

const restore = (...args: string[]) => desk.flowdeck('restore', file, '--backup', ...args);

describe('restore', () => {
  it('puts a wiped file back byte for byte, and says the command that undoes it', async () => {
    const wiped = await readFile(file);
    const { code, stdout, stderr } = await restore(backupId);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Restored the backup pre-cache-wipe of XYZG3-V0-3 to ${file}.`);
    expect(await readFile(file)).toEqual(original);
    const undo = /^To undo: flowdeck (.+)$/m.exec(stdout)?.[1]?.split(' ') ?? [];
    expect(await desk.flowdeck(...undo)).toMatchObject({ code: 0 });
    expect(await readFile(file)).toEqual(wiped);
  });

  it('tells in NDJSON what was there before, and what was restored', async () => {
    await rm(join(desk.folder, 'project', 'backups'), { recursive: true });
    const { code, lines } = await restore(backupId.slice(0, 8), '--json');
    const undo = { id: expect.any(String), path: expect.stringMatching(/-pre-restore$/) };
    const [created, restored] = lines();
    expect(code).toBe(0);
    expect(created).toEqual({
      type: 'backup.created',
      ...undo,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(restored).toEqual({ type: 'restored', backupId, path: file, undoBackupId: created?.id });
    expect(await readFile(file)).toEqual(original);
  });

  it('wipes what it puts back, and says how much', async () => {
    const { stdout } = await restore(backupId, '--wipe-cache');
    expect(stdout).toContain('Wiped 40 image nodes and 40 video nodes of it.');
    expect((await desk.flowdeck('plan', file, '--json')).lines().at(-1)).toMatchObject({ cached: 0 });
  });

  it('says where there was nothing to wipe', async () => {
    await restore(backupId, '--wipe-cache');
    const bare = await desk.flowdeck('backup', file, '--json');
    const { stdout } = await restore(String(bare.lines()[0]?.id), '--wipe-cache');
    expect(stdout).toContain('There was no cached output in it to wipe.');
  });

  it('asks which backup where none is named, and says what lists them', async () => {
    for (const none of [[], ['--backup', '']]) {
      const { code, stderr } = await desk.flowdeck('restore', file, ...none);
      expect(code).toBe(2);
      expect(stderr).toContain(`Which backup is to be restored?`);
      expect(stderr).toContain(`flowdeck history ${file} lists them; name one with --backup ID.`);
    }
  });

  it('writes a copy elsewhere, and says that its name inside is another', async () => {
    const wiped = await readFile(file);
    const { code, stdout } = await restore(backupId, '--to', 'elsewhere/XYZG3-V0-9.nbflow');
    const to = join(desk.folder, 'elsewhere', 'XYZG3-V0-9.nbflow');
    expect(code).toBe(0);
    expect(stdout).toBe(
      `Wrote the backup pre-cache-wipe of XYZG3-V0-3 to ${to}.\nThe name inside is as it was in XYZG3-V0-3.\n`,
    );
    expect([await readFile(to), await readFile(file)]).toEqual([original, wiped]);
  });

  it('brings back a file that is gone', async () => {
    await rm(file);
    const { stdout } = await restore(backupId);
    expect(stdout).toContain('There was no file before.');
    expect(await readFile(file)).toEqual(original);
  });
});

describe('what cannot be restored', () => {
  const failing = async (...args: string[]) => {
    const before = await readFile(file);
    const { code, lines } = await restore(...args, '--json');
    expect(await readFile(file)).toEqual(before);
    return { exit: code, ...ErrorLine.parse(lines().at(-1)) };
  };

  it('is a backup that is not there', async () => {
    expect(await failing('00000000-0000')).toMatchObject({ exit: 2, code: 'not-found' });
  });

  it('is a copy to where something is', async () => {
    expect(await failing(backupId, '--to', file)).toMatchObject({ exit: 2, code: 'folder', where: file });
  });

  it('is a file that a run has', async () => {
    const run = await acquireLock(await lockFileFor(file), { what: 'run' });
    try {
      expect(await failing(backupId)).toMatchObject({ exit: 7, code: 'locked' });
    } finally {
      await run.release();
    }
  });

  it('is a backup of which neither twin is whole', async () => {
    const db = new BetterSqlite(join(desk.dataDir, 'flowdeck.db'));
    db.exec("UPDATE blobs SET zstd = x'28b52ffd00'");
    db.close();
    const backups = join(desk.folder, 'project', 'backups');
    for (const name of await readdir(backups)) await writeFile(join(backups, name), 'not what it was');
    expect(await failing(backupId)).toMatchObject({ exit: 3, code: 'workflow-unreadable' });
  });
});

it('stopped by Ctrl-C while it is under way leaves the old file, with exit code 130', async () => {
  const large = editWorkflow(original.toString('utf8'), [
    { nodeId: 4, properties: { note: 'x'.repeat(6_000_000) } },
  ]);
  await writeFile(file, large);
  const before = await readFile(file);
  const backups = join(desk.folder, 'project', 'backups');
  const underWay = watch(backups);
  const { process: child, ended } = desk.start(['restore', file, '--backup', backupId, '--json']);
  await once(underWay, 'change');
  underWay.close();
  child.kill('SIGINT');
  const { code, lines } = await ended;
  expect(code).toBe(130);
  expect(ErrorLine.parse(lines().at(-1))).toMatchObject({ code: 'interrupted', where: file });
  expect((await readFile(file)).equals(before)).toBe(true);
});
