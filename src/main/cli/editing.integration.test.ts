import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { editWorkflow, type NodeEdit } from '../workflow/edit.ts';
import { fixturePath } from '../workflow/fixtures/expected.ts';
import { parseWorkflow } from '../workflow/read.ts';
import { type Desk, ErrorLine, freePort, openDesk, type Simulator, startSimulator } from './test-support.ts';

/** The commands that change a workflow file between two runs. */

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

const run = (command: 'run' | 'regen', file: string, ...more: string[]) =>
  desk.flowdeck(command, file, '--server', simulator.url, '--poll-ms', '5', '--json', ...more);
const propertiesOf = async (file: string, id: number) =>
  parseWorkflow(await readFile(file, 'utf8'), file).nodes.get(id)?.properties ?? {};
const edit = async (file: string, ...edits: NodeEdit[]) =>
  writeFile(file, editWorkflow(await readFile(file, 'utf8'), edits));
/** As it is, with references that nobody has to fetch. */
const cached = async (name = 'XYZG3-V0-3.nbflow'): Promise<string> => {
  const file = join(desk.folder, 'project', 'testing', name);
  await mkdir(dirname(file), { recursive: true });
  await cp(fixturePath(`valid/${name}`), file);
  return file;
};

describe('what is kept in backups/', () => {
  it('is not wiped, run, made anew or repaired where it lies', async () => {
    const file = await cached();
    await edit(file, { nodeId: 4, properties: { outputCount: 2 } });
    const [taken] = (await desk.flowdeck('backup', file, '--json')).lines();
    const { path } = taken as unknown as { path: string };
    const before = await readFile(path);
    const tries = [
      await desk.flowdeck('wipe', path),
      await desk.flowdeck('check', path, '--fix'),
      await run('run', path),
      await run('regen', path, '--nodes', '4'),
    ];
    for (const { code, stderr } of tries) {
      expect(stderr).toContain('lies in backups/: it is kept as it was.');
      expect(code).toBe(2);
    }
    expect(await readFile(path)).toEqual(before);
  });
});

describe('wipe', () => {
  it('tells the real counts of five tabs, and where the file as it was lies', async () => {
    const file = await cached();
    const before = await readFile(file);
    const { code, stdout, stderr } = await desk.flowdeck('wipe', file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Wiped 40 image nodes and 40 video nodes in 5 tabs (80 nodes).');
    const backup = /^The file as it was: (.+)$/m.exec(stdout)?.[1] ?? '';
    expect(basename(backup)).toMatch(/^XYZG3-V0-3\.nbflow\.bak-\d{4}-\d\d-\d\d-pre-cache-wipe$/);
    expect(await readFile(backup)).toEqual(before);
    expect(await desk.flowdeck('wipe', file)).toMatchObject({
      code: 0,
      stdout: 'Nothing to wipe: there is no cached output.\n',
    });
    const undo = /^To undo: flowdeck (.+)$/m.exec(stdout)?.[1]?.split(' ') ?? [];
    expect(await desk.flowdeck(...undo)).toMatchObject({ code: 0 });
    expect(await readFile(file)).toEqual(before);
  });

  it('of two scenes is 20 nodes, as NDJSON', async () => {
    const file = await cached();
    const { code, lines } = await desk.flowdeck('wipe', file, '--scenes', '3,5', '--json');
    expect(code).toBe(0);
    expect(lines()).toEqual([
      {
        type: 'backup.created',
        id: expect.any(String),
        path: expect.stringContaining('-pre-cache-wipe'),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      { type: 'wiped', path: file, images: 10, videos: 10, nodes: 20, tabs: 5 },
    ]);
    const plan = await desk.flowdeck('plan', file, '--json');
    expect(plan.lines().at(-1)).toMatchObject({ type: 'plan.finished', cached: 60, generations: 80 });
  });

  it.each([
    ['a node that is not there', ['--nodes', '4,77'], '77'],
    ['nodes and scenes at once', ['--nodes', '4', '--scenes', '1'], '--scenes'],
  ])('%s is wrong use, and nothing is changed', async (_, args, says) => {
    const file = await cached();
    const before = await readFile(file);
    const { code, lines, stderr } = await desk.flowdeck('wipe', file, ...args, '--json');
    expect(code).toBe(2);
    expect(ErrorLine.parse(lines().at(-1))).toMatchObject({ type: 'error' });
    expect(stderr).toContain(says);
    expect(await readFile(file)).toEqual(before);
  });
});

describe('accept', () => {
  it('takes a stale node as it is: the plan calls it cached', async () => {
    const file = await cached();
    await edit(file, { nodeId: 4, properties: { model: 'imagen4' } });
    // An image that another model made is stale; one that is not could not be accepted.
    const { code, lines } = await desk.flowdeck('accept', file, '--nodes', '4', '--json');
    expect({ code, lines: lines() }).toEqual({
      code: 0,
      lines: [{ type: 'accepted', path: file, nodes: [4] }],
    });
    const plan = await desk.flowdeck('plan', file, '--json');
    expect(plan.lines().find((line) => line.nodeId === 4)?.reason).toBe('cached');
  });

  it('refuses a node that is not stale', async () => {
    const file = await cached();
    const { code, stderr } = await desk.flowdeck('accept', file, '--nodes', '4');
    expect(code).toBe(2);
    expect(stderr).toContain('is not stale');
  });
});

describe('pick', () => {
  it('writes the pick, and says when it takes the place of one in another row', async () => {
    const file = await cached('XYZS1-V1.nbflow');
    const first = await desk.flowdeck(
      'pick',
      file,
      '--node',
      '5',
      '--candidate',
      '3',
      '--row',
      '1',
      '--json',
    );
    expect(first.code, first.stderr).toBe(0);
    expect(first.lines()).toEqual([
      { type: 'picked', gate: 5, row: 1, candidate: 3, url: expect.stringContaining('scene01-c3') },
    ]);
    expect(first.stderr).toContain('takes the place of the pick in row 2 (candidate 2)');
    expect((await propertiesOf(file, 5)).approvedIndex).toBe(2);
    const same = await desk.flowdeck('pick', file, '--node', '5', '--candidate', '4', '--row', '1');
    expect(same.stdout).toBe('Picked candidate 4 of row 1 at gate 5.\n');
  });

  it('takes row 1 where there is one row, and wants it named where there are more', async () => {
    const file = await cached('XYZS1-V1.nbflow');
    expect((await desk.flowdeck('pick', file, '--node', '52', '--candidate', '4')).code).toBe(0);
    expect((await propertiesOf(file, 52)).approvedIndex).toBe(3);
    const { code, stderr } = await desk.flowdeck('pick', file, '--node', '5', '--candidate', '4');
    expect(code).toBe(2);
    expect(stderr).toContain('--row, from 1 to 4');
  });

  it.each([
    ['a candidate that is not there', ['--node', '52', '--candidate', '5']],
    ['no candidate', ['--node', '52']],
  ])('%s ends with 2 and leaves the file alone', async (_, args) => {
    const file = await cached('XYZS1-V1.nbflow');
    const before = await readFile(file);
    const { code, lines } = await desk.flowdeck('pick', file, ...args, '--json');
    expect(code).toBe(2);
    ErrorLine.parse(lines().at(-1));
    expect(await readFile(file)).toEqual(before);
  });
});

describe('regen', () => {
  it('makes exactly the named nodes anew, with the NDJSON of a run', async () => {
    const file = await desk.workflow();
    expect((await run('run', file, '--mode', 'images')).code).toBe(0);
    const kept = (await propertiesOf(file, 13))._savedImages;
    const before = (await propertiesOf(file, 22))._savedImages as string[];
    const { code, lines, stderr } = await run('regen', file, '--nodes', '22');
    expect(code, stderr).toBe(0);
    expect(lines()[0]).toMatchObject({ type: 'run.started', plan: { generations: 4 } });
    expect(lines().at(-1)).toMatchObject({
      type: 'run.finished',
      status: 'completed',
      counts: { submitted: 4, generated: 1 },
    });
    const after = (await propertiesOf(file, 22))._savedImages as string[];
    expect(after.filter((url) => before.includes(url))).toEqual([]);
    expect((await propertiesOf(file, 23)).candidates).toEqual(after);
    expect((await propertiesOf(file, 13))._savedImages).toEqual(kept);
  });

  it('with --prompt goes on in the next version, told before its run', async () => {
    const file = await desk.workflow();
    const next = file.replace('V0-1', 'V0-2');
    expect((await run('run', file, '--mode', 'images')).code).toBe(0);
    const before = await readFile(file, 'utf8');
    const prompt = 'Medium shot of the avatar in a blue cotton t shirt.';
    const { code, lines, stderr } = await run('regen', file, '--nodes', '4', '--prompt', prompt);
    expect(code, stderr).toBe(0);
    const movedTo = join(desk.folder, 'project', 'backups', 'XYZG3-V0-1.nbflow');
    expect(lines()[0]).toEqual({ type: 'bumped', from: 'V0-1', to: 'V0-2', path: next, movedTo });
    expect(lines()[1]).toMatchObject({ type: 'run.started', workflow: next, plan: { generations: 4 } });
    expect(lines().at(-1)).toMatchObject({ status: 'completed', counts: { submitted: 4 } });
    expect(await readFile(movedTo, 'utf8')).toBe(before);
    expect((await propertiesOf(next, 2)).dynamicRows).toEqual([prompt]);
    expect((await propertiesOf(next, 4))._savedImages).toHaveLength(4);
    const plan = await desk.flowdeck('plan', next, '--mode', 'images', '--json');
    expect(plan.lines().at(-1)).toMatchObject({ cached: 3, generations: 0 });
  });

  it('says which other nodes a shared prompt makes stale', async () => {
    const file = await desk.workflow();
    const text = await readFile(file, 'utf8');
    const shared = JSON.parse(text);
    const { nodes, links } = shared.tabs[0].graphData;
    const node = (id: number) => nodes.find((entry: { id: number }) => entry.id === id);
    // Image 13 takes its prompt from the template of image 4.
    const slot = node(13).inputs.findIndex((input: { name: string }) => input.name === 'prompt');
    const link = links.find((entry: number[]) => entry[3] === 13 && entry[4] === slot);
    node(link[1]).outputs[0].links = node(link[1]).outputs[0].links.filter((id: number) => id !== link[0]);
    link[1] = 3;
    node(3).outputs[0].links.push(link[0]);
    await writeFile(file, JSON.stringify(shared, null, 2));
    const { code, stderr } = await run(
      'regen',
      file,
      '--nodes',
      '4',
      '--prompt',
      'A kitchen.',
      '--mode',
      'images',
    );
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('Node 13 has this prompt too: it is stale now');
  });

  it.each([
    ['a node that is not there', ['--nodes', '4,77'], '77'],
    ['a prompt for two nodes', ['--nodes', '4,13', '--prompt', 'x'], 'one node'],
    ['a prompt made of several texts', ['--nodes', '9', '--prompt', 'x'], '(node 6)'],
    ['a blank prompt', ['--nodes', '4', '--prompt', ' '], '--prompt is empty'],
    ['the prompt it has', ['--nodes', '4', '--prompt', 'OWN'], 'as asked already'],
    ['clean mode', ['--nodes', '4', '--mode', 'clean'], 'clean'],
  ])('%s ends with 2, before anything is changed', async (_, args, says) => {
    const file = await desk.workflow();
    const before = await readFile(file, 'utf8');
    const [own] = (await propertiesOf(file, 2)).dynamicRows as string[];
    const { code, lines, stderr } = await run(
      'regen',
      file,
      ...args.map((arg) => (arg === 'OWN' ? (own ?? '') : arg)),
    );
    expect(code).toBe(2);
    expect(lines()).toHaveLength(1);
    ErrorLine.parse(lines()[0]);
    expect(stderr).toContain(says);
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('a prompt with a placeholder nobody fills is refused by the check: exit 3, no version is made', async () => {
    const prompt = 'A {wardrobe} in a kitchen.';
    const file = await desk.workflow();
    const before = await readFile(file, 'utf8');
    const { code, lines } = await run('regen', file, '--nodes', '4', '--prompt', prompt);
    expect(code).toBe(3);
    expect(ErrorLine.parse(lines()[0])).toMatchObject({ code: 'check-failed' });
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('whose run is refused after the new version was made says where to go on', async () => {
    const file = await desk.workflow();
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const { code, stderr } = await desk.flowdeck(
      'regen',
      file,
      '--nodes',
      '4',
      '--prompt',
      'A kitchen.',
      '--server',
      nobody,
      '--wait-backend',
      '0',
    );
    expect(code).toBe(5);
    expect(stderr).toContain(`The new prompt is in ${file.replace('V0-1', 'V0-2')}`);
  });
});
