import { copyFile, mkdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { takeBackup } from '../history/backup.ts';
import { systemClock } from '../platform/clock.ts';
import { nodeDisk } from '../platform/disk.ts';
import { decodeWorkflow, parseWorkflow } from '../workflow/read.ts';
import { diagnose } from './diagnose.ts';
import type { Evidence, NodeEvidence, PlaceEvidence } from './evidence.ts';
import { gatherEvidence } from './gather.ts';
import { salvageOffers } from './salvage.ts';
import { type GatherBench, openGatherBench } from './testing/gather-bench.ts';

let bench: GatherBench;
afterEach(() => bench.close());

const DEAD = /scene03-c[24]\.png|scene05-c\d\.png|scene02-c\d\.mp4/;
const pictures = () => join(bench.folder, 'Assets', 'XYZG3', 'generated-images', 'v0-2');

const node = (evidence: Evidence, nodeId: number): NodeEvidence => {
  const found = evidence.nodes.find((entry) => entry.nodeId === nodeId);
  if (found === undefined) throw new Error(`no node ${nodeId}`);
  return found;
};
const place = (evidence: Evidence, nodeId: number, candidate = 1): PlaceEvidence => {
  const found = node(evidence, nodeId).places.find(
    (entry) => entry.candidate === candidate && entry.row === 1,
  );
  if (found === undefined) throw new Error(`no candidate ${candidate} of node ${nodeId}`);
  return found;
};

/** Nodes and candidates that nobody has: what a run that salvages would have to make. */
function left(evidence: Evidence): { nodes: number[]; tasks: number } {
  const offers = new Set(salvageOffers(evidence).map((offer) => `${offer.nodeId}/${offer.candidate}`));
  const open = evidence.nodes.flatMap(({ nodeId, places }) =>
    places
      .filter(
        ({ cache, candidate }) =>
          (cache === null || cache.state === 'gone') && !offers.has(`${nodeId}/${candidate}`),
      )
      .map(() => nodeId),
  );
  return { nodes: [...new Set(open)].sort((a, b) => a - b), tasks: open.length };
}

describe('projects a crashed run of another tool left', () => {
  test('images-done: the stills of five scenes are in the file, the rest is to be made', async () => {
    bench = await openGatherBench('crashed/images-done');
    const evidence = await bench.gather();
    expect(left(evidence)).toEqual({ nodes: [9, 18, 27, 36, 45, 49, 54, 58, 63, 67, 72], tasks: 44 });
    expect(evidence.source).toEqual({ state: 'sound', findings: [] });
    expect(evidence.nodes).toHaveLength(16);
    expect(place(evidence, 4).cache).toMatchObject({ state: 'there', named: 'ours' });
    expect(evidence.export).toBeNull();
    expect(evidence.errors).toBeNull();
    expect(evidence.run).toBeNull();
    expect(evidence.unseen).toEqual([]);
  });

  test('images-done: the file in use of a scene is counted, and taken for none of its candidates', async () => {
    bench = await openGatherBench('crashed/images-done');
    const evidence = await bench.gather();
    expect(evidence.nodes.map(({ inUse }) => inUse).reduce((sum, one) => sum + one, 0)).toBe(5);
    expect(place(evidence, 4).local).toBeNull();
    const { nodes } = diagnose(evidence, systemClock.now());
    const counted = nodes.filter(({ local }) => local > 0);
    expect(counted.map(({ nodeId, local, salvaged }) => [nodeId, local, salvaged])).toEqual(
      [4, 13, 22, 31, 40].map((nodeId) => [nodeId, 1, 0]),
    );
  });

  test('local-only: the four stills of the first scene are offered, nothing else is', async () => {
    bench = await openGatherBench('crashed/local-only');
    const evidence = await bench.gather();
    expect(salvageOffers(evidence)).toEqual(
      [1, 2, 3, 4].map((candidate) => ({
        nodeId: 4,
        row: 1,
        candidate,
        from: {
          kind: 'file',
          file: join(pictures(), `scene01-c${candidate}.png`),
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      })),
    );
    expect(left(evidence)).toEqual({
      nodes: [9, 13, 18, 22, 27, 31, 36, 40, 45, 49, 54, 58, 63, 67, 72],
      tasks: 60,
    });
  });

  test('truncated-output: the export is cut off, and it is told where', async () => {
    bench = await openGatherBench('crashed/truncated-output');
    const evidence = await bench.gather();
    expect(left(evidence).tasks).toBe(0);
    expect(evidence.export).toMatchObject({
      state: 'unreadable',
      at: new Date(2026, 4, 12, 14, 30, 21).getTime(),
    });
    expect(evidence.export?.message).toMatch(/is not JSON: line \d+, column \d+/);
  });

  test('complete-output: the export has all that the source has', async () => {
    bench = await openGatherBench('crashed/complete-output');
    const evidence = await bench.gather();
    expect(left(evidence).tasks).toBe(0);
    expect(evidence.export).toMatchObject({ state: 'complete', gaps: [], message: null });
  });

  test('a clip whose pictures answer 404 is to be made anew, as a run would', async () => {
    bench = await openGatherBench('crashed/mixed-urls', (request, response) => {
      response.statusCode = /scene01-c\d\.png/.test(request.url ?? '') ? 404 : 200;
      response.end();
    });
    const evidence = await bench.gather();
    expect(node(evidence, 4).reason).toBe('stale url');
    expect(node(evidence, 9).reason).toBe('frame changed');
    expect(node(evidence, 18).reason).toBe('cached');
  });

  test('mixed-urls: what answers 404 is gone, and the backup has nothing cached', async () => {
    bench = await openGatherBench('crashed/mixed-urls', (request, response) => {
      response.statusCode = DEAD.test(request.url ?? '') ? 404 : 200;
      response.end();
    });
    const evidence = await bench.gather();
    expect(left(evidence)).toEqual({ nodes: [18, 22, 27, 36, 40, 45, 54, 63, 72], tasks: 34 });
    expect(node(evidence, 22).places.map(({ cache }) => cache?.state)).toEqual([
      'there',
      'gone',
      'there',
      'gone',
    ]);
    expect(evidence.backups).toEqual([
      {
        id: null,
        path: join(bench.folder, 'backups', 'XYZG3-V0-2.nbflow.bak-2026-05-12-pre-run'),
        at: expect.any(Number),
        reason: 'pre-run',
        sound: true,
        cached: 0,
        images: 32,
        videos: 32,
      },
    ]);
  });

  test('with-errors-json: the failures of another tool are read, and the export has gaps', async () => {
    bench = await openGatherBench('crashed/with-errors-json');
    const evidence = await bench.gather();
    expect(left(evidence)).toEqual({ nodes: [49, 54, 63], tasks: 12 });
    expect(evidence.export).toMatchObject({ state: 'with gaps', gaps: [49, 54, 63] });
    expect(evidence.errors?.entries).toEqual([
      { nodeId: 49, type: 'timeout', message: 'No result after 300 s', attempts: 1 },
      {
        nodeId: 63,
        type: 'content_policy',
        message: 'The prompt was blocked by the safety filter',
        attempts: 3,
      },
    ]);
  });
});

describe('files that are left out', () => {
  const problemOf = async (candidate: number) => place(await bench.gather(), 4, candidate).local?.problem;
  const still = (candidate: number, ext = 'png') => join(pictures(), `scene01-c${candidate}.${ext}`);

  test('one that is cut off', async () => {
    bench = await openGatherBench('crashed/local-only');
    await truncate(still(2), 40);
    expect(await problemOf(2)).toMatch(/^it is cut off/);
    expect(salvageOffers(await bench.gather()).map(({ candidate }) => candidate)).toEqual([1, 3, 4]);
  });

  test('one of another shape, but for those of a few pixels', async () => {
    bench = await openGatherBench('crashed/local-only');
    const colour = { r: 200, g: 90, b: 10 };
    await sharp({ create: { width: 320, height: 240, channels: 3, background: colour } }).toFile(still(1));
    expect(await problemOf(1)).toBe('it is 320×240, and 9:16 was asked for');
    expect(await problemOf(2)).toBeNull();
  });

  test('a picture that is there twice is offered once', async () => {
    bench = await openGatherBench('crashed/local-only');
    await copyFile(still(1), still(3));
    expect(await problemOf(1)).toBeNull();
    expect(await problemOf(3)).toBe('it is the same as candidate 1 of Scene 01 — image gen (node 4)');
  });

  test('those of another version, told where nothing else is known', async () => {
    bench = await openGatherBench('crashed/local-only');
    const other = join(dirname(pictures()), 'v0-1');
    await mkdir(other);
    for (const candidate of [1, 2]) {
      await copyFile(still(candidate), join(other, `scene01-c${candidate}.png`));
      await rm(still(candidate));
    }
    await copyFile(still(3), join(other, 'scene02-c1.png'));
    const evidence = await bench.gather();
    // Candidates 3 and 4 are there: the scene has files of its own version.
    expect(place(evidence, 4, 1).local).toBeNull();
    expect(place(evidence, 13, 1).local).toMatchObject({
      file: join(other, 'scene02-c1.png'),
      problem: 'it is of v0-1, and this is v0-2',
    });
    expect(salvageOffers(evidence).map(({ nodeId, candidate }) => [nodeId, candidate])).toEqual([
      [4, 3],
      [4, 4],
    ]);
  });

  test('of two that claim a place the whole one is taken, then the newer one', async () => {
    bench = await openGatherBench('crashed/local-only');
    const jpeg = await sharp(still(1)).jpeg().toBuffer();
    await writeFile(still(1, 'jpg'), jpeg);
    await utimes(still(1, 'jpg'), 1_000, 1_000);
    expect(place(await bench.gather(), 4).local?.file).toBe(still(1));
    await truncate(still(1), 40);
    expect(place(await bench.gather(), 4).local).toMatchObject({ file: still(1, 'jpg'), problem: null });
  });

  test('one that is older than the prompt, by the backups', async () => {
    bench = await openGatherBench('crashed/local-only');
    const text = await readFile(bench.workflow, 'utf8');
    const [prompt = ''] = (await bench.deps.plan(await opened(), new Set())).nodes[0]?.node.prompts ?? [];
    const beginning = prompt.split(' ').slice(0, 6).join(' ');
    expect(text).toContain(beginning);
    const before = text.replace(beginning, 'Quite another prompt, as it was once');
    await backUp(before, 'pre-run');
    await utimes(still(1), new Date(), new Date(systemClock.now() - 3_600_000));
    await writeFile(still(2), await readFile(still(2)));
    expect(await problemOf(1)).toMatch(
      /^it is older than \d{4}-\d\d-\d\d \d\d:\d\d, when its prompt or a reference was another still$/,
    );
    expect(await problemOf(2)).toBeNull();
    // Another scene's prompt is the same as ever.
    expect(place(await bench.gather(), 13).local).toBeNull();
  });

  test('one that a person had thrown away', async () => {
    bench = await openGatherBench('crashed/local-only');
    const text = await readFile(bench.workflow, 'utf8');
    const url = 'https://pub-0000.r2.dev/XYZG3/V0-2/scene01-c1.png';
    const cached = text.replace(/"_savedImages": (\[\]|null)/, `"_savedImages": ["${url}"]`);
    expect(cached).not.toBe(text);
    await utimes(still(1), new Date(), new Date(systemClock.now() - 60_000));
    await backUp(cached, 'pre-cache-wipe');
    expect(await problemOf(1)).toMatch(/^it is of output that was cleared on /);
    expect(await problemOf(2)).toBeNull();
  });

  test('one of an output that a run found stale and cleared, though no backup has the old prompt after it', async () => {
    bench = await openGatherBench('crashed/local-only');
    const text = await readFile(bench.workflow, 'utf8');
    const now = systemClock.now();
    const old = text.replace('"_savedImages": []', '"_savedImages": ["https://pub-0000.r2.dev/old.png"]');
    const stale =
      old === text
        ? text.replace('"_savedImages": null', '"_savedImages": ["https://pub-0000.r2.dev/old.png"]')
        : old;
    expect(stale).not.toBe(text);
    // First run: its backup, then its pictures. Then the prompt was edited, and the second run took its own backup.
    await utimes(still(1), new Date(), new Date(now - 60_000));
    await backUp(stale, 'pre-run', now - 30_000);
    expect(await problemOf(1)).toMatch(/^it is of output that was cleared on /);
    // Made since, by the run that was cut short.
    await utimes(still(1), new Date(), new Date(now - 10_000));
    expect(await problemOf(1)).toBeNull();
  });

  test('with a clock set back: what lies in the future tells nothing, and is not trusted', async () => {
    bench = await openGatherBench('crashed/local-only');
    const ahead = new Date(systemClock.now() + 24 * 3_600_000);
    for (const candidate of [1, 2, 3, 4]) await utimes(still(candidate), ahead, ahead);
    expect(await problemOf(1)).toBeNull();
    const text = await readFile(bench.workflow, 'utf8');
    // A backup of tomorrow says nothing of today.
    await backUp(text.replaceAll('vertical', 'horizontal'), 'pre-run', systemClock.now() + 48 * 3_600_000);
    expect(await problemOf(1)).toBeNull();
    await backUp(text.replaceAll('vertical', 'horizontal'), 'pre-run');
    expect(await problemOf(1)).toBe('its date lies in the future, and its node had other output once');
  });

  async function opened() {
    const bytes = await readFile(bench.workflow);
    return {
      path: bench.workflow,
      bytes,
      workflow: parseWorkflow(decodeWorkflow(bytes, bench.workflow), bench.workflow),
      findings: [],
    };
  }
  const backUp = (text: string, reason: string, at = systemClock.now()) =>
    takeBackup(bench.workflow, Buffer.from(text), reason, {
      db: bench.db,
      disk: nodeDisk,
      clock: { ...systemClock, now: () => at },
    });
});

describe('a source that cannot be read', () => {
  test('the newest sound backup stands in for it', async () => {
    bench = await openGatherBench('crashed/images-done');
    const text = await readFile(bench.workflow);
    const sound = await takeBackup(bench.workflow, text, 'pre-run', {
      ...bench.deps,
      db: bench.db,
      disk: nodeDisk,
    });
    await takeBackup(bench.workflow, text.subarray(0, 5_000), 'pre-wipe', {
      ...bench.deps,
      db: bench.db,
      disk: nodeDisk,
    });
    await truncate(bench.workflow, 20_000);
    const evidence = await bench.gather();
    expect(evidence.source).toMatchObject({
      state: 'unreadable',
      where: expect.stringContaining('XYZG3-V0-2.nbflow:'),
    });
    expect(evidence.nodesFrom).toEqual({ backup: sound.path });
    expect(evidence.backups.map((backup) => [backup.reason, backup.sound])).toEqual([
      ['pre-wipe', false],
      ['pre-run', true],
    ]);
    expect(evidence.nodes).toHaveLength(16);
    expect(evidence.backups[1]).toMatchObject({ cached: 20, images: 12, videos: 32 });
  });

  test('one that is missing has its backups too', async () => {
    bench = await openGatherBench('crashed/mixed-urls');
    await rm(bench.workflow);
    const evidence = await bench.gather();
    expect(evidence.source).toEqual({ state: 'missing' });
    expect(evidence.nodesFrom).toEqual({ backup: evidence.backups[0]?.path });
  });

  test('without a backup there are no nodes, and nothing fails', async () => {
    bench = await openGatherBench('crashed/images-done');
    await truncate(bench.workflow, 20_000);
    const evidence = await bench.gather();
    expect(evidence).toMatchObject({ nodes: [], nodesFrom: 'source', backups: [] });
  });
});

describe('what does not answer', () => {
  test('a dead host, a store that hangs and a silent G-Labs are told and waited for no longer than their limits', async () => {
    bench = await openGatherBench('crashed/images-done', () => undefined);
    const never = () => new Promise<never>(() => undefined);
    const evidence = await bench.gather({
      openStore: never,
      backend: never,
      limits: { ...bench.deps.limits, addressMs: 200, storeMs: 100, servicesMs: 100 },
    });
    expect(evidence.unseen.sort()).toEqual([
      'G-Labs: no answer within 0.1 s',
      'addresses: 20 of 20 had no answer',
      'store: no answer within 0.1 s',
    ]);
    expect(evidence.backend.state).toBe('unknown');
    expect(place(evidence, 4).cache?.state).toBe('unknown');
  });

  test('in a hurry files are offered without being decoded, and it is told', async () => {
    bench = await openGatherBench('crashed/local-only');
    const evidence = await bench.gather({
      limits: { ...bench.deps.limits, decodeMs: 0 },
      // The time is up at once.
      clock: {
        ...systemClock,
        sleep: async (ms, signal) => (ms === 0 ? undefined : systemClock.sleep(ms, signal)),
      },
      inspect: async () => Promise.reject(new Error('was decoded')),
    });
    expect(salvageOffers(evidence)).toHaveLength(4);
    expect(evidence.unseen).toEqual(['Assets: 4 files were read and not decoded in time']);
  });

  test('a look that is called off ends with the reason', async () => {
    bench = await openGatherBench('crashed/images-done', () => undefined);
    const over = new AbortController();
    const looking = gatherEvidence(bench.workflow, bench.deps, over.signal);
    over.abort(new Error('called off'));
    await expect(looking).rejects.toThrow('called off');
  });
});
