import { copyFile, mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fail } from '../../shared/failure.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import { runSummary } from '../app/test-support.ts';
import type { JournalStep } from '../db/journal.ts';
import { takeBackup } from '../history/backup.ts';
import { systemClock } from '../platform/clock.ts';
import { hashOf } from '../platform/content-hash.ts';
import { nodeDisk } from '../platform/disk.ts';
import { createLocalStore } from '../storage/local-store.ts';
import { generationNodes } from '../workflow/generation.ts';
import { decodeWorkflow, parseWorkflow } from '../workflow/read.ts';
import type { PlaceEvidence } from './evidence.ts';
import { salvageOffers } from './salvage.ts';
import { type GatherBench, openGatherBench } from './testing/gather-bench.ts';

const HOUR = 3_600_000;
/** The still of the first scene. */
const NODE = 4;

let bench: GatherBench;
let prompt: string;
beforeEach(async () => {
  bench = await openGatherBench('crashed/local-only');
  const text = decodeWorkflow(await readFile(bench.workflow), bench.workflow);
  prompt =
    generationNodes(parseWorkflow(text, bench.workflow)).find(({ nodeId }) => nodeId === NODE)?.prompts[0] ??
    '';
});
afterEach(() => bench.close());

const still = (candidate: number) =>
  join(bench.folder, 'Assets/XYZG3/generated-images/v0-2', `scene01-c${candidate}.png`);
const place = async (candidate: number): Promise<PlaceEvidence> => {
  const node = (await bench.gather({ runs: async () => [summary({})] })).nodes.find(
    ({ nodeId }) => nodeId === NODE,
  );
  const found = node?.places.find((entry) => entry.candidate === candidate);
  if (found === undefined) throw new Error(`no candidate ${candidate}`);
  return found;
};

const summary = (change: Partial<RunSummary>): RunSummary =>
  runSummary({
    runId: 'run-1',
    workflow: bench.workflow,
    name: 'XYZG3-V0-2',
    status: 'interrupted',
    startedAt: new Date(systemClock.now() - HOUR).toISOString(),
    cause: 'killed',
    live: false,
    ...change,
  });

function run(id: string, demo = false): void {
  const row = {
    id,
    workflow: bench.workflow,
    name: 'XYZG3-V0-2',
    mode: 'full',
    options: '{}',
    server: '',
    demo,
  };
  const now = systemClock.now();
  bench.db.runs.insert(
    { ...row, pid: 1, processStarted: null, startedAt: now, boot: null },
    summary({ runId: id, demo }),
  );
}

/** A request for a candidate of the first still, that got so far. */
function order(
  candidate: number,
  step: JournalStep,
  more: { runId?: string; prompt?: string; at?: number; demo?: boolean } = {},
) {
  const at = more.at ?? systemClock.now();
  const id = bench.db.journal.intend(
    {
      runId: more.runId ?? 'run-1',
      workflow: bench.workflow,
      nodeId: NODE,
      row: 1,
      candidate,
      attempt: 1,
      kind: 'image',
      fingerprint: 'v1:x',
      prompt: more.prompt ?? prompt,
      server: 'http://127.0.0.1:8765',
      demo: more.demo ?? false,
      priceUSD: 0.04,
    },
    at,
  );
  bench.db.journal.step(id, { taskId: `task-${id}`, ...step }, at);
}

describe('the journal', () => {
  test('tells the newest request of a place, and whether its file is whole', async () => {
    run('run-1');
    const sha256 = await hashOf(await readFile(still(1)));
    order(1, { state: 'failed' });
    order(1, { state: 'downloaded', file: still(1), sha256 });
    order(2, { state: 'downloaded', file: still(2), sha256 });
    order(3, { state: 'submitted' });
    expect((await place(1)).journal).toMatchObject({ state: 'downloaded', intact: true, file: still(1) });
    expect((await place(2)).journal).toMatchObject({ state: 'downloaded', intact: false });
    expect((await place(3)).journal).toMatchObject({ state: 'submitted', intact: false, taskId: 'task-4' });
    expect((await place(4)).journal).toBeNull();
  });

  test('finds the copy of the store where the file in Assets is gone', async () => {
    run('run-1');
    const sha256 = await hashOf(await readFile(still(1)));
    const copy = join(bench.objects, 'XYZG3/V0-2/scene01-c1.png');
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(still(1), copy);
    bench.db.objects.put({ sha256, ext: 'png', contentType: 'image/png', size: 100, file: copy }, null);
    order(1, { state: 'stored', file: still(1), sha256 });
    await rm(still(1));
    expect((await place(1)).journal).toMatchObject({ intact: true, file: copy });
  });

  test('says nothing of another prompt, and a real run hears nothing of the demo', async () => {
    run('run-1');
    run('run-2', true);
    order(1, { state: 'submitted' }, { prompt: 'another prompt' });
    order(2, { state: 'submitted' }, { demo: true, runId: 'run-2' });
    expect((await place(1)).journal).toBeNull();
    expect((await place(2)).journal).toBeNull();
    const demo = await bench.gather({ runs: async () => [summary({ runId: 'run-2', demo: true })] });
    const node = demo.nodes.find(({ nodeId }) => nodeId === NODE);
    expect(node?.places[1]?.journal).toMatchObject({ state: 'submitted', runId: 'run-2' });
  });

  test('says nothing of what was asked for before a reference was changed', async () => {
    run('run-1');
    const now = systemClock.now();
    order(1, { state: 'submitted' }, { at: now - 2 * HOUR });
    order(2, { state: 'submitted' }, { at: now });
    const before = (await readFile(bench.workflow, 'utf8')).replaceAll('avatar-sheets', 'other-sheets');
    await takeBackup(bench.workflow, Buffer.from(before), 'pre-run', {
      db: bench.db,
      disk: nodeDisk,
      clock: { ...systemClock, now: () => now - HOUR },
    });
    expect((await place(1)).journal).toBeNull();
    expect((await place(2)).journal).not.toBeNull();
  });
});

describe('what the demo made', () => {
  const at = async (demo: boolean | undefined, of = false) => {
    const backend = {
      ...(await bench.deps.backend(AbortSignal.abort())),
      ...(demo === undefined ? {} : { demo }),
    };
    const evidence = await bench.gather({
      runs: async () => [summary({ demo: of })],
      backend: async () => backend,
    });
    const node = evidence.nodes.find(({ nodeId }) => nodeId === NODE);
    return { places: node?.places ?? [], offers: salvageOffers(evidence).map(({ candidate }) => candidate) };
  };

  test('is taken by no real run, neither from Assets nor from the store, and the other way round', async () => {
    run('run-1');
    run('run-2', true);
    const [first, second] = await Promise.all([1, 2].map(async (n) => hashOf(await readFile(still(n)))));
    order(1, { state: 'written', file: still(1), sha256: first ?? '' }, { demo: true, runId: 'run-2' });
    order(2, { state: 'written', file: still(2), sha256: second ?? '' });
    const key = `XYZG3/V0-2/scene01-c1-${first?.slice(0, 12)}.png`;
    await mkdir(join(bench.objects, 'XYZG3/V0-2'), { recursive: true });
    await copyFile(still(1), join(bench.objects, key));

    const real = await at(false);
    expect(real.offers).toEqual([2, 3, 4]);
    expect(real.places[0]?.local?.problem).toBe('it was made by the demo');
    expect(real.places[0]?.store?.problem).toBe('it was made by the demo');
    expect((await at(true)).offers).toEqual([1, 3, 4]);
  });

  test('is known too where a process died between the file and its hash in the journal', async () => {
    run('run-1');
    run('run-2', true);
    order(1, { state: 'completed' }, { demo: true, runId: 'run-2' });
    // That one was there before the demo was asked.
    order(2, { state: 'completed' }, { demo: true, runId: 'run-2' });
    const now = new Date();
    await utimes(still(1), now, now);
    await utimes(still(2), now, new Date(now.getTime() - HOUR));
    expect((await at(false)).offers).toEqual([2, 3, 4]);
    expect((await at(false)).places[0]?.local?.problem).toBe('it was made by the demo');
  });

  test('counts by who answers now; where nobody does, by the run of before', async () => {
    run('run-1');
    run('run-2', true);
    order(1, { state: 'submitted' }, { demo: true, runId: 'run-2' });
    expect((await at(false, true)).places[0]?.journal).toBeNull();
    expect((await at(true, false)).places[0]?.journal).toMatchObject({ state: 'submitted' });
    expect((await at(undefined, true)).places[0]?.journal).toMatchObject({ state: 'submitted' });
    expect((await at(undefined, false)).places[0]?.journal).toBeNull();
  });
});

describe('the store', () => {
  test('has objects whose address stands nowhere in the file', async () => {
    const store = createLocalStore({ name: 'local', root: bench.objects });
    const file = still(3);
    const sha256 = await hashOf(await readFile(file));
    const { size } = (await nodeDisk.stat(file)) ?? { size: 0 };
    const key = `XYZG3/V0-2/scene01-c3-${sha256.slice(0, 12)}.png`;
    await store.put({ key, file, sha256, size, contentType: 'image/png' });
    await writeFile(join(bench.objects, 'XYZG3/V0-2/scene01-c4.png'), '');
    await rm(file);
    await rm(still(4));
    expect((await place(3)).store).toEqual({
      key,
      url: store.urlOf(key),
      size,
      modifiedAt: expect.any(Number),
      hash: sha256.slice(0, 12),
      problem: null,
    });
    expect((await place(4)).store?.problem).toBe('it is empty');
    const evidence = await bench.gather();
    expect(salvageOffers(evidence).filter(({ from }) => from.kind === 'object')).toEqual([
      { nodeId: NODE, row: 1, candidate: 3, from: { kind: 'object', key, url: store.urlOf(key) } },
    ]);
    expect(evidence.unseen).toEqual([]);
  });

  test('that cannot be opened is told, and the rest is seen', async () => {
    await writeFile(bench.objects, 'a file where the folder should be');
    const evidence = await bench.gather({
      openStore: async () => {
        throw fail('store-refused', 'The store "r2" has no secret key here.');
      },
    });
    expect(evidence.unseen).toEqual(['store: The store "r2" has no secret key here.']);
    expect(salvageOffers(evidence)).toHaveLength(4);
  });
});

describe('runs', () => {
  const at = (hoursAgo: number) => new Date(systemClock.now() - hoursAgo * HOUR).toISOString();
  const ended = (runId: string, hoursAgo: number, change: Partial<RunSummary>) =>
    summary({ runId, startedAt: at(hoursAgo), finishedAt: at(hoursAgo - 0.5), ...change });

  test('the newest one, its backup, and when its journal was last heard of', async () => {
    run('run-1');
    const now = systemClock.now();
    order(1, { state: 'submitted' }, { at: now - 1_000 });
    const backUp = (ms: number) =>
      takeBackup(bench.workflow, Buffer.from(`{"at":${ms}}`), 'pre-run', {
        db: bench.db,
        disk: nodeDisk,
        clock: { ...systemClock, now: () => ms },
      });
    await backUp(now - 2 * HOUR);
    const own = await backUp(now - HOUR + 1_000);
    await backUp(now - 10);
    const { run: newest } = await bench.gather({ runs: async () => [summary({})] });
    expect(newest).toMatchObject({
      runId: 'run-1',
      status: 'interrupted',
      live: false,
      cause: 'killed',
      endedAt: now - 1_000,
      backup: own.path,
    });
  });

  test('passes are what failed since the first that was cut short; a person who cancels has not failed', async () => {
    const failing = (error: 'timeout' | 'api_error') => ({ nodes: [{ error: { error } }] });
    const records: Record<string, unknown> = {
      '4': failing('timeout'),
      '6': failing('api_error'),
      '1': failing('timeout'),
    };
    const evidence = await bench.gather({
      runs: async () => [
        ended('6', 1, { status: 'failed-nodes', cause: null }),
        ended('5', 2, { status: 'interrupted', cause: 'cancelled' }),
        ended('4', 3, { status: 'failed-nodes', cause: null }),
        ended('3', 4, { status: 'interrupted', cause: 'killed' }),
        ended('2', 5, { status: 'completed', cause: null }),
        ended('1', 6, { status: 'failed-nodes', cause: null }),
      ],
      record: async (runId) => (records[runId] ?? { nodes: [] }) as never,
    });
    expect(evidence.passes.map(({ runId, classes }) => [runId, classes])).toEqual([
      ['4', ['timeout']],
      ['6', ['api_error']],
    ]);
  });

  test('one that goes on is told as live', async () => {
    const { run: newest } = await bench.gather({
      runs: async () => [summary({ status: 'running', cause: null })],
    });
    expect(newest?.live).toBe(true);
  });
});
