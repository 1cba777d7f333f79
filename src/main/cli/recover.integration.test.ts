import { readdirSync, readFileSync } from 'node:fs';
import { cp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Desk, ErrorLine, type Line, openDesk, type Simulator, startSimulator } from './test-support.ts';

/** Recovery by the real command line: what runs of other tools left, and runs of our own that were really killed. */

const fixtures = fileURLToPath(new URL('../workflow/fixtures/', import.meta.url));

const DiagnosisLine = z.strictObject({
  type: z.literal('recovery.diagnosis'),
  verdict: z.string(),
  runId: z.string().nullable(),
  cause: z.string().nullable(),
  nodes: z.array(
    z.strictObject({
      nodeId: z.number(),
      tab: z.string(),
      title: z.string(),
      cache: z.number(),
      local: z.number(),
      store: z.number(),
      journal: z.number(),
      state: z.string(),
    }),
  ),
  findings: z.array(z.looseObject({ code: z.string(), message: z.string() })),
  plan: z.strictObject({
    action: z.string(),
    generations: z.number(),
    saved: z.number(),
    costUSD: z.number(),
    steps: z.array(z.string()),
  }),
  alternatives: z.array(z.looseObject({ action: z.string(), generations: z.number() })),
});
type DiagnosisLine = z.infer<typeof DiagnosisLine>;

/** Objects that are gone from the store of `mixed-urls` (fixtures/README.md, Dead URLs). */
const DEAD = [
  ...['scene03-c2', 'scene03-c4', 'scene05-c1', 'scene05-c2', 'scene05-c3', 'scene05-c4'].map(
    (n) => `${n}.png`,
  ),
  ...[1, 2, 3, 4].map((n) => `scene02-c${n}.mp4`),
].map((name) => `/mixed-urls/XYZG3/V0-2/${name}`);

let desk: Desk;
let simulator: Simulator;
/** `hold`: called instead of an answer. */
let store: { server: Server; url: string; hold: (() => void) | null };

beforeAll(async () => {
  simulator = await startSimulator('--latency', '40');
  store = await serveStore();
});
afterAll(async () => {
  store.server.close();
  store.server.closeAllConnections();
  await simulator.kill();
});
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

/** The public address of the store those runs used: the dead ones are gone, each other object is its own. */
async function serveStore(): Promise<typeof store> {
  const picture = await readFile(join(fixtures, 'refs/avatar-a.png'));
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (store.hold !== null) return store.hold();
    if (DEAD.includes(path)) response.writeHead(404).end();
    else response.writeHead(200, { etag: `"${path}"`, 'content-type': 'image/png' }).end(picture);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, url: `http://127.0.0.1:${address.port}`, hold: null };
}

/** A copy of a project that a run of another tool left; its addresses are those of the test's store. */
async function crashed(name: string): Promise<{ folder: string; file: string }> {
  const folder = join(desk.folder, name);
  await cp(join(fixtures, 'crashed', name), folder, { recursive: true });
  await cp(join(fixtures, 'refs'), join(folder, 'refs'), { recursive: true });
  for (const place of await readdir(folder, { recursive: true })) {
    if (!place.includes('.nbflow')) continue;
    const text = await readFile(join(folder, place), 'utf8');
    const local = text
      .replaceAll('https://pub-0000.r2.dev/avatar-sheets/a.jpg', '../refs/avatar-a.png')
      .replaceAll('https://pub-0000.r2.dev', `${store.url}/${name}`);
    await writeFile(join(folder, place), local);
  }
  return { folder, file: join(folder, 'testing/XYZG3-V0-2.nbflow') };
}

const everyFile = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [
        join(entry.parentPath, entry.name),
        readFileSync(join(entry.parentPath, entry.name), 'base64'),
      ]),
  );

const recover = (file: string, ...more: string[]) =>
  desk.flowdeck('recover', file, '--json', '--server', simulator.url, '--poll-ms', '20', ...more);

const diagnosisIn = (lines: readonly Line[]): DiagnosisLine =>
  DiagnosisLine.parse(lines.find(({ type }) => type === 'recovery.diagnosis'));

const NOT_LEFT = ['done', 'salvage', 'reattach', 'left'];
const left = ({ nodes }: DiagnosisLine): number[] =>
  nodes.flatMap(({ nodeId, state }) => (NOT_LEFT.includes(state) ? [] : [nodeId]));

const Counted = z.object({ submits: z.object({ made: z.number() }) });
const submitted = async (): Promise<number> =>
  Counted.parse(await (await fetch(`${simulator.url}/sim/state`)).json()).submits.made;

describe('what a run of another tool left', () => {
  it.each([
    ['images-done', 'resume', 44, [9, 18, 27, 36, 45, 49, 54, 58, 63, 67, 72]],
    ['local-only', 'resume', 60, [9, 13, 18, 22, 27, 31, 36, 40, 45, 49, 54, 58, 63, 67, 72]],
    ['truncated-output', 'export only', 0, []],
    ['complete-output', 'complete', 0, []],
    ['mixed-urls', 'cache corrupt', 34, [18, 22, 27, 36, 40, 45, 54, 63, 72]],
    ['with-errors-json', 'resume', 12, [49, 54, 63]],
  ])('is diagnosed, and nothing is changed: %s', async (name, verdict, generations, nodes) => {
    const { folder, file } = await crashed(name);
    const before = everyFile(folder);
    const { code, lines, stderr } = await recover(file);
    const diagnosis = diagnosisIn(lines());
    expect([code, diagnosis.verdict, diagnosis.runId]).toEqual([0, verdict, null]);
    expect(diagnosis.plan.generations).toBe(generations);
    expect(left(diagnosis)).toEqual(nodes);
    expect(lines()).toHaveLength(1);
    expect(stderr).toContain(`XYZG3-V0-2: ${verdict}`);
    expect(everyFile(folder)).toEqual(before);
  });

  it('is taken from its files, and only the rest is generated', async () => {
    const { file, folder } = await crashed('local-only');
    const before = await submitted();
    const source = await readFile(file, 'utf8');
    const { code, lines } = await recover(file, '--apply');
    const types = [...new Set(lines().map(({ type }) => type))];
    expect(types.slice(0, 3)).toEqual(['recovery.diagnosis', 'backup.created', 'run.started']);
    expect(lines().at(-1)).toMatchObject({
      type: 'run.finished',
      status: 'completed',
      counts: { submitted: 60, salvaged: 4, lost: 0 },
    });
    expect([code, (await submitted()) - before]).toEqual([0, 60]);
    const { path } = z
      .object({ path: z.string() })
      .parse(lines().find(({ type }) => type === 'backup.created'));
    expect(path).toMatch(/backups\/XYZG3-V0-2\.nbflow\.bak-.*-pre-recovery$/);
    expect(await readFile(path, 'utf8')).toBe(source);
    const after = diagnosisIn((await recover(file)).lines());
    expect([after.verdict, after.plan.action]).toEqual(['complete', 'none']);
    expect(await readdir(join(folder, 'Generations'))).toHaveLength(1);
  });

  it('whose export is cut off gets a new one beside it, and nothing is generated', async () => {
    const { file, folder } = await crashed('truncated-output');
    const [before, exports] = [await submitted(), await readdir(join(folder, 'Generations'))];
    const { code, lines } = await recover(file, '--apply');
    expect([code, (await submitted()) - before]).toEqual([0, 0]);
    const made = z.object({ output: z.string() }).parse(lines().at(-1)).output;
    expect(JSON.parse(await readFile(made, 'utf8'))).toHaveProperty('tabs');
    expect(await readdir(join(folder, 'Generations'))).toHaveLength(exports.length + 1);
  });

  it('makes again only what is gone or missing where addresses are dead', async () => {
    const { file } = await crashed('mixed-urls');
    const before = await submitted();
    const { code, lines } = await recover(file, '--apply');
    expect(diagnosisIn(lines()).alternatives).toContainEqual(
      expect.objectContaining({ action: 'restore', generations: 64 }),
    );
    expect([code, (await submitted()) - before]).toEqual([0, 34]);
    const text = await readFile(file, 'utf8');
    expect(DEAD.filter((path) => text.includes(`"${store.url}${path}"`))).toEqual([]);
  });

  it('that cannot be read any more comes back from its backup', async () => {
    const { file } = await crashed('mixed-urls');
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, 5000));
    const { code, lines } = await recover(file, '--apply', '--mode', 'images');
    expect(diagnosisIn(lines())).toMatchObject({ verdict: 'source damaged', plan: { action: 'restore' } });
    expect(lines().map(({ type }) => type)).toContain('restored');
    expect([code, lines().at(-1)?.status]).toEqual([0, 'completed']);
  });

  it('is looked at no longer when a person stops that', async () => {
    const { file, folder } = await crashed('images-done');
    const before = everyFile(folder);
    const looking = desk.start(['recover', file, '--apply', '--json', '--server', simulator.url]);
    // It asks for an address, and is given no answer.
    store.hold = () => looking.process.kill('SIGINT');
    const { code, lines } = await looking.ended;
    store.hold = null;
    expect(code).toBe(130);
    expect(ErrorLine.parse(lines().at(-1)).code).toBe('interrupted');
    expect(everyFile(folder)).toEqual(before);
  });

  it('whose file is gone comes back from its backup too; without one it is missing', async () => {
    const { file, folder } = await crashed('mixed-urls');
    await unlink(file);
    const { code, lines } = await recover(file, '--apply', '--mode', 'images');
    expect([code, lines().at(-1)?.status]).toEqual([0, 'completed']);
    expect(JSON.parse(await readFile(file, 'utf8'))).toHaveProperty('tabs');

    await unlink(file);
    await rm(join(folder, 'backups'), { recursive: true });
    const gone = await desk.flowdeck('recover', join(folder, 'testing/OTHER-V0-1.nbflow'), '--json');
    expect(gone.code).toBe(3);
    expect(ErrorLine.parse(gone.lines().at(-1)).code).toBe('workflow-missing');
  });
});

describe('a run of ours that was killed', () => {
  /** A run that is killed without warning once so many candidates are stored. */
  async function killedAfter(stored: number, ...more: string[]) {
    const file = await desk.workflow();
    const before = await submitted();
    const run = desk.start(['run', file, '--json', '--server', simulator.url, '--poll-ms', '20', ...more]);
    const { runId } = z.object({ runId: z.string() }).parse(await run.line('run.started'));
    let last: Line | undefined;
    for (let n = 0; n < stored; n++) {
      last = await run.lineWhere(({ type }) => type === 'candidate.stored', last);
    }
    run.process.kill('SIGKILL');
    await run.ended;
    return { file, runId, before };
  }

  it('is diagnosed by its journal, and gone on with: nothing is paid for twice', async () => {
    const { file, runId, before } = await killedAfter(5);
    const first = await recover(file);
    const diagnosis = diagnosisIn(first.lines());
    expect(diagnosis).toMatchObject({
      verdict: 'resume',
      runId,
      cause: 'killed',
      plan: { action: 'resume' },
    });
    const { code, lines } = await recover(file, '--apply');
    expect(lines().at(-1)).toMatchObject({ type: 'run.finished', status: 'completed', counts: { lost: 0 } });
    expect([code, (await submitted()) - before]).toEqual([0, 24]);
    expect(diagnosisIn((await recover(file)).lines()).verdict).toBe('complete');
  });

  it('goes on as it was asked for, unless a person says otherwise', async () => {
    const { file, before } = await killedAfter(3, '--mode', 'images');
    const { code } = await recover(file, '--apply');
    expect([code, (await submitted()) - before]).toEqual([0, 12]);
    const full = diagnosisIn((await recover(file, '--mode', 'full')).lines());
    expect(full.plan).toMatchObject({ action: 'resume', generations: 12 });
  });

  it('killed again while it is recovered, and again, still pays for nothing twice', async () => {
    const { file, before } = await killedAfter(2);
    for (const more of [3, 6]) {
      const again = desk.start([
        'recover',
        file,
        '--apply',
        '--json',
        '--server',
        simulator.url,
        '--poll-ms',
        '20',
      ]);
      let last: Line | undefined;
      for (let n = 0; n < more; n++) {
        last = await again.lineWhere(({ type }) => type === 'candidate.stored', last);
      }
      again.process.kill('SIGKILL');
      await again.ended;
      expect((await desk.flowdeck('status')).stdout).toContain(`"flowdeck recover ${file}" shows`);
    }
    const { code } = await recover(file, '--apply');
    expect([code, (await submitted()) - before]).toEqual([0, 24]);
  });

  it('in the middle of a re-roll makes the rest of that, and nothing else', async () => {
    const file = await desk.workflow();
    const how = ['--json', '--server', simulator.url, '--poll-ms', '20'];
    expect((await desk.flowdeck('run', file, ...how)).code).toBe(0);
    const [before, text] = [await submitted(), await readFile(file, 'utf8')];
    const regen = desk.start(['regen', file, '--nodes', '4,13', '--concurrency', '1', ...how]);
    // Some of the new ones stand in the file, and some are still to come.
    await expect.poll(() => readFile(file, 'utf8'), { interval: 5, timeout: 30_000 }).not.toBe(text);
    regen.process.kill('SIGKILL');
    await regen.ended;
    const { code, lines } = await recover(file, '--apply');
    expect([code, lines().at(-1)?.status]).toEqual([0, 'completed']);
    expect((await submitted()) - before).toBe(8);
  });

  it('is told by every command that looks after runs, until it is gone on with', async () => {
    const { file } = await killedAfter(1);
    const words =
      /XYZG3-V0-1 was interrupted \(Flowdeck was killed, .*"flowdeck recover .*" shows what is left\./;
    expect((await desk.flowdeck('status')).stdout).toMatch(words);
    const serve = desk.start(['serve', '--no-open', '--port', '0', '--json']);
    await serve.line('serving');
    // A second Flowdeck of the same data folder goes on with it while the first one is open.
    const { code } = await recover(file, '--apply');
    serve.process.kill('SIGTERM');
    expect((await serve.ended).stderr).toMatch(words);
    expect(code).toBe(0);
    expect((await desk.flowdeck('status')).stdout).not.toMatch(/was interrupted/);
  });

  it('is told where none was killed: one that still runs is left alone', async () => {
    const file = await desk.workflow();
    const run = desk.start([
      'run',
      file,
      '--json',
      '--server',
      simulator.url,
      '--poll-ms',
      '20',
      '--gates',
      'hold',
    ]);
    await run.line('candidate.stored');
    run.process.kill('SIGSTOP');
    const looked = await recover(file);
    const applied = await recover(file, '--apply');
    run.process.kill('SIGCONT');
    expect((await run.ended).code).toBe(8);
    expect([looked.code, diagnosisIn(looked.lines()).plan.action]).toEqual([0, 'none']);
    expect(applied.code).toBe(7);
    expect(ErrorLine.parse(applied.lines().at(-1)).code).toBe('locked');
    expect(applied.lines().map(({ type }) => type)).toEqual(['recovery.diagnosis', 'error']);
  });
});
