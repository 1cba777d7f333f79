import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RunOptions } from '../../shared/domain.ts';
import { toFailure } from '../../shared/failure.ts';
import { takeBackup } from '../history/backup.ts';
import { bump } from '../history/bump.ts';
import { restore } from '../history/restore.ts';
import { nodeFolders } from '../platform/folders.ts';
import { editWorkflow, type NodeEdit } from '../workflow/edit.ts';
import { parseWorkflow } from '../workflow/read.ts';
import { accept } from './accept.ts';
import { pickInFile } from './file-pick.ts';
import { type Bench, openBench, type Simulator, startSimulator } from './test-support.ts';
import { type WipeDeps, wipe } from './wipe.ts';

/** What a person does to a file between two runs, and what the next run makes of it. */

let simulator: Simulator;
let bench: Bench;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.kill());
afterEach(() => bench.close());

const open = async (fixture?: string) => {
  bench = await openBench({ server: simulator.url, ...(fixture === undefined ? {} : { fixture }) });
};
const wipeDeps = (): WipeDeps => ({
  ...bench.deps,
  backup: (workflow, content, reason) => takeBackup(workflow, content, reason, bench.deps),
});
const edit = async (...edits: NodeEdit[]) =>
  writeFile(bench.workflow, editWorkflow(await bench.read(), edits));
const propertiesOf = async (id: number) =>
  parseWorkflow(await bench.read(), bench.workflow).nodes.get(id)?.properties ?? {};
const reasonOf = async (id: number) => {
  const { nodes } = await bench.runner.plan(bench.workflow, RunOptions.parse({}));
  return nodes.find(({ nodeId }) => nodeId === id)?.reason;
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => toFailure(error).code,
  );

/** An earlier run had these made and stored, and died before they stood in the file. */
async function leaveUnwritten(nodeId: number): Promise<void> {
  await bench.run({ mode: 'images' });
  const { db } = bench.deps;
  for (const { id } of db.journal.ofNode('run-1', nodeId)) db.journal.step(id, { state: 'stored' }, 1);
  await edit({ nodeId, properties: { _savedImages: [], _cacheKey: undefined } });
}

describe('a wipe', () => {
  it('backs up, clears output and keys of what was named, and the next run makes only that', async () => {
    await open();
    await bench.run({ mode: 'images' });
    await edit({ nodeId: 5, properties: { approvedIndex: 2 } });
    const before = await bench.read();
    const wiped = await wipe(bench.workflow, { scenes: [1] }, wipeDeps());
    expect(wiped).toMatchObject({ path: bench.workflow, images: 1, videos: 0, tabs: 1 });
    expect(wiped.backup?.path).toMatch(/backups.XYZG3-V0-1\.nbflow\.bak-\d{4}-\d\d-\d\d-pre-cache-wipe$/);
    expect(await readFile(wiped.backup?.path ?? '', 'utf8')).toBe(before);
    expect([...bench.deps.db.fingerprints.of(bench.workflow).keys()]).toEqual([13, 22]);
    expect(await propertiesOf(5)).toMatchObject({ approvedIndex: 2, candidates: { length: 4 } });
    const { end } = await bench.run({ mode: 'images' });
    expect(end.counts).toMatchObject({ generated: 1, cached: 2, submitted: 4, salvaged: 0 });
  });

  it('where backups/ takes no copy is done all the same, said, and undone from the database', async () => {
    await open();
    await writeFile(join(bench.folder, 'project/backups'), 'in the way');
    const { events, end } = await bench.run({ mode: 'images' });
    expect(end.status).toBe('completed');
    const notices = events.flatMap((event) => (event.type === 'run.notice' ? [event.message] : []));
    expect(notices.join('\n')).toContain('kept in the database alone');
    const before = await bench.read();
    const { backup } = await wipe(bench.workflow, {}, wipeDeps());
    expect(backup).toMatchObject({ path: null, problem: expect.stringContaining('database alone') });
    expect(await bench.read()).not.toBe(before);
    const deps = { ...bench.deps, fields: () => ({}), folders: nodeFolders };
    await restore(bench.workflow, { entry: backup?.id ?? '' }, deps);
    expect(await bench.read()).toBe(before);
  });

  it('with nothing to clear changes nothing and makes no backup', async () => {
    await open();
    const before = await bench.read();
    expect(await wipe(bench.workflow, {}, wipeDeps())).toMatchObject({
      images: 0,
      videos: 0,
      tabs: 0,
      backup: null,
    });
    expect(await bench.read()).toBe(before);
    expect(bench.deps.db.backups.of(bench.workflow)).toEqual([]);
  });

  it('can be done on a file with errors of the check, and not on one that cannot be read', async () => {
    await open('broken/many.nbflow');
    const { images } = await wipe(bench.workflow, { nodes: [4, 13] }, wipeDeps());
    expect(images).toBe(1);
    await writeFile(bench.workflow, (await bench.read()).slice(0, -30));
    expect(await codeOf(wipe(bench.workflow, {}, wipeDeps()))).toBe('workflow-unreadable');
  });

  it('is not undone by outputs that never came into the file', async () => {
    await open();
    await leaveUnwritten(4);
    expect(await wipe(bench.workflow, { nodes: [4] }, wipeDeps())).toMatchObject({ images: 0, backup: null });
    const { end } = await bench.run({ mode: 'images' });
    expect(end.counts).toMatchObject({ submitted: 4, salvaged: 0 });
  });

  it('of another node leaves them: they are taken up', async () => {
    await open();
    await leaveUnwritten(4);
    await wipe(bench.workflow, { nodes: [13] }, wipeDeps());
    const { end } = await bench.run({ mode: 'images' });
    expect(end.counts).toMatchObject({ submitted: 4, salvaged: 4 });
  });

  it('that is undone gives back what was paid for and had not come to the file', async () => {
    await open();
    await leaveUnwritten(4);
    const { backup } = await wipe(bench.workflow, { nodes: [4, 13] }, wipeDeps());
    const other = await takeBackup(bench.workflow, Buffer.from(await bench.read()), 'manual', bench.deps);
    const deps = { ...bench.deps, fields: () => ({}), folders: nodeFolders };
    await restore(bench.workflow, { entry: other.id }, deps);
    const states = () => bench.deps.db.journal.ofNode('run-1', 4).map(({ state }) => state);
    expect(new Set(states())).toEqual(new Set(['written']));
    await restore(bench.workflow, { entry: backup?.id ?? '' }, deps);
    expect(new Set(states())).toEqual(new Set(['stored']));
    const { end } = await bench.run({ mode: 'images' });
    expect(end.counts).toMatchObject({ submitted: 0, salvaged: 4, cached: 2 });
  });

  it('that is undone in the next version gives that what was paid for', async () => {
    await open();
    await leaveUnwritten(4);
    const { backup } = await wipe(bench.workflow, { nodes: [4, 13] }, wipeDeps());
    const deps = { ...bench.deps, fields: () => ({}), folders: nodeFolders };
    const { path } = await bump(bench.workflow, {}, deps);
    await restore(path, { entry: backup?.id ?? '' }, deps);
    const handle = await bench.runner.start(path, RunOptions.parse({ mode: 'images', pollMs: 100 }));
    const { event } = await handle.finished;
    expect(event.counts).toMatchObject({ submitted: 0, salvaged: 4, cached: 2 });
  });

  it('that died between file and journal has bought nothing twice, and done again is whole', async () => {
    await open();
    await leaveUnwritten(4);
    const { db } = bench.deps;
    const dead = { ...db, commits: { ...db.commits, write: () => Promise.reject(new Error('dead')) } };
    await expect(wipe(bench.workflow, {}, { ...wipeDeps(), db: dead })).rejects.toThrow('dead');
    expect(await propertiesOf(13)).toMatchObject({ _savedImages: [] });
    await wipe(bench.workflow, {}, wipeDeps());
    const { end } = await bench.run({ mode: 'images' });
    expect(end.counts).toMatchObject({ submitted: 12, salvaged: 0 });
  });

  it('waits for no run', async () => {
    await open();
    const run = await bench.deps.lock(bench.workflow, 'run');
    expect(await codeOf(wipe(bench.workflow, {}, wipeDeps()))).toBe('locked');
    expect(await codeOf(accept(bench.workflow, [4], bench.deps))).toBe('locked');
    await run.release();
  });

  it('takes along what a person saved in the last moment', async () => {
    await open();
    await bench.run({ mode: 'images' });
    let saves = 0;
    const deps = wipeDeps();
    await wipe(
      bench.workflow,
      {},
      {
        ...deps,
        backup: async (workflow, content, reason) => {
          if (saves++ === 0) await edit({ nodeId: 1, properties: { note: 'a person was here' } });
          return deps.backup(workflow, content, reason);
        },
      },
    );
    expect(saves).toBe(2);
    expect(await propertiesOf(1)).toMatchObject({ note: 'a person was here' });
    expect(await propertiesOf(4)).toMatchObject({ _savedImages: [] });
  });
});

describe('a restore', () => {
  it('of an older prompt takes nothing that was paid for the newer one, and its undo does', async () => {
    await open();
    const deps = { ...bench.deps, fields: () => ({}), folders: nodeFolders };
    const older = await takeBackup(bench.workflow, Buffer.from(await bench.read()), 'manual', deps);
    await edit({ nodeId: 2, properties: { dynamicRows: ['Another scene altogether.'] } });
    await leaveUnwritten(4);
    const tasksOf = (runId: string) => bench.deps.db.journal.ofNode(runId, 4).map(({ taskId }) => taskId);
    const { undo } = await restore(bench.workflow, { entry: older.id }, deps);
    await bench.run({ mode: 'images' });
    const made = tasksOf('run-2');
    expect(made).toHaveLength(4);
    expect(made.filter((taskId) => tasksOf('run-1').includes(taskId))).toEqual([]);
    await restore(bench.workflow, { entry: undo?.id ?? '' }, deps);
    const { end } = await bench.run({ mode: 'images' });
    expect(end.counts).toMatchObject({ submitted: 0, salvaged: 4, cached: 2 });
  });
});

describe('accepting', () => {
  it('a picture whose prompt was edited: it is cached, its clip too, and a run has nothing to do', async () => {
    await open();
    await bench.run();
    await edit({ nodeId: 2, properties: { dynamicRows: ['Another scene altogether.'] } });
    expect([await reasonOf(4), await reasonOf(9)]).toEqual(['prompt changed', 'frame changed']);
    const saved = (await propertiesOf(4))._savedImages;
    await accept(bench.workflow, [4], bench.deps);
    expect([await reasonOf(4), await reasonOf(9)]).toEqual(['cached', 'cached']);
    expect((await propertiesOf(4))._savedImages).toEqual(saved);
    expect((await bench.run()).end.counts).toMatchObject({ submitted: 0, cached: 6 });
  });

  it('holds when an editor drops our property from the file', async () => {
    await open();
    await bench.run({ mode: 'images' });
    await edit({ nodeId: 2, properties: { dynamicRows: ['Another scene altogether.'] } });
    await accept(bench.workflow, [4], bench.deps);
    await edit({ nodeId: 4, properties: { _cacheKey: undefined } });
    expect(await reasonOf(4)).toBe('cached');
    await edit({ nodeId: 2, properties: { dynamicRows: ['And another one.'] } });
    expect(await reasonOf(4)).toBe('prompt changed');
  });

  it('one of several that is not stale accepts none', async () => {
    await open();
    await bench.run({ mode: 'images' });
    await edit({ nodeId: 2, properties: { dynamicRows: ['Another scene altogether.'] } });
    const before = await bench.read();
    expect(await codeOf(accept(bench.workflow, [4, 13], bench.deps))).toBe('usage');
    expect(await bench.read()).toBe(before);
    expect(await reasonOf(4)).toBe('prompt changed');
  });
});

describe('a pick', () => {
  it('is written into the file, its picture comes into use, and only its clip is stale', async () => {
    await open();
    await bench.run();
    const picked = await pickInFile(bench.workflow, { gate: 5, candidate: 3 }, bench.deps);
    const { _savedImages } = await propertiesOf(4);
    expect(picked).toEqual({
      gate: 5,
      row: 1,
      candidate: 3,
      url: (_savedImages as string[])[2],
      replaced: null,
    });
    expect((await propertiesOf(5)).approvedIndex).toBe(2);
    expect([await reasonOf(4), await reasonOf(9), await reasonOf(18)]).toEqual([
      'cached',
      'frame changed',
      'cached',
    ]);
    const assets = join(dirname(dirname(bench.workflow)), 'Assets/XYZG3/generated-images/v0-1');
    expect(await readFile(join(assets, 'scene01.png'))).toEqual(
      await readFile(join(assets, 'scene01-c3.png')),
    );
  });

  it('is written while a run has the file, and several at once are all there', async () => {
    await open();
    await bench.run({ mode: 'images' });
    const run = await bench.deps.lock(bench.workflow, 'run');
    await Promise.all(
      [5, 14, 23].map((gate, i) => pickInFile(bench.workflow, { gate, candidate: i + 1 }, bench.deps)),
    );
    await run.release();
    for (const [i, gate] of [5, 14, 23].entries()) expect((await propertiesOf(gate)).approvedIndex).toBe(i);
  });

  it('lets a run go on that waits for it', async () => {
    await open();
    await bench.run({ mode: 'images' });
    await pickInFile(bench.workflow, { gate: 14, candidate: 1 }, bench.deps);
    await pickInFile(bench.workflow, { gate: 23, candidate: 1 }, bench.deps);
    const options = RunOptions.parse({ pollMs: 100, gates: 'hold' });
    const handle = await bench.runner.start(bench.workflow, options, { waitAtGates: true });
    await new Promise<void>((resolve) => {
      const look = () => {
        if (handle.view().summary.status === 'held') resolve();
      };
      handle.onEvent(look);
      look();
    });
    await pickInFile(bench.workflow, { gate: 5, candidate: 4 }, bench.deps);
    const { event } = await handle.finished;
    expect(event).toMatchObject({ status: 'completed', counts: { held: 0, generated: 3 } });
    expect(await reasonOf(9)).toBe('cached');
  });
});
