import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { editWorkflow, type NodeEdit } from '../workflow/edit.ts';
import { fixturePath } from '../workflow/fixtures/expected.ts';
import { type Desk, ErrorLine, openDesk, type Simulator, startSimulator } from './test-support.ts';

/** `flowdeck diff` as people type it. */

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

const edit = async (file: string, ...edits: NodeEdit[]) =>
  writeFile(file, editWorkflow(await readFile(file, 'utf8'), edits));
const pose = (text: string): NodeEdit => ({ nodeId: 7, inside: [{ path: ['dynamicRows', 0], value: text }] });
/** A copy of the file beside the project. */
const copied = async (file: string): Promise<string> => {
  const copy = join(desk.folder, 'copy.nbflow');
  await writeFile(copy, await readFile(file));
  return copy;
};

describe('diff of two files', () => {
  it('marks the words that changed, tells the rest in a line each, and ends with a sum', async () => {
    const file = await desk.workflow();
    const copy = await copied(file);
    await edit(
      copy,
      pose('The person lowers the jar to chest height and turns it slowly.'),
      {
        nodeId: 9,
        properties: { aspectRatio: '1:1', _savedClips: ['https://a.example/1.mp4'], _cacheKey: 'v1:x' },
      },
      { nodeId: 5, properties: { approvedIndex: 2 } },
    );
    const { code, stdout, stderr } = await desk.flowdeck('diff', file, copy);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [before, after, ...rest] = stdout.split('\n');
    expect(before).toContain(`XYZG3-V0-1  `);
    expect(before).toContain(file);
    expect(after).toContain(copy);
    expect(rest.join('\n')).toBe(`
~ Scene 01 pick (5)  gate
    pick of row 1: none → candidate 3
~ A Scene 01 pose (7)  prompt
    dynamicRows[0]: The person [-lifts-]{+lowers+} the jar to chest height and turns it slowly.
~ Scene 01 — video gen (9)  video
    aspectRatio: "9:16" → "1:1"
    cached output: 0 → 1
3 nodes changed: prompts of 1, settings of 1, picks of 1, cached output of 1.
`);
  });

  it('is NDJSON with every word, and a last line that counts', async () => {
    const file = await desk.workflow();
    const copy = await copied(file);
    await edit(copy, pose('The person lowers the jar to chest height and turns it slowly.'));
    const { code, lines } = await desk.flowdeck('diff', file, copy, '--json');
    expect(code).toBe(0);
    expect(lines()).toEqual([
      {
        type: 'diff.node',
        nodeId: 7,
        tabIndex: 0,
        tab: 'Account A',
        title: 'A Scene 01 pose',
        kind: 'prompt',
        change: 'changed',
        prompts: [
          {
            name: 'dynamicRows[0]',
            before: 'The person lifts the jar to chest height and turns it slowly.',
            after: 'The person lowers the jar to chest height and turns it slowly.',
            words: [
              { kind: 'same', text: 'The person ' },
              { kind: 'removed', text: 'lifts ' },
              { kind: 'added', text: 'lowers ' },
              { kind: 'same', text: 'the jar to chest height and turns it slowly.' },
            ],
          },
        ],
        ...{ references: [], settings: [], picks: [], cache: null, wiring: [] },
      },
      {
        type: 'diff.finished',
        identical: false,
        before: {
          label: 'XYZG3-V0-1',
          path: file,
          at: expect.any(String),
          sha256: expect.stringMatching(/^[\da-f]{64}$/),
        },
        after: {
          label: 'copy',
          path: copy,
          at: expect.any(String),
          sha256: expect.stringMatching(/^[\da-f]{64}$/),
        },
        ...{ added: 0, removed: 0, changed: 1 },
        ...{ prompts: 1, references: 0, settings: 0, picks: 0, cache: 0, wiring: 0, left: 0 },
        tabs: { added: [], removed: [] },
        file: [],
      },
    ]);
  });

  it('that are the same byte for byte, or but for the layout, says so', async () => {
    const file = await desk.workflow();
    const copy = await copied(file);
    expect(await desk.flowdeck('diff', file, copy)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Alike, byte for byte\.$/m),
    });
    await writeFile(copy, JSON.stringify(JSON.parse(await readFile(file, 'utf8'))));
    expect(await desk.flowdeck('diff', file, copy)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^No difference that matters: only layout\.$/m),
    });
  });

  it('of which one cannot be read says which, with exit code 3', async () => {
    const file = await desk.workflow();
    const { code, lines } = await desk.flowdeck(
      'diff',
      file,
      fixturePath('unreadable/truncated.nbflow'),
      '--json',
    );
    expect(code).toBe(3);
    expect(ErrorLine.parse(lines().at(-1))).toMatchObject({
      code: 'workflow-unreadable',
      message: expect.stringMatching(
        /^The second of the two cannot be compared: truncated\.nbflow is not JSON/,
      ),
    });
    expect((await desk.flowdeck('diff', fixturePath('unreadable/not-json.nbflow'), file)).stderr).toMatch(
      /^The first of the two cannot be compared/,
    );
  });

  it('of which one is not there ends with 3, an id that is nobody’s with 2', async () => {
    const file = await desk.workflow();
    const missing = await desk.flowdeck('diff', file, join(desk.folder, 'other.nbflow'));
    expect(missing).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('There is no workflow file other.nbflow'),
    });
    for (const id of ['deadbeef', 'deadbeef:input']) {
      expect(await desk.flowdeck('diff', file, id), id).toMatchObject({ code: 2, stdout: '' });
    }
  });
});

describe('diff of what the history has', () => {
  it('takes the id of a backup, the beginning of one, and its copy, also when that is gone', async () => {
    const file = await desk.workflow('valid/XYZG3-V0-3.nbflow');
    const wiped = (await desk.flowdeck('wipe', file, '--scenes', '1', '--json')).lines();
    const { id, path } = wiped[0] as unknown as { id: string; path: string };
    const finished = async (backup: string) =>
      (await desk.flowdeck('diff', backup, file, '--json')).lines().at(-1);
    const expected = {
      identical: false,
      changed: 10,
      cache: 10,
      ...{ added: 0, removed: 0, prompts: 0, picks: 0, settings: 0 },
      before: { label: 'backup pre-cache-wipe of XYZG3-V0-3', path },
    };
    expect(await finished(id)).toMatchObject(expected);
    expect(await finished(id.slice(0, 8))).toMatchObject(expected);
    expect(await finished(path)).toMatchObject({ ...expected, before: { path } });
    await rm(path);
    expect(await finished(path)).toMatchObject({ ...expected, before: { path: null } });
  });

  it('takes a version beside a file for that of its workflow', async () => {
    const file = await desk.workflow();
    const [made] = (await desk.flowdeck('bump', file, '--json')).lines();
    const { path, from, movedTo } = made as unknown as { path: string; from: string; movedTo: string };
    const finished = (await desk.flowdeck('diff', from, path, '--json')).lines().at(-1);
    expect(finished).toMatchObject({ before: { path: movedTo }, after: { path } });
    expect((await desk.flowdeck('diff', 'V7', path)).code).toBe(2);
  });

  it('takes a file of that name before an id', async () => {
    const file = await desk.workflow();
    await writeFile(join(desk.folder, 'deadbeef'), await readFile(file));
    expect(await desk.flowdeck('diff', 'deadbeef', file)).toMatchObject({ code: 0 });
  });

  it('compares what a run began with and what it wrote', async () => {
    const file = await desk.workflow();
    const run = await desk.flowdeck('run', file, '--server', simulator.url, '--poll-ms', '5', '--json');
    expect(run.code).toBe(0);
    const runId = String(run.lines()[0]?.runId);
    const output = String(run.lines().at(-1)?.output);
    const { code, lines } = await desk.flowdeck('diff', `${runId}:input`, `${runId}:output`, '--json');
    expect(code).toBe(0);
    expect(lines().at(-1)).toMatchObject({
      before: { label: 'input of the run of XYZG3-V0-1', path: expect.stringContaining('-pre-run') },
      after: { label: 'output of the run of XYZG3-V0-1', path: output },
      ...{ prompts: 0, added: 0, removed: 0, settings: 0 },
    });
    const cached = lines().filter(
      (line) => line.cache !== null && line.kind !== 'gate' && line.type === 'diff.node',
    );
    expect(cached.map(({ kind }) => kind).sort()).toEqual([
      'image',
      'image',
      'image',
      'video',
      'video',
      'video',
    ]);
    // Without its copy on disk the database has it.
    const backups = join(desk.folder, 'project', 'backups');
    for (const name of await readdir(backups)) await rm(join(backups, name));
    expect((await desk.flowdeck('diff', `${runId}:input`, `${runId}:output`)).code).toBe(0);
    await rm(output);
    expect(await desk.flowdeck('diff', `${runId}:input`, `${runId}:output`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not there any more'),
    });
  });
});
