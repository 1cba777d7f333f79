import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { editWorkflow } from '../workflow/edit.ts';
import { parseWorkflow } from '../workflow/read.ts';
import { type Desk, type Ended, openDesk, type Simulator, startSimulator } from './test-support.ts';

/** Each example is several processes, which a busy machine takes its time for. */
const PATIENCE_MS = 240_000;

/** The examples of the users' manual, word for word as an operator would do them. */

let desk: Desk;
let simulator: Simulator;
beforeEach(async () => {
  desk = await openDesk();
  simulator = await startSimulator();
});
afterEach(async () => {
  await simulator.kill();
  await desk.close();
});

const flowdeck = (command: string, file: string, ...more: string[]) =>
  desk.flowdeck(command, file, '--server', simulator.url, '--poll-ms', '5', '--json', ...more);
const faults = async (rules: unknown[]) => {
  const body = JSON.stringify({ rules });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${simulator.url}/sim/faults`, { method: 'POST', headers, body })).status).toBe(200);
};
const finished = (ended: Ended) => ended.lines().find((line) => line.type === 'run.finished');
const nodesOf = async (file: string) => parseWorkflow(await readFile(file, 'utf8'), file).nodes;
const rowsOf = async (file: string, id: number) =>
  (await nodesOf(file)).get(id)?.properties.dynamicRows as string[];
/** Nodes for which something was submitted. */
const submittedFor = (ended: Ended) =>
  [
    ...new Set(
      ended.lines().flatMap((line) => (line.type === 'task.submitted' ? [Number(line.nodeId)] : [])),
    ),
  ].sort((a, b) => a - b);

async function outputs(): Promise<Map<string, string>> {
  const folder = join(desk.folder, 'project', 'Assets');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const read = entries
    .filter((entry) => entry.isFile())
    .map(
      async (entry) =>
        [
          join(entry.parentPath, entry.name),
          await readFile(join(entry.parentPath, entry.name), 'base64'),
        ] as const,
    );
  return new Map(await Promise.all(read));
}

/** Nodes of scene k by the fixtures' numbering. */
const scene = (k: number) => ({ rows: 9 * (k - 1) + 2, image: 9 * (k - 1) + 4, video: 9 * (k - 1) + 9 });

it(
  '8 scenes of which 2 failed, one edited, one re-rolled: only these are made again',
  async () => {
    const file = await desk.workflow('valid/XYZG3-V0-2.nbflow');
    const [three, six] = [await rowsOf(file, scene(3).rows), await rowsOf(file, scene(6).rows)];
    await desk.flowdeck('config', 'set', 'runner.retries', '0');
    await faults([three, six].map((rows) => ({ fault: 'task-400', kind: 'image', prompt: rows[0] })));
    const first = await flowdeck('run', file);
    expect(first.code, first.stderr).toBe(4);
    expect(finished(first)).toMatchObject({
      status: 'failed-nodes',
      counts: { nodes: 16, generated: 12, failed: 2, skipped: 2, cached: 0 },
    });
    const errorsFile = join(desk.folder, 'project', 'Generations', 'errors.json');
    const errors = JSON.parse(await readFile(errorsFile, 'utf8')) as { nodeId: number; type: string }[];
    expect(errors.map(({ nodeId, type }) => [nodeId, type]).sort()).toEqual([
      [scene(3).image, 'content_policy'],
      [scene(6).image, 'content_policy'],
    ]);

    // "You ran 8 scenes; 2 failed; you fix the 2 and rerun. Only the 2 failed scenes need to regenerate."
    await faults([]);
    const again = await flowdeck('run', file);
    expect(again.code, again.stderr).toBe(0);
    expect(submittedFor(again)).toEqual([3, 6].flatMap((k) => [scene(k).image, scene(k).video]));
    expect(finished(again)).toMatchObject({
      counts: { generated: 4, cached: 12, submitted: 16 },
      errorsFile: null,
    });
    await expect(readFile(errorsFile)).rejects.toMatchObject({ code: 'ENOENT' });

    // "Only Scene 05 regenerates: its prompt changed."
    const [beat = ''] = await rowsOf(file, scene(5).rows);
    const edited = editWorkflow(await readFile(file, 'utf8'), [
      { nodeId: scene(5).rows, properties: { dynamicRows: [`${beat} She is wearing reading glasses.`] } },
    ]);
    await writeFile(file, edited);
    const fifth = await flowdeck('run', file);
    expect(submittedFor(fifth)).toEqual([scene(5).image, scene(5).video]);
    expect(finished(fifth)).toMatchObject({ status: 'completed', counts: { generated: 2, cached: 14 } });

    // "re-roll Scene 03's image gen": "the other nodes' cache stays intact".
    const before = await outputs();
    const saved = (await nodesOf(file)).get(scene(3).image)?.properties._savedImages as string[];
    const rerolled = await flowdeck('regen', file, '--nodes', String(scene(3).image));
    expect(rerolled.code, rerolled.stderr).toBe(0);
    expect(submittedFor(rerolled)).toEqual([scene(3).image]);
    const after = await outputs();
    const changed = [...after].flatMap(([name, bytes]) => (before.get(name) === bytes ? [] : [name]));
    expect(changed.map((name) => name.replace(/.*\//, '')).sort()).toEqual([
      'scene03-c1.png',
      'scene03-c2.png',
      'scene03-c3.png',
      'scene03-c4.png',
      'scene03.png',
    ]);
    const nodes = await nodesOf(file);
    const fresh = nodes.get(scene(3).image)?.properties._savedImages as string[];
    expect(fresh.filter((url) => saved.includes(url))).toEqual([]);
    expect(nodes.get(scene(3).image + 1)?.properties.candidates).toEqual(fresh);
    // What hangs on the picture is told by the next plan, and by nothing else.
    const plan = await desk.flowdeck('plan', file, '--json');
    const stale = plan.lines().filter((line) => line.type === 'plan.node' && line.reason !== 'cached');
    expect(stale.map(({ nodeId, reason }) => [nodeId, reason])).toEqual([[scene(3).video, 'frame changed']]);
  },
  PATIENCE_MS,
);

it(
  'a wiped XYZG3-V0-3 says how many nodes it really had in its 5 tabs, and everything is made again',
  async () => {
    const file = await desk.workflow('valid/XYZG3-V0-3.nbflow');
    const before = await readFile(file);
    const wiped = await desk.flowdeck('wipe', file, '--json');
    expect(wiped.code, wiped.stderr).toBe(0);
    expect(wiped.lines().at(-1)).toMatchObject({ type: 'wiped', images: 40, videos: 40, nodes: 80, tabs: 5 });
    const backups = join(desk.folder, 'project', 'backups');
    const [backup = ''] = await readdir(backups);
    expect(backup).toMatch(/^XYZG3-V0-3\.nbflow\.bak-\d{4}-\d\d-\d\d-pre-cache-wipe$/);
    expect((await readFile(join(backups, backup))).equals(before)).toBe(true);
    const plan = await desk.flowdeck('plan', file, '--json');
    expect(plan.lines().at(-1)).toMatchObject({
      type: 'plan.finished',
      nodes: 80,
      generations: 320,
      cached: 0,
    });

    const some = await desk.workflow('valid/XYZG3-V0-3.nbflow');
    await desk.flowdeck('wipe', some, '--scenes', '3,5', '--json');
    const partly = await desk.flowdeck('plan', some, '--json');
    expect(partly.lines().at(-1)).toMatchObject({ generations: 5 * 2 * 2 * 4, cached: 60 });
  },
  PATIENCE_MS,
);
