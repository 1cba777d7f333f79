import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toFailure } from '../../shared/failure.ts';
import { nodeDisk } from '../platform/disk.ts';
import { fixtureText } from '../workflow/fixtures/expected.ts';
import { graduate } from './graduate.ts';
import { type Desk, dying, openDesk } from './test-support.ts';

const named = (name: string) =>
  fixtureText('valid/XYZG3-V0-1.nbflow').replace('"name": "XYZG3-V0-1"', `"name": "${name}"`);

let desk: Desk;
let approved: string;
beforeEach(async () => {
  desk = await openDesk();
  approved = join(desk.testing, '../approved');
});
afterEach(() => desk.close());

const inTesting = async (name: string): Promise<string> => {
  const file = join(desk.testing, `${name}.nbflow`);
  await writeFile(file, named(name));
  return file;
};
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => toFailure(error),
  );

describe('a graduation', () => {
  it.each([
    ['XYZG3-V0-5', 'XYZG3-V1'],
    ['XYZG3-V2-0-4', 'XYZG3-V2'],
  ])(
    'of %s puts %s into approved/, changed in nothing but its name, and the old one into backups/',
    async (old, next) => {
      const made = await graduate(await inTesting(old), 'all scenes clean', desk.deps);
      expect(made).toEqual({
        path: join(approved, `${next}.nbflow`),
        from: old.slice('XYZG3-'.length),
        to: next.slice('XYZG3-'.length),
        movedTo: join(desk.backups, `${old}.nbflow`),
        problems: [],
      });
      expect(await desk.files(desk.testing)).toEqual({});
      expect(await desk.files(approved)).toEqual({ [`${next}.nbflow`]: named(next) });
      expect(await desk.files(desk.backups)).toEqual({ [`${old}.nbflow`]: named(old) });
      const { db } = desk.deps;
      expect(db.versions.madeLast(made.path)).toMatchObject({ how: 'graduation', note: 'all scenes clean' });
      expect(db.backups.of(join(desk.testing, `${old}.nbflow`))).toMatchObject([
        { reason: 'graduated', origin: 'version' },
      ]);
    },
  );

  it('goes into the folder that is there, however it is spelt, and beside a file that lies in no testing/', async () => {
    await mkdir(join(desk.testing, '../Approved'));
    const { path } = await graduate(await inTesting('XYZG3-V0-5'), '', desk.deps);
    expect(path).toBe(join(desk.testing, '../Approved/XYZG3-V1.nbflow'));
    const loose = join(desk.testing, '../elsewhere/XYZG4-V0-1.nbflow');
    await mkdir(join(loose, '..'));
    await writeFile(loose, named('XYZG4-V0-1'));
    expect((await graduate(loose, '', desk.deps)).path).toBe(join(loose, '../XYZG4-V1.nbflow'));
  });

  it('takes fingerprints along', async () => {
    const old = await inTesting('XYZG3-V0-5');
    desk.deps.db.fingerprints.put(old, 4, 'key', 1);
    const { path } = await graduate(old, '', desk.deps);
    expect(desk.deps.db.fingerprints.of(path)).toEqual(new Map([[4, 'key']]));
  });

  it.each(['XYZG3-V1', 'XYZG3-V1-2'])('is refused for %s, which is approved already', async (name) => {
    const failure = await failureOf(graduate(await inTesting(name), '', desk.deps));
    expect(failure).toMatchObject({ code: 'usage', message: `${name} is approved already.` });
    expect(Object.keys(await desk.files(desk.testing))).toEqual([`${name}.nbflow`]);
  });

  it.each(['testing', 'approved', '.'])('is refused where %s has the name already', async (folder) => {
    const old = await inTesting('XYZG3-V0-5');
    const inTheWay = join(desk.testing, '..', folder, 'XYZG3-V1.nbflow');
    await mkdir(join(inTheWay, '..'), { recursive: true });
    await writeFile(inTheWay, 'somebody’s work');
    expect(await failureOf(graduate(old, '', desk.deps))).toMatchObject({ code: 'folder', where: inTheWay });
    expect(await nodeDisk.read(inTheWay)).toEqual(Buffer.from('somebody’s work'));
    expect(await nodeDisk.read(old)).toEqual(Buffer.from(named('XYZG3-V0-5')));
    expect(await desk.files(desk.backups)).toEqual({});
  });

  it('is refused while a run has the file', async () => {
    const old = await inTesting('XYZG3-V0-5');
    const run = await desk.deps.lock(old, 'run');
    expect(await failureOf(graduate(old, '', desk.deps))).toMatchObject({ code: 'locked' });
    await run.release();
  });

  it('goes on where a process died in it, after every step', async () => {
    const whole = { 'XYZG3-V1.nbflow': named('XYZG3-V1') };
    const counting = dying(desk, Number.POSITIVE_INFINITY, false);
    await graduate(await inTesting('XYZG3-V0-5'), '', counting.deps);
    expect(counting.steps()).toBeGreaterThan(6);
    for (let at = 1; at <= counting.steps(); at++) {
      for (const after of [false, true]) {
        await rm(approved, { recursive: true, force: true });
        await rm(desk.backups, { recursive: true, force: true });
        const old = await inTesting('XYZG3-V0-5');
        await expect(graduate(old, '', dying(desk, at, after).deps)).rejects.toThrow('dead');
        const left = { ...(await desk.files(desk.testing)), ...(await desk.files(desk.backups)) };
        expect(Object.values(left)).toContain(named('XYZG3-V0-5'));
        if ((await nodeDisk.stat(old)) !== null) await graduate(old, '', desk.deps);
        expect(await desk.files(desk.testing)).toEqual({});
        expect(await desk.files(approved)).toEqual(whole);
        expect(await desk.files(desk.backups)).toEqual({ 'XYZG3-V0-5.nbflow': named('XYZG3-V0-5') });
      }
    }
  });
});
