import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localDay } from './backup.ts';
import { findRegistry, registerVersion } from './registry.ts';
import { type Desk, openDesk } from './test-support.ts';

let desk: Desk;
/** `…/projects/may/xyz-wellness/testing/XYZG3-V0-2.nbflow`, below the folder of `reference/`. */
let workflow: string;
let registry: string;
let backups: string;

beforeEach(async () => {
  desk = await openDesk();
  const manager = join(desk.testing, '..');
  const testing = join(manager, 'projects', 'may', 'xyz-wellness', 'testing');
  registry = join(manager, 'reference', 'version-registry.json');
  backups = join(manager, 'reference', 'backups');
  await mkdir(testing, { recursive: true });
  await mkdir(dirname(registry));
  workflow = join(testing, 'XYZG3-V0-2.nbflow');
  await writeFile(workflow, '{}');
});

afterEach(() => desk.close());

const text = `{
  "workflows": {
    "xyz-wellness": {
      "XYZG3": { "current_version": "V0-1", "history": [] }
    }
  }
}
`;
const news = () => ({ workflow, version: 'V0-2', date: '2026-05-12', note: 'prompt of Scene 3' });
const now = async () => JSON.parse(await readFile(registry, 'utf8'));
const own = async () => (await now()).workflows['xyz-wellness'].XYZG3;

describe('the version registry', () => {
  it('is found in the nearest reference/ above the workflow', async () => {
    expect(await findRegistry(workflow, desk.deps.disk)).toBeNull();
    expect(await registerVersion(news(), desk.deps)).toBeNull();
    await writeFile(registry, text);
    expect(await findRegistry(workflow, desk.deps.disk)).toBe(registry);
  });

  it('is found where a link to the workflow lies elsewhere', async () => {
    await writeFile(registry, text);
    const link = join(desk.testing, 'XYZG3-V0-2.nbflow');
    await symlink(workflow, link);
    expect(await registerVersion({ ...news(), workflow: link }, desk.deps)).toEqual({
      registry,
      written: true,
    });
  });

  it('has the new version, and was backed up before, once a day', async () => {
    await writeFile(registry, text);
    expect(await registerVersion(news(), desk.deps)).toEqual({ registry, written: true });
    expect(await registerVersion(news(), desk.deps)).toEqual({ registry, written: false });
    await registerVersion({ ...news(), version: 'V0-3' }, desk.deps);
    expect(await own()).toEqual({
      current_version: 'V0-3',
      last_updated: '2026-05-12',
      history: [
        { version: 'V0-2', date: '2026-05-12', notes: 'prompt of Scene 3' },
        { version: 'V0-3', date: '2026-05-12', notes: 'prompt of Scene 3' },
      ],
    });
    const name = `version-registry.json.bak-${localDay(Date.now())}-pre-version`;
    expect(await desk.files(backups)).toEqual({ [name]: text });
    expect(desk.deps.db.backups.of(registry)).toHaveLength(1);
  });

  it('takes today where no day is given', async () => {
    await writeFile(registry, text);
    const { date: _, ...today } = news();
    const clock = { ...desk.deps.clock, now: () => new Date(2026, 4, 3, 23, 59).getTime() };
    await registerVersion(today, { ...desk.deps, clock });
    expect((await own()).last_updated).toBe('2026-05-03');
  });

  it('is merged with what somebody saves in between', async () => {
    await writeFile(registry, text);
    let saved = false;
    const deps = desk.on({
      writeNew: async (...backup) => {
        if (!saved) await writeFile(registry, text.replace('"history"', '"test_account": "A", "history"'));
        saved = true;
        return desk.deps.disk.writeNew(...backup);
      },
    });
    await registerVersion(news(), { ...desk.deps, disk: deps.disk });
    expect(await own()).toMatchObject({ test_account: 'A', current_version: 'V0-2' });
  });

  it('gets an entry for a workflow without one only when that is asked for', async () => {
    await writeFile(registry, '{"workflows": {"xyz-wellness": {}}}');
    await expect(registerVersion(news(), desk.deps)).rejects.toThrow(
      'XYZG3 has no entry in version-registry.json.',
    );
    expect(await readFile(registry, 'utf8')).toBe('{"workflows": {"xyz-wellness": {}}}');
    await registerVersion({ ...news(), add: true, status: 'testing' }, desk.deps);
    expect(await own()).toMatchObject({
      current_version: 'V0-2',
      status: 'testing',
      type: 'growth',
      month: 'may',
    });
  });

  it.each([
    ['cut off', '{"workflows": {"xyz-wellness"', 'it ends too early', ':1:30'],
    ['a list', '[]', 'is no object', ''],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d]), 'is not UTF-8', ', byte 3'],
  ])('is left alone when it is %s', async (_, content, message, place) => {
    await writeFile(registry, content);
    const refused = await registerVersion(news(), desk.deps).catch((error: unknown) => error);
    expect(refused).toMatchObject({ failure: { code: 'folder', message: expect.stringContaining(message) } });
    expect(refused).toMatchObject({ failure: { where: registry + place } });
    expect(await readFile(registry)).toEqual(Buffer.from(content));
    expect(await readdir(dirname(registry))).toEqual(['version-registry.json']);
  });

  it('is left alone when two entries could be meant, and not when the folders tell which', async () => {
    const entry = '"XYZG3":{"current_version":"V0-1"}';
    await writeFile(registry, `{"workflows":{"a":{${entry}},"b":{${entry}}}}`);
    await expect(registerVersion(news(), desk.deps)).rejects.toThrow('has 2 entries of XYZG3');
    await writeFile(registry, `{"workflows":{"a":{${entry}},"xyz-wellness":{${entry}}}}`);
    await registerVersion(news(), desk.deps);
    expect((await own()).current_version).toBe('V0-2');
    expect((await now()).workflows.a.XYZG3.current_version).toBe('V0-1');
  });

  it('is backed up in the database alone where backups/ takes no copy', async () => {
    await writeFile(registry, text);
    await writeFile(backups, 'a file in place of the folder');
    await registerVersion(news(), desk.deps);
    const [row] = desk.deps.db.backups.of(registry);
    expect(row).toMatchObject({ path: null, reason: 'pre-version' });
    expect(Buffer.from((await desk.deps.db.backups.unpacked(row?.sha256 ?? '')) ?? []).toString()).toBe(text);
    expect((await own()).current_version).toBe('V0-2');
  });

  it('is set to a version in place of another one only while it says that one', async () => {
    await writeFile(registry, text);
    await registerVersion(news(), desk.deps);
    const before = await readFile(registry, 'utf8');
    const back = { ...news(), version: 'V0-1', note: 'V0-3 was undone' };
    expect(await registerVersion({ ...back, instead: 'V0-3' }, desk.deps)).toMatchObject({ written: false });
    expect(await readFile(registry, 'utf8')).toBe(before);
    expect(await registerVersion({ ...back, instead: 'v0-2' }, desk.deps)).toMatchObject({ written: true });
    expect((await own()).current_version).toBe('V0-1');
  });

  it('keeps its permissions', async () => {
    await writeFile(registry, text);
    await chmod(registry, 0o640);
    await registerVersion(news(), desk.deps);
    expect((await own()).current_version).toBe('V0-2');
    expect((await stat(registry)).mode & 0o777).toBe(0o640);
  });

  it('loses nothing when processes write it at once', async () => {
    await writeFile(registry, text);
    const folder = join(desk.testing, '..', '..');
    const versions = Array.from({ length: 24 }, (_, i) => `V0-${i + 2}`);
    const writers = [versions.slice(0, 12), versions.slice(12)].map((own, i) =>
      startWriter({
        workflow,
        versions: own,
        database: join(folder, `${i}.db`),
        locks: join(folder, 'locks'),
      }),
    );
    await Promise.all(writers.map(({ ready }) => ready));
    await Promise.all(writers.map(({ go }) => go()));
    const { history } = await own();
    const noted = history.map(({ version }: { version: string }) => version);
    expect(noted.toSorted()).toEqual(versions.toSorted());
    const left = (await readdir(dirname(registry))).filter((name) => name.endsWith('.tmp'));
    expect(left).toEqual([]);
  });
});

interface Writing {
  workflow: string;
  versions: string[];
  database: string;
  locks: string;
}

/** Another process that registers some versions, one after the other, from `go` on. */
function startWriter(what: Writing): { ready: Promise<unknown>; go: () => Promise<unknown> } {
  const started = promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    writer,
    JSON.stringify(what),
  ]);
  const { stdin, stdout } = started.child;
  if (stdin === null || stdout === null) throw new Error('a process without pipes');
  return {
    ready: Promise.race([once(stdout, 'data'), started]),
    go: () => {
      stdin.end();
      return started;
    },
  };
}
const from = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
const writer = `
  import { registerVersion } from ${from('./registry.ts')};
  import { openDatabase } from ${from('../db/database.ts')};
  import { systemClock } from ${from('../platform/clock.ts')};
  import { nodeDisk } from ${from('../platform/disk.ts')};
  import { withFileLock } from ${from('../platform/lock.ts')};
  const { workflow, versions, database, locks } = JSON.parse(process.argv[1]);
  const db = openDatabase(database);
  const alone = (file, what, work) => withFileLock(file, what, work, { folder: locks });
  const deps = { db, disk: nodeDisk, clock: systemClock, alone };
  process.stdout.write('ready');
  for await (const _ of process.stdin);
  for (const version of versions) await registerVersion({ workflow, version, note: version }, deps);
  db.close();
`;
