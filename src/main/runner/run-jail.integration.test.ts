import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import { sha256 } from '../platform/media.ts';
import { type Bench, openBench, type Simulator, startSimulator } from './test-support.ts';

/** A whole run of a workflow whose every name wants to get out: nothing but the project and the data folder changes. */

let simulator: Simulator;
let bench: Bench;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.kill());
beforeEach(async () => {
  bench = await openBench({ server: simulator.url, fixture: 'valid/litegraph-extras.nbflow' });
});
afterEach(() => bench.close());

const MARK = `flowdeck-escape-${process.pid}`;
const hostile = [
  `../../../../../../${MARK}`,
  `/tmp/${MARK}`,
  `..\\..\\..\\${MARK}`,
  'CON',
  'x'.repeat(300),
  '🎬👩‍👩‍👧',
  'trailing. . .',
  '\u202eexe.gnp',
  'nul\u0000byte',
  'a/b\\c:d*e?f"g<h>i|j',
];

/** Every file below a folder with the hash of its content, but for what the run may write to. */
async function snapshot(folder: string, but: readonly string[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => ({
    entry,
    path: relative(folder, join(entry.parentPath, entry.name)),
  }));
  const kept = paths.filter(({ path }) => !but.some((name) => path === name || path.startsWith(`${name}/`)));
  return Promise.all(
    kept
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
      .map(async ({ entry, path }) =>
        entry.isFile() ? `${path} ${sha256(await readFile(join(folder, path)))}` : path,
      ),
  );
}

/** The workflow with hostile names at every place that has one, under a hostile file name. */
async function disguise(fileName: string, tabNames: readonly string[]): Promise<string> {
  const file = JSON.parse(await bench.read());
  file.name = hostile[0];
  let n = 0;
  for (const [i, tab] of file.tabs.entries()) {
    tab.name = tabNames[i % tabNames.length];
    for (const node of tab.graphData.nodes) node.title = `${hostile[n++ % hostile.length]}`;
  }
  await writeFile(bench.workflow, JSON.stringify(file));
  const path = join(dirname(bench.workflow), fileName);
  await rename(bench.workflow, path);
  return path;
}

const runAt = async (path: string, options: Partial<RunOptions> = {}) => {
  const handle = await bench.runner.start(
    path,
    RunOptions.parse({ pollMs: 100, mode: 'images', ...options }),
  );
  return handle.finished;
};

describe('a run of a workflow with hostile names', () => {
  it.each([
    ['CON.nbflow', [0, 3]],
    ['.. .nbflow', [1, 4]],
    [`${'x'.repeat(200)}.nbflow`, [5, 6]],
    ['🎬 \u202egnp.V0-1.nbflow', [7, 8]],
    ['trailing...nbflow', [9, 2]],
  ])('(%s) writes nowhere but into its project and the data folder', async (fileName, tabs) => {
    await writeFile(join(bench.folder, 'a neighbour.txt'), 'leave me');
    await mkdir(join(bench.folder, 'neighbour/Assets'), { recursive: true });
    const path = await disguise(
      fileName,
      tabs.map((i) => hostile[i] ?? ''),
    );
    const before = await snapshot(bench.folder, ['project', 'data', 'locks']);
    const { event, failure } = await runAt(path);
    expect(failure).toBeNull();
    expect(event).toMatchObject({ status: 'completed', counts: { failed: 0 } });
    expect(await snapshot(bench.folder, ['project', 'data', 'locks'])).toEqual(before);
    expect(dirname(event.output ?? '')).toBe(join(await realProject(), 'Generations'));
    const above = [tmpdir(), dirname(tmpdir()), '/'].map((folder) => readdir(folder).catch(() => []));
    expect((await Promise.all(above)).flat().filter((name) => name.includes(MARK))).toEqual([]);
    // Its outputs lie in the project, by scene.
    const made = await readdir(join(bench.folder, 'project/Assets'), { recursive: true });
    expect(made.filter((name) => /scene\d+.*-c1\.png$/.test(name)).length).toBeGreaterThan(0);
  });
});

const realProject = async () => (await bench.deps.disk.realPath(join(bench.folder, 'project'))) ?? '';

describe('an out-root', () => {
  it('that is a file is refused before anything is bought', async () => {
    const file = join(bench.folder, 'out');
    await writeFile(file, 'a person wrote this');
    await expect(runAt(bench.workflow, { outRoot: file })).rejects.toMatchObject({
      failure: { code: 'folder', cure: expect.stringMatching(/./) },
    });
    expect(await readFile(file, 'utf8')).toBe('a person wrote this');
  });

  it('that is a link is the place it leads to', async () => {
    await mkdir(join(bench.folder, 'far'));
    await symlink(join(bench.folder, 'far'), join(bench.folder, 'out'));
    const { event } = await runAt(bench.workflow, { outRoot: join(bench.folder, 'out') });
    expect(event.status).toBe('completed');
    expect((await readdir(join(bench.folder, 'far'))).sort()).toEqual(['Assets', 'Generations']);
  });

  it.runIf(process.platform === 'linux')(
    'that nobody may write is refused before anything is bought',
    async () => {
      await expect(runAt(bench.workflow, { outRoot: '/proc/flowdeck-out' })).rejects.toMatchObject({
        failure: { code: 'folder', cure: expect.stringMatching(/./) },
      });
    },
  );
});

it('a workflow whose name leaves no room for that of its backup is refused before anything is bought', async () => {
  const path = await disguise(`${'x'.repeat(245)}.nbflow`, ['A', 'B']);
  const { event, failure } = await runAt(path);
  expect(failure).toMatchObject({ code: 'folder', cure: 'Choose a shorter name.' });
  expect(event.counts.submitted).toBe(0);
});

it('a link in the project that leads out of it refuses the run; nothing is written behind it', async () => {
  await mkdir(join(bench.folder, 'elsewhere'));
  await symlink(join(bench.folder, 'elsewhere'), join(bench.folder, 'project/Assets'));
  await expect(runAt(bench.workflow)).rejects.toMatchObject({
    failure: { code: 'folder', where: expect.stringContaining('Assets') },
  });
  expect(await readdir(join(bench.folder, 'elsewhere'))).toEqual([]);
});
