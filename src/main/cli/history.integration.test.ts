import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Desk, ErrorLine, openDesk } from './test-support.ts';

let desk: Desk;
let workflow: string;

beforeEach(async () => {
  desk = await openDesk();
  workflow = await desk.workflow();
});
afterEach(() => desk.close());

/** The keys that are promised come first, and in this order. */
const PROMISED = [
  'type',
  'kind',
  'id',
  'at',
  'version',
  'reason',
  'path',
  'sha256',
  'size',
  'pinned',
  'note',
];
const Created = z.strictObject({
  type: z.literal('backup.created'),
  id: z.uuid(),
  path: z.string().nullable(),
  sha256: z.string().length(64),
});
const failedWith = async (...args: string[]) => {
  const { code, lines } = await desk.flowdeck(...args, '--json');
  return { exit: code, ...ErrorLine.parse(lines().at(-1)) };
};

describe('flowdeck backup', () => {
  it('takes a backup under the reason it is given, with a note', async () => {
    const { code, lines } = await desk.flowdeck(
      'backup',
      workflow,
      '--reason',
      'Client call!',
      '--note',
      'v',
      '--json',
    );
    const [line, ...more] = lines();
    const { path, id } = Created.parse(line);
    expect([code, more]).toEqual([0, []]);
    expect(basename(path ?? '')).toMatch(/^XYZG3-V0-1\.nbflow\.bak-\d{4}-\d{2}-\d{2}-client-call$/);
    expect(await readFile(path ?? '')).toEqual(await readFile(workflow));
    const listed = (await desk.flowdeck('history', workflow, '--json')).lines();
    expect(listed.find((entry) => entry.id === id)).toMatchObject({ reason: 'client-call', note: 'v' });
  });

  it('has it in the database alone where backups/ takes none, and says so', async () => {
    await writeFile(join(dirname(dirname(workflow)), 'backups'), 'no folder');
    const { code, lines, stderr } = await desk.flowdeck('backup', workflow, '--json');
    const { path, id } = Created.parse(lines()[0]);
    expect([code, path]).toEqual([0, null]);
    expect(stderr).toContain('database alone');
    const { stdout } = await desk.flowdeck('history', workflow);
    expect(stdout).toMatch(new RegExp(`${id.slice(0, 8)}.*in the database alone`));
  });

  it("adopts somebody else's copy by its name", async () => {
    const backups = join(dirname(dirname(workflow)), 'backups');
    await mkdir(backups);
    const name = 'XYZG3-V0-1.nbflow.bak-2026-01-05-theirs';
    await writeFile(join(backups, name), 'theirs');
    expect((await desk.flowdeck('history', workflow)).stdout).toMatch(
      new RegExp(`${name}  found on disk, not adopted`),
    );
    const { code, lines } = await desk.flowdeck('backup', workflow, '--adopt', name, '--json');
    expect([code, lines()]).toEqual([0, [{ type: 'backup.adopted', id: expect.any(String) }]]);
    expect((await desk.flowdeck('history', workflow)).stdout).not.toContain('not adopted');
    expect(await failedWith('backup', workflow, '--adopt', 'nothing')).toMatchObject({
      exit: 2,
      code: 'not-found',
    });
    expect((await desk.flowdeck('backup', workflow, '--adopt', name, '--note', 'x')).code).toBe(2);
  });

  it('ends with 3 where there is no workflow file', async () => {
    expect(await failedWith('backup', join(desk.folder, 'no.nbflow'))).toMatchObject({
      ...{ exit: 3, code: 'workflow-missing' },
    });
  });
});

describe('flowdeck history', () => {
  it('of a copy in backups/ is that of its workflow', async () => {
    const [created] = (await desk.flowdeck('backup', workflow, '--json')).lines();
    await desk.flowdeck('bump', workflow);
    const ids = async (path: string) =>
      (await desk.flowdeck('history', path, '--json')).lines().map(({ id }) => id);
    const all = await ids(workflow);
    expect(all).toHaveLength(3);
    const copy = String(created?.path);
    for (const path of [copy, join(dirname(copy), basename(workflow))]) expect(await ids(path)).toEqual(all);
    const { stderr } = await desk.flowdeck('history', copy);
    expect(stderr).not.toContain('The file itself is not there');
    expect((await desk.flowdeck('history', join(dirname(copy), 'XYZG9-V0-1.nbflow'))).code).toBe(3);
  });

  it('tells every entry in one line, newest first, and goes on when the file is gone', async () => {
    await desk.flowdeck('backup', workflow, '--reason', 'first');
    await desk.flowdeck('bump', workflow, '--note', 'a new hook');
    const { code, lines } = await desk.flowdeck('history', workflow, '--json');
    expect(code).toBe(0);
    for (const line of lines()) expect(Object.keys(line).slice(0, PROMISED.length)).toEqual(PROMISED);
    expect(lines().map(({ type, kind, version, reason }) => `${type} ${kind} ${version} ${reason}`)).toEqual([
      'history.entry version V0-2 bump',
      'history.entry version V0-1 superseded',
      'history.entry backup V0-1 first',
    ]);
    const text = await desk.flowdeck('history', workflow);
    expect(text.stdout.split('\n')[1]).toMatch(/version +V0-2 +bump +.*the file as it is; a new hook$/);
    expect(text.stderr).toContain('The file itself is not there');
  });

  it('ends with 3 where there is neither a file nor anything of it', async () => {
    const gone = join(desk.folder, 'project/testing/NONE-V0-1.nbflow');
    expect(await failedWith('history', gone)).toMatchObject({ exit: 3, code: 'workflow-missing' });
  });

  it('tells what is odd', async () => {
    const approved = join(dirname(dirname(workflow)), 'approved');
    await mkdir(approved);
    await writeFile(join(approved, basename(workflow)), await readFile(workflow));
    expect((await desk.flowdeck('history', workflow)).stderr).toContain('V0-1 is claimed by 2 files');
  });
});

describe('flowdeck pin', () => {
  it('pins, notes and unpins by the beginning of an id', async () => {
    const taken = await desk.flowdeck('backup', workflow, '--json');
    const { id } = Created.parse(taken.lines()[0]);
    const pin = async (...args: string[]) => (await desk.flowdeck('pin', ...args, '--json')).lines();
    expect(await pin(id.slice(0, 8), '--note', 'keep')).toEqual([
      { type: 'pinned', id, pinned: true, note: 'keep' },
    ]);
    expect((await desk.flowdeck('history', workflow)).stdout).toMatch(/ pin +[\da-f]{8} +keep/);
    expect(await pin(id, '--off')).toEqual([{ type: 'pinned', id, pinned: false, note: 'keep' }]);
  });

  it('pins the file of a version, also when it has become the former one', async () => {
    expect((await desk.flowdeck('pin', workflow, '--note', 'the good one')).code).toBe(0);
    await desk.flowdeck('bump', workflow);
    const lines = (await desk.flowdeck('history', workflow, '--json')).lines();
    expect(lines.find(({ version }) => version === 'V0-1')).toMatchObject({
      pinned: true,
      note: 'the good one',
    });
  });

  it('ends with 2 for what is not there', async () => {
    expect(await failedWith('pin', '0123456789')).toMatchObject({ exit: 2, code: 'not-found' });
    await rm(workflow);
    expect(await failedWith('pin', workflow)).toMatchObject({ exit: 2, code: 'not-found' });
  });
});
