import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { editWorkflow, type NodeEdit, setWorkflowName } from '../workflow/edit.ts';
import {
  type Desk,
  type Ended,
  ErrorLine,
  openDesk,
  type Simulator,
  startSimulator,
} from './test-support.ts';

/** Versions of a workflow on the command line: bump, graduate, their undo, and when a bump is suggested. */

let simulator: Simulator;
let desk: Desk;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.kill());
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

/** The fixture under another name, inside and outside. */
const named = async (name: string): Promise<string> => {
  const first = await desk.workflow();
  const file = join(dirname(first), `${name}.nbflow`);
  if (file !== first) await rename(first, file);
  await writeFile(file, setWorkflowName(await readFile(file, 'utf8'), name));
  return file;
};
const run = (command: 'run' | 'regen', file: string, ...more: string[]) =>
  desk.flowdeck(command, file, '--server', simulator.url, '--poll-ms', '5', '--mode', 'images', ...more);
const edit = async (file: string, ...edits: NodeEdit[]) =>
  writeFile(file, editWorkflow(await readFile(file, 'utf8'), edits));
const madePath = ({ lines }: Ended): string => String(lines().find(({ type }) => type === 'bumped')?.path);
const anotherPrompt = { nodeId: 2, properties: { dynamicRows: ['Another scene.'] } };

describe('bump', () => {
  it.each([
    ['V0-1', 'V0-2'],
    ['V0-9', 'V0-10'],
    ['V0-999998', 'V0-999999'],
    ['V1', 'V1-1'],
    ['V1-1', 'V1-2'],
    ['V2-0-1', 'V2-0-2'],
    ['v0-3', 'v0-4'],
  ])('makes of %s the version %s, says where the old file is, and puts the name inside', async (from, to) => {
    const file = await named(`XYZG3-${from}`);
    const before = await readFile(file, 'utf8');
    const { code, lines, stderr } = await desk.flowdeck('bump', file, '--json');
    expect(code, stderr).toBe(0);
    const path = join(dirname(file), `XYZG3-${to}.nbflow`);
    const movedTo = join(dirname(file), '../backups', `XYZG3-${from}.nbflow`);
    expect(lines()).toEqual([{ type: 'bumped', from, to, path, movedTo }]);
    expect(await readdir(dirname(file))).toEqual([`XYZG3-${to}.nbflow`]);
    expect(await readFile(movedTo, 'utf8')).toBe(before);
    expect(await readFile(path, 'utf8')).toBe(setWorkflowName(before, `XYZG3-${to}`));
  });

  it.each(['XYZG3', 'XYZG3-final', 'XYZG3-V0', 'XYZG3-V0-1-2', 'XYZG3-V0-1234567'])(
    'refuses %s, which follows no scheme, with what to call it, and changes nothing',
    async (name) => {
      const file = await named(name);
      const before = await readFile(file, 'utf8');
      const { code, lines } = await desk.flowdeck('bump', file, '--json');
      expect(code).toBe(2);
      expect(ErrorLine.parse(lines().at(-1))).toMatchObject({
        code: 'usage',
        cure: expect.stringContaining('{code}-{version}.nbflow'),
      });
      expect(await readFile(file, 'utf8')).toBe(before);
      expect(await readdir(join(dirname(file), '..'))).not.toContain('backups');
    },
  );

  it('ends with 2 after the last number, and with 3 for a file that is not there', async () => {
    const { code, stderr } = await desk.flowdeck('bump', await named('XYZG3-V0-999999'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('Give the workflow a new code.')]);
    expect((await desk.flowdeck('bump', join(desk.folder, 'XYZG3-V0-1.nbflow'))).code).toBe(3);
  });

  it('says how to undo it, and that does', async () => {
    const file = await named('XYZG3-V0-1');
    const before = await readFile(file, 'utf8');
    const { stdout } = await desk.flowdeck('bump', file, '--note', 'new hook');
    const next = join(dirname(file), 'XYZG3-V0-2.nbflow');
    expect(stdout).toContain(`V0-1 is V0-2 now: ${next}\n`);
    expect(stdout).toContain(`The old version: ${join(dirname(file), '../backups/XYZG3-V0-1.nbflow')}\n`);
    const words = /^To undo: flowdeck (.+)$/m.exec(stdout)?.[1]?.split(' ') ?? [];
    expect(words).toEqual(['bump', next, '--undo']);
    const undone = await desk.flowdeck(...words, '--json');
    expect([undone.code, undone.lines()]).toEqual([0, [{ type: 'undone', path: file }]]);
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(await readdir(dirname(file))).toEqual(['XYZG3-V0-1.nbflow']);
    const again = await desk.flowdeck(...words);
    expect(again.code).toBe(3);
  });

  it('cannot be undone once the new file was changed: 2, with what to do instead', async () => {
    const file = await named('XYZG3-V0-1');
    const path = madePath(await desk.flowdeck('bump', file, '--json'));
    await edit(path, anotherPrompt);
    const { code, lines } = await desk.flowdeck('bump', path, '--undo', '--json');
    expect(code).toBe(2);
    expect(ErrorLine.parse(lines().at(-1)).cure).toContain('Restore V0-1 from the history');
  });
});

describe('graduate', () => {
  it.each([
    ['V0-5', 'V1'],
    ['V2-0-4', 'V2'],
    ['v0-12', 'v1'],
  ])('approves %s as %s, in approved/', async (from, to) => {
    const file = await named(`XYZG3-${from}`);
    const { code, lines, stderr } = await desk.flowdeck('graduate', file, '--json');
    expect(code, stderr).toBe(0);
    const group = join(dirname(file), '..');
    expect(lines()).toEqual([
      {
        type: 'bumped',
        ...{ from, to, path: join(group, 'approved', `XYZG3-${to}.nbflow`) },
        movedTo: join(group, 'backups', `XYZG3-${from}.nbflow`),
      },
    ]);
    expect(await readdir(join(group, 'approved'))).toEqual([`XYZG3-${to}.nbflow`]);
    const undone = await desk.flowdeck('graduate', join(group, 'approved', `XYZG3-${to}.nbflow`), '--undo');
    expect([undone.code, undone.stdout]).toEqual([0, expect.stringContaining(file)]);
    expect(await readdir(dirname(file))).toEqual([`XYZG3-${from}.nbflow`]);
  });

  it.each(['V1', 'V1-2'])('refuses %s, which is approved: 2', async (version) => {
    const { code, stderr } = await desk.flowdeck('graduate', await named(`XYZG3-${version}`));
    expect([code, stderr]).toEqual([2, expect.stringContaining('approved already')]);
  });

  it('refuses a name that is taken in testing/ too, and overwrites nothing', async () => {
    const file = await named('XYZG3-V0-5');
    await writeFile(join(dirname(file), 'XYZG3-V1.nbflow'), 'somebody’s work');
    const { code, stderr } = await desk.flowdeck('graduate', file);
    expect(code).not.toBe(0);
    expect(stderr).toContain('There is a XYZG3-V1.nbflow already.');
    expect(await readFile(join(dirname(file), 'XYZG3-V1.nbflow'), 'utf8')).toBe('somebody’s work');
  });

  it('buys nothing again: what was made for the tested version is cached in the approved one', async () => {
    const file = await desk.workflow();
    expect((await run('run', file)).code).toBe(0);
    const path = madePath(await desk.flowdeck('graduate', file, '--json'));
    const plan = await desk.flowdeck('plan', path, '--mode', 'images', '--json');
    expect(plan.lines().at(-1)).toMatchObject({ type: 'plan.finished', cached: 3, generations: 0 });
    const again = await run('run', path, '--json');
    expect(again.lines().at(-1)).toMatchObject({ counts: { submitted: 0, cached: 3 } });
    // Both folders belong to one project.
    const project = join(desk.folder, 'project');
    expect((await readdir(join(project, 'Assets', 'XYZG3', 'generated-images'))).sort()).toContain('v0-1');
    expect(
      (await readdir(join(project, 'Generations'))).filter((name) => name.includes('-V1-')),
    ).toHaveLength(1);
    expect(await readdir(join(project, 'approved'))).toEqual(['XYZG3-V1.nbflow']);
  });
});

describe('the books', () => {
  const place = (name: string) => join(desk.folder, 'projects', 'may', 'xyz', 'testing', `${name}.nbflow`);
  const registryText = [
    '{',
    '\t"brands" :  { "xyz": {"status":"active"} },',
    '\t"workflows": {"xyz": {',
    '\t\t"XYZG2": { "current_version": "V0-1", "weight": 1.50 },',
    '\t\t"XYZG3": { "current_version": "V0-1", "status": "testing", "test_account": "A", "last_updated": "2026-05-01",',
    '\t\t\t"history": [ { "version": "V0-1", "date": "2026-05-01", "notes": "initial build" } ] }',
    '\t} }',
    '}',
    '',
  ].join('\r\n');
  let registry: string;
  beforeEach(async () => {
    registry = join(desk.folder, 'reference', 'version-registry.json');
    await mkdir(dirname(registry));
    await writeFile(registry, registryText);
    await mkdir(dirname(place('x')), { recursive: true });
    await rename(await desk.workflow(), place('XYZG3-V0-1'));
  });
  const tab = (name: string) => readFile(join(desk.folder, 'tracker', `${name}.csv`), 'utf8');

  it('have a bump and a graduation, and the registry is the same byte for byte but for the entry', async () => {
    const bumped = await desk.flowdeck('bump', place('XYZG3-V0-1'), '--note', 'new, better hook');
    expect([bumped.code, bumped.stderr]).toEqual([0, '']);
    const after = await readFile(registry, 'utf8');
    const lines = registryText.split('\r\n');
    expect(after.split('\r\n').slice(0, 4)).toEqual(lines.slice(0, 4));
    expect(after.split('\r\n').slice(-3)).toEqual(lines.slice(-3));
    expect(after).toContain(
      '"XYZG3": { "current_version": "V0-2", "status": "testing", "test_account": "A",',
    );
    expect(await tab('Testing Workflows')).toMatch(
      /\r\nXYZG3,xyz,growth,V0-2,testing,.*,"new, better hook"\r\n/,
    );

    const { code, stderr } = await desk.flowdeck('graduate', place('XYZG3-V0-2'), '--note', 'user approved');
    expect([code, stderr]).toEqual([0, '']);
    const entry = JSON.parse(await readFile(registry, 'utf8')).workflows.xyz.XYZG3;
    expect(entry).toMatchObject({ current_version: 'V1', status: 'approved', test_account: 'A' });
    expect(entry.history.map(({ notes }: { notes: string }) => notes)).toEqual([
      'initial build',
      'new, better hook',
      expect.stringMatching(/^V0-2 → V1 graduated on \d{4}-\d\d-\d\d, user approved$/),
    ]);
    expect(await tab('Approved Workflows')).toContain('\r\nXYZG3,xyz,growth,V1,approved,');
    expect(await tab('Testing Workflows')).not.toContain('XYZG3');
    expect(await tab('Version History')).toContain('XYZG3,xyz,V0-2,');
  });

  it('that cannot be written are a note beside the bump, which is made', async () => {
    await writeFile(registry, '{"workflows": ');
    const { code, lines, stderr } = await desk.flowdeck('bump', place('XYZG3-V0-1'), '--json');
    expect([code, lines().length]).toEqual([0, 1]);
    expect(stderr).toContain('The version registry was not written: version-registry.json is not JSON');
    expect(await readFile(registry, 'utf8')).toBe('{"workflows": ');
  });
});

describe('a bump is suggested', () => {
  const said = async (file: string, ...more: string[]) => (await desk.flowdeck('plan', file, ...more)).stderr;

  it('by plan, to people, for what changed since the last run', async () => {
    const file = await desk.workflow();
    expect((await run('run', file)).code).toBe(0);
    expect(await said(file), 'as it ran').toBe('');
    await edit(file, anotherPrompt);
    expect(await said(file)).toBe(
      `A prompt changed in A Scene 01 rows since V0-1 ran: "flowdeck bump ${file}" makes it V0-2.\n`,
    );
    expect(await said(file, '--json')).not.toContain('bump');
  });

  it('not after a re-roll or a pick', async () => {
    const file = await desk.workflow();
    expect((await run('run', file)).code).toBe(0);
    expect((await run('regen', file, '--nodes', '13')).code).toBe(0);
    expect((await desk.flowdeck('pick', file, '--node', '5', '--candidate', '2')).code).toBe(0);
    expect(await said(file)).toBe('');
  });

  it('by wipe, and not after going back, with or without backups/', async () => {
    const file = await desk.workflow();
    expect((await run('run', file)).code).toBe(0);
    const wiped = await desk.flowdeck('wipe', file);
    expect(wiped.stderr).toBe(`The cache was wiped since V0-1 ran: "flowdeck bump ${file}" makes it V0-2.\n`);
    const backup = /^The file as it was: (.+)$/m.exec(wiped.stdout)?.[1] ?? '';
    const restored = await desk.flowdeck('restore', file, '--backup', basename(backup));
    expect(restored.code, restored.stderr).toBe(0);
    await rm(join(dirname(file), '../backups'), { recursive: true });
    expect(await said(file)).toBe('');
  });
});
