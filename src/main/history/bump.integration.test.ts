import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import { toFailure } from '../../shared/failure.ts';
import { hashOf } from '../platform/content-hash.ts';
import { nodeDisk } from '../platform/disk.ts';
import { fixtureText } from '../workflow/fixtures/expected.ts';
import { bump } from './bump.ts';
import { type Desk, dying, openDesk } from './test-support.ts';

const text = fixtureText('valid/XYZG3-V0-1.nbflow');
const renamed = text.replace('"name": "XYZG3-V0-1"', '"name": "XYZG3-V0-2"');
const edit = () => [{ nodeId: 2, properties: { dynamicRows: ['Another scene.'] } }];

let desk: Desk;
let old: string;
beforeEach(async () => {
  desk = await openDesk();
  old = join(desk.testing, 'XYZG3-V0-1.nbflow');
  await writeFile(old, text);
});
afterEach(() => desk.close());

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => toFailure(error),
  );

describe('a bump', () => {
  it('writes the next version with its name inside, and moves the old one to backups as it was', async () => {
    const bumped = await bump(old, {}, desk.deps);
    expect(bumped).toEqual({
      path: join(desk.testing, 'XYZG3-V0-2.nbflow'),
      from: 'V0-1',
      to: 'V0-2',
      movedTo: join(desk.backups, 'XYZG3-V0-1.nbflow'),
      problems: [],
    });
    expect(renamed).not.toBe(text);
    expect(await desk.files(desk.testing)).toEqual({ 'XYZG3-V0-2.nbflow': renamed });
    expect(await desk.files(desk.backups)).toEqual({ 'XYZG3-V0-1.nbflow': text });
  });

  it('keeps the old content in the database too', async () => {
    const { movedTo } = await bump(old, { edit }, desk.deps);
    const [row] = desk.deps.db.backups.of(old);
    expect(row).toMatchObject({ path: movedTo, reason: 'superseded' });
    expect(Buffer.from((await desk.deps.db.backups.unpacked(row?.sha256 ?? '')) ?? []).toString()).toBe(text);
  });

  it('gives the old one another name where backups has another file of its name, as often as needed', async () => {
    await mkdir(desk.backups);
    await writeFile(join(desk.backups, 'XYZG3-V0-1.nbflow'), 'an older one');
    const { movedTo } = await bump(old, {}, desk.deps);
    expect(movedTo).toMatch(/backups.XYZG3-V0-1\.nbflow\.bak-\d{4}-\d\d-\d\d-superseded$/);
    await rm(join(desk.testing, 'XYZG3-V0-2.nbflow'));
    await writeFile(old, `${text}\n`);
    expect((await bump(old, {}, desk.deps)).movedTo).toBe(`${movedTo}-2`);
    expect(Object.values(await desk.files(desk.backups))).toEqual(['an older one', text, `${text}\n`]);
  });

  it('takes fingerprints and what is paid for along', async () => {
    desk.deps.db.fingerprints.put(old, 4, 'key', 1);
    const { path } = await bump(old, {}, desk.deps);
    expect(desk.deps.db.fingerprints.of(path)).toEqual(new Map([[4, 'key']]));
  });

  it('refuses a next name that is taken, says which file it is, and changes nothing', async () => {
    const inTheWay = join(desk.testing, 'XYZG3-V0-2.nbflow');
    await writeFile(inTheWay, 'somebody’s work');
    expect(await failureOf(bump(old, {}, desk.deps))).toMatchObject({ code: 'folder', where: inTheWay });
    expect(await desk.files(desk.testing)).toEqual({
      'XYZG3-V0-1.nbflow': text,
      'XYZG3-V0-2.nbflow': 'somebody’s work',
    });
    expect(await desk.files(desk.backups)).toEqual({});
  });

  it('never writes over a file that takes the name in the last moment', async () => {
    const inTheWay = join(desk.testing, 'XYZG3-V0-2.nbflow');
    const deps = desk.on({
      writeNew: async (folder, name, data) => {
        await writeFile(inTheWay, 'somebody’s work');
        return nodeDisk.writeNew(folder, name, data);
      },
    });
    expect(await failureOf(bump(old, {}, deps))).toMatchObject({ code: 'folder', where: inTheWay });
    expect(await desk.files(desk.testing)).toEqual({
      'XYZG3-V0-1.nbflow': text,
      'XYZG3-V0-2.nbflow': 'somebody’s work',
    });
  });

  it.each(['XYZG3', 'XYZG3-V0-1-generated-20260512-143021', 'XYZG3-V0-1.nbflow.bak-2026-05-12-pre-run'])(
    'is refused for %s, whose version nobody can tell',
    async (name) => {
      const file = join(desk.testing, name.includes('.bak') ? name : `${name}.nbflow`);
      await writeFile(file, text);
      expect(await failureOf(bump(file, {}, desk.deps))).toMatchObject({ code: 'usage' });
      expect(Object.keys(await desk.files(desk.testing))).toHaveLength(2);
    },
  );

  it('is refused for what lies in backups/, which stays where it is', async () => {
    const { movedTo } = await bump(old, {}, desk.deps);
    const before = await desk.files(desk.backups);
    const refused = { code: 'usage', where: movedTo, message: expect.stringContaining('lies in backups/') };
    expect(await failureOf(bump(movedTo, {}, desk.deps))).toMatchObject(refused);
    expect(await desk.files(desk.backups)).toEqual(before);
  });

  it('is refused for a file that is not there, is no workflow, or is held by a run', async () => {
    expect(await failureOf(bump(join(desk.testing, 'XYZG3-V0-7.nbflow'), {}, desk.deps))).toMatchObject({
      code: 'workflow-missing',
    });
    const broken = join(desk.testing, 'XYZG9-V0-1.nbflow');
    await writeFile(broken, '{');
    expect(await failureOf(bump(broken, {}, desk.deps))).toMatchObject({ code: 'workflow-unreadable' });
    const run = await desk.deps.lock(old, 'run');
    expect(await failureOf(bump(old, {}, desk.deps))).toMatchObject({ code: 'locked' });
    await run.release();
    expect(await desk.files(desk.backups)).toEqual({});
  });

  it('says what it could not do where backups/ takes nothing, and changes nothing', async () => {
    await writeFile(desk.backups, 'a file');
    expect(await failureOf(bump(old, {}, desk.deps))).toMatchObject({
      ...{ code: 'folder', where: desk.backups },
      message: expect.stringMatching(/^XYZG3-V0-1\.nbflow cannot be moved to backups\/: /),
      cure: expect.stringContaining(desk.backups),
    });
    expect(await desk.files(desk.testing)).toEqual({ 'XYZG3-V0-1.nbflow': text });
    expect(desk.deps.db.versions.below(desk.testing)).toEqual([]);
  });

  it('changes nothing when the new version must not be', async () => {
    const verify = () => {
      throw new Error('a placeholder is left');
    };
    await expect(bump(old, { edit, verify }, desk.deps)).rejects.toThrow('a placeholder is left');
    expect(await desk.files(desk.testing)).toEqual({ 'XYZG3-V0-1.nbflow': text });
    expect(await desk.files(desk.backups)).toEqual({});
  });

  it('is made from what a person saved while it began', async () => {
    let saved = false;
    const theirs = text.replace('"aspectRatio": "9:16"', '"aspectRatio": "16:9"');
    const deps = desk.on({
      writeNew: async (folder, name, data) => {
        if (!saved) await writeFile(old, theirs);
        saved = true;
        return nodeDisk.writeNew(folder, name, data);
      },
    });
    const { movedTo } = await bump(old, {}, deps);
    expect(theirs).not.toBe(text);
    expect((await desk.files(desk.testing))['XYZG3-V0-2.nbflow']).toContain('"16:9"');
    expect(Object.values(await desk.files(desk.backups))).toEqual([text, theirs]);
    expect(movedTo).toContain('-superseded');
  });

  it('leaves the old file where it is when a person saves it in the last moment', async () => {
    const deps = desk.on({});
    deps.db = {
      ...deps.db,
      commits: {
        ...deps.db.commits,
        write: async (work) => {
          const done = await desk.deps.db.commits.write(work);
          await writeFile(old, 'saved just now');
          return done;
        },
      },
    };
    expect(await failureOf(bump(old, {}, deps))).toMatchObject({ code: 'locked', where: old });
    expect(await desk.files(desk.testing)).toEqual({
      'XYZG3-V0-1.nbflow': 'saved just now',
      'XYZG3-V0-2.nbflow': renamed,
    });
  });
});

describe('what the database says of a bump', () => {
  it('is what was made of what, with its note, and what people said of the old file goes with that', async () => {
    const { db } = desk.deps;
    db.annotations.put(old, { pinned: true, note: 'good hook' }, 1);
    const note = ({ from, to }: { from: string; to: string }) => `${from} to ${to}`;
    const { path, movedTo } = await bump(old, { edit, note }, desk.deps);
    const made = await readFile(path);
    expect(db.versions.madeLast(path)).toMatchObject({
      ...{ version: 'V0-2', fromPath: old, fromVersion: 'V0-1', movedTo, how: 'bump', note: 'V0-1 to V0-2' },
      ...{ sha256: await hashOf(made), books: null, undoneAt: null },
    });
    const [backup] = db.backups.of(old);
    expect(backup).toMatchObject({ origin: 'version', path: movedTo });
    expect(db.annotations.of(backup?.id ?? '')).toEqual({ pinned: true, note: 'good hook' });
    expect(db.annotations.of(old)).toEqual({ pinned: false, note: '' });
    expect(db.versions.successorOf(old)?.workflow).toBe(path);
  });

  it('lets its place in the queue and a begun recovery go on with the new file', async () => {
    const { db } = desk.deps;
    const entry = { id: 'q1', path: old, name: 'XYZG3-V0-1', options: RunOptions.parse({}), addedAt: 1 };
    db.queue.insert(entry, 'waiting');
    const recovery = { runId: 'r1', step: 'after-care', action: 'wipe', appliedRunId: null } as const;
    db.recoveries.put({ ...recovery, workflow: old, undoBackupId: null, changedAt: 1 });
    const { path } = await bump(old, {}, desk.deps);
    expect(db.queue.entries()).toMatchObject([{ id: 'q1', path, name: 'XYZG3-V0-2', state: 'waiting' }]);
    expect(db.recoveries.find(old)).toBeNull();
    expect(db.recoveries.find(path)).toMatchObject(recovery);
  });
});

describe('two files that claim the same version', () => {
  it('are never made: a next name that lies in another folder of the group is refused', async () => {
    const inTheWay = join(desk.testing, '../approved/XYZG3-V0-2.nbflow');
    await mkdir(join(inTheWay, '..'));
    await writeFile(inTheWay, 'somebody’s work');
    expect(await failureOf(bump(old, {}, desk.deps))).toMatchObject({ code: 'folder', where: inTheWay });
    expect(await desk.files(desk.testing)).toEqual({ 'XYZG3-V0-1.nbflow': text });
    expect(await desk.files(desk.backups)).toEqual({});
  });

  it('are told where an earlier one lies in backups, and that stays', async () => {
    await mkdir(desk.backups);
    const before = join(desk.backups, 'XYZG3-V0-2.nbflow');
    await writeFile(before, 'an earlier V0-2');
    const { problems } = await bump(old, {}, desk.deps);
    expect(problems).toEqual([expect.stringContaining(before)]);
    expect((await desk.files(desk.backups))['XYZG3-V0-2.nbflow']).toBe('an earlier V0-2');
  });
});

describe('a process that dies in a bump', () => {
  it('leaves the old content under some name after every step, and the same call goes on', async () => {
    const counting = dying(desk, Number.POSITIVE_INFINITY, false);
    await bump(old, { edit }, counting.deps);
    const whole = { testing: await desk.files(desk.testing), backups: await desk.files(desk.backups) };
    expect(counting.steps()).toBeGreaterThan(6);

    for (let at = 1; at <= counting.steps(); at++) {
      for (const after of [false, true]) {
        await rm(desk.testing, { recursive: true });
        await rm(desk.backups, { recursive: true, force: true });
        await mkdir(desk.testing);
        await writeFile(old, text);
        desk.deps.db.fingerprints.put(old, 4, `key ${at}`, 1);
        await expect(bump(old, { edit }, dying(desk, at, after).deps)).rejects.toThrow('dead');
        const left = { ...(await desk.files(desk.testing)), ...(await desk.files(desk.backups)) };
        expect(Object.values(left)).toContain(text);
        if ((await nodeDisk.stat(old)) !== null) await bump(old, { edit }, desk.deps);
        expect({
          testing: await desk.files(desk.testing),
          backups: await desk.files(desk.backups),
        }).toEqual(whole);
        const next = join(desk.testing, 'XYZG3-V0-2.nbflow');
        expect(desk.deps.db.fingerprints.of(next).get(4)).toBe(`key ${at}`);
        const [backup, ...others] = desk.deps.db.backups.of(old);
        expect(others).toEqual([]);
        expect(desk.deps.db.versions.below(desk.testing)).toEqual([
          expect.objectContaining({ workflow: next, fromPath: old, movedTo: backup?.path }),
        ]);
      }
    }
  });
});
