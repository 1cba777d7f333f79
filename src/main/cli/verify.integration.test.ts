import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { packContent } from '../db/backups.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { takeBackup } from '../history/backup.ts';
import { systemClock } from '../platform/clock.ts';
import { nodeDisk } from '../platform/disk.ts';
import { type Desk, ErrorLine, openDesk, startSimulator } from './test-support.ts';

const Entry = z.strictObject({
  type: z.literal('verify.entry'),
  id: z.string(),
  ok: z.boolean(),
  problem: z.string().nullable(),
  repaired: z.boolean(),
});
const Finished = z.strictObject({
  type: z.literal('verify.finished'),
  checked: z.number(),
  damaged: z.number(),
  repaired: z.number(),
});

let desk: Desk;
let file: string;
let backups: string;
beforeEach(async () => {
  desk = await openDesk();
  file = await desk.workflow('valid/XYZG3-V0-3.nbflow');
  backups = join(dirname(dirname(file)), 'backups');
});
afterEach(() => desk.close());

const inDatabase = async <T>(work: (db: Database) => Promise<T> | T): Promise<T> => {
  await mkdir(desk.dataDir, { recursive: true });
  const db = openDatabase(join(desk.dataDir, 'flowdeck.db'));
  try {
    return await work(db);
  } finally {
    db.close();
  }
};
const take = (db: Database, workflow: string, content: string) =>
  takeBackup(workflow, Buffer.from(content), 'pre-run', { db, disk: nodeDisk, clock: systemClock });
/** Their copies. */
const twoBackups = (): Promise<string[]> =>
  inDatabase(async (db) => {
    const [one, two] = [await take(db, file, 'one'.repeat(500)), await take(db, file, 'two'.repeat(500))];
    return [one.path ?? '', two.path ?? ''];
  });
const bySql = (sql: string) => {
  const db = new Sqlite(join(desk.dataDir, 'flowdeck.db'));
  try {
    return db.exec(sql);
  } finally {
    db.close();
  }
};
async function verify(...args: string[]) {
  const { code, lines, stderr } = await desk.flowdeck('verify', '--json', ...args);
  const all = lines();
  return { code, stderr, entries: all.slice(0, -1).map((line) => Entry.parse(line)), end: all.at(-1) };
}

describe('verify', () => {
  it('of sound backups says how many and how large they are, and ends with 0', async () => {
    await twoBackups();
    const { code, stdout, stderr } = await desk.flowdeck('verify');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('2 backups, 3 kB: all sound.\n');
    const { entries, end } = await verify();
    expect(entries.map(({ ok, problem, repaired }) => ({ ok, problem, repaired }))).toEqual([
      { ok: true, problem: null, repaired: false },
      { ok: true, problem: null, repaired: false },
    ]);
    expect(Finished.parse(end)).toMatchObject({ checked: 2, damaged: 0, repaired: 0 });
  });

  it('makes a copy whole that was cut, says so, and ends with 9; the next time all is sound', async () => {
    const [cut = '', other = ''] = await twoBackups();
    const whole = await readFile(cut);
    await truncate(cut, 100);
    const { code, stdout } = await desk.flowdeck('verify');
    expect(code).toBe(9);
    expect(stdout).toContain(`${basename(cut)}: the copy on disk was not what was written.`);
    expect(stdout).toMatch(/2 backups, .*: 1 damaged and made whole, the others sound\.\n$/);
    expect(await readFile(cut)).toEqual(whole);
    expect(stdout).not.toContain(`${basename(other)}:`);
    expect(await inDatabase((db) => db.proofs.withProblem())).toEqual([]);
  });

  it('tells what is damaged in both places with what can be done, and so does status', async () => {
    const [lost = ''] = await twoBackups();
    await truncate(lost, 100);
    bySql("UPDATE blobs SET zstd = x'00', base = NULL");
    const { code, entries, end } = await verify();
    expect(code).toBe(9);
    // The other one is whole on disk, and mends the database.
    expect(
      entries
        .map(({ ok, repaired }) => ({ ok, repaired }))
        .sort((a, b) => Number(a.repaired) - Number(b.repaired)),
    ).toEqual([
      { ok: false, repaired: false },
      { ok: false, repaired: true },
    ]);
    expect(entries.find(({ repaired }) => !repaired)?.problem).toContain(`put a whole copy at ${lost}`);
    expect(Finished.parse(end)).toMatchObject({ checked: 2, damaged: 2, repaired: 1 });
    const status = await desk.flowdeck('status');
    expect(status.stdout).toContain(
      '1 backup is damaged: "flowdeck verify" says which, and what can be done.',
    );
  });

  it('with a deleted backups/ is well: everything is in the database', async () => {
    await twoBackups();
    await rm(backups, { recursive: true });
    const { code, stdout } = await desk.flowdeck('verify', file);
    expect(code).toBe(0);
    expect(stdout).toMatch(/: all sound\. 2 have no copy on disk and can be restored all the same\.\n$/);
  });

  it('with a file proves the backups of its versions only, also when it is gone, by whatever name', async () => {
    await twoBackups();
    const other = join(dirname(file), 'notes of mine.nbflow');
    await inDatabase((db) => take(db, other, 'another workflow'));
    await rm(file);
    const sums = async (path: string) => Finished.parse((await verify(path)).end).checked;
    expect(await sums(file.replace('V0-3', 'V0-9'))).toBe(2);
    expect(await sums(other)).toBe(1);
    const stranger = file.replace('XYZG3', 'XYZG4');
    expect(await desk.flowdeck('verify', stranger)).toMatchObject({
      ...{
        code: 3,
        stdout: '',
        stderr: expect.stringContaining('There is no workflow file XYZG4-V0-3.nbflow.'),
      },
    });
    await writeFile(stranger, '{}');
    const { code, stdout } = await desk.flowdeck('verify', stranger);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'There are no backups of XYZG4-V0-3.nbflow.\n' });
  });

  it('on a new data folder says that there are none', async () => {
    expect(await desk.flowdeck('verify')).toMatchObject({ code: 0, stdout: 'There are no backups yet.\n' });
  });

  it('tells a copy that cannot be read, and that this is no damage', async () => {
    const [copy = ''] = await twoBackups();
    await rm(copy);
    await mkdir(copy);
    const { code, stdout } = await desk.flowdeck('verify');
    expect(code).toBe(0);
    expect(stdout).toContain('cannot be read now and was not checked');
    expect(stdout).toMatch(/: 1 with a copy that could not be read, the others sound\.\n$/);
  });

  it('ends with 130 by Ctrl-C, and what was proven until then stays proven', async () => {
    await twoBackups();
    const many = 4000;
    await inDatabase(async (db) => {
      const content = await packContent(Buffer.from('one'.repeat(500)));
      const path = db.backups.every()[0]?.path ?? null;
      const row = { workflow: file, path, reason: 'pre-run', origin: 'automatic', at: 0 } as const;
      await db.commits.write(() => {
        for (let n = 0; n < many; n += 1) db.backups.put({ ...row, id: `copy-${n}` }, content);
      });
    });
    const running = desk.start(['verify', '--json']);
    await running.line('verify.entry');
    running.process.kill('SIGINT');
    const { code, lines } = await running.ended;
    expect(code).toBe(130);
    const told = lines().filter(({ type }) => type === 'verify.entry').length;
    expect(told).toBeLessThan(many);
    expect(ErrorLine.parse(lines().at(-1))).toMatchObject({ code: 'interrupted' });
    const proven = await inDatabase((db) => db.backups.every().filter(({ provenAt }) => provenAt !== null));
    expect(proven).toHaveLength(told);
  });
});

it('the end of a run does the daily upkeep when it is due, and once a day', async () => {
  const simulator = await startSimulator();
  try {
    const workflow = await desk.workflow();
    const run = () =>
      desk.flowdeck(
        'run',
        workflow,
        '--mode',
        'images',
        '--server',
        simulator.url,
        '--poll-ms',
        '5',
        '--json',
      );
    const proven = () =>
      inDatabase((db) => db.backups.every().map(({ reason, provenAt }) => [reason, provenAt !== null]));
    const first = await run();
    expect(first.code, first.stderr).toBe(0);
    expect(await proven()).toEqual([['pre-run', true]]);
    await inDatabase((db) => take(db, workflow, 'another one'));
    expect((await run()).code).toBe(0);
    expect(await proven()).toEqual([
      ['pre-run', true],
      ['pre-run', false],
    ]);
  } finally {
    await simulator.kill();
  }
});
