import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diagnose } from './diagnose.ts';
import { gatherEvidence } from './gather.ts';
import { type GatherBench, openGatherBench } from './testing/gather-bench.ts';

/** A workflow of another tool that was bumped: what it has keeps the names of the version before. */

let bench: GatherBench;
let next: string;
let former: string;

beforeEach(async () => {
  bench = await openGatherBench('crashed/images-done');
  next = join(dirname(bench.workflow), 'XYZG3-V0-3.nbflow');
  former = join(bench.folder, 'backups', 'XYZG3-V0-2.nbflow');
  await writeFile(next, await readFile(bench.workflow));
  await mkdir(dirname(former), { recursive: true });
  await rename(bench.workflow, former);
});
afterEach(() => bench.close());

const diagnosis = async () =>
  diagnose(await gatherEvidence(next, bench.deps, new AbortController().signal), bench.deps.clock.now());

test('keeps what it came with: nothing of it is bought again', async () => {
  expect(await diagnosis()).toMatchObject({
    verdict: 'resume',
    plan: { action: 'resume', images: 12, videos: 32 },
  });
});

test('keeps it after one more bump, whichever of its versions is there still', async () => {
  const third = join(dirname(next), 'XYZG3-V0-4.nbflow');
  await rename(next, third);
  next = third;
  expect((await diagnosis()).verdict).toBe('resume');
});

test('is doubted where no former version had it there, or had it for another prompt', async () => {
  const text = await readFile(former, 'utf8');
  await writeFile(former, text.replaceAll('scene01-c1.png', 'scene01-c9.png'));
  const one = (await diagnosis()).nodes.filter(({ state }) => state === 'suspicious');
  expect(one.map(({ nodeId }) => nodeId)).toEqual([4]);
  const seen = await gatherEvidence(next, bench.deps, new AbortController().signal);
  expect(seen.nodes[0]?.places.map(({ cache }) => cache?.named)).toEqual([
    'other version',
    'ours',
    'ours',
    'ours',
  ]);
  await rm(former);
  expect((await diagnosis()).verdict).toBe('suspicious output');
});

test('is doubted where the prompt was another', async () => {
  const seen = await gatherEvidence(next, bench.deps, new AbortController().signal);
  expect(
    seen.nodes.every(({ places }) => places.every(({ cache }) => cache?.named !== 'other version')),
  ).toBe(true);
  const text = await readFile(former, 'utf8');
  const rows = /"dynamicRows":\s*\[\s*"([^"]+)"/.exec(text)?.[1] ?? '';
  expect(rows).not.toBe('');
  await writeFile(former, text.replace(rows, 'something else altogether'));
  expect((await diagnosis()).verdict).toBe('suspicious output');
});

test('a former version that is damaged says nothing', async () => {
  await writeFile(former, '{');
  expect((await diagnosis()).verdict).toBe('suspicious output');
});
