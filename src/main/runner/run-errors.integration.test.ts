import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorWords } from '../../shared/error-words.ts';
import type { RunEventOf } from '../../shared/run-events.ts';
import { generationNodes } from '../workflow/generation.ts';
import { parseWorkflow } from '../workflow/read.ts';
import type { ErrorEntry } from './errors-file.ts';
import { type Bench, type BenchOptions, openBench, type Simulator, startSimulator } from './test-support.ts';

/** Every class of behaviour.md §5, in a whole run: what is submitted, what is told, and what a later run makes of it. */

let simulator: Simulator;
let bench: Bench;
let web: Server | null = null;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.kill());
beforeEach(async () => {
  await fetch(`${simulator.url}/sim/reset`, { method: 'POST' });
  await simulator.faults([]);
  bench = await openBench({ server: simulator.url });
});
afterEach(async () => {
  await bench.close();
  web?.closeAllConnections();
  await new Promise((resolve) => (web ? web.close(resolve) : resolve(null)));
  web = null;
});

/** Another bench, with other settings. */
async function reopen(options: Partial<BenchOptions>): Promise<void> {
  await bench.close();
  bench = await openBench({ server: simulator.url, ...options });
}

const errorsPath = () => join(bench.folder, 'project/Generations/errors.json');
const entries = async (): Promise<ErrorEntry[]> => JSON.parse(await readFile(errorsPath(), 'utf8'));
const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The picture of the first scene, and the clip that starts from it. */
async function scene(): Promise<{ image: number; video: number; prompt: string; rule: string }> {
  const nodes = generationNodes(parseWorkflow(await bench.read(), bench.workflow));
  const image = nodes.find((node) => node.kind === 'image');
  const video = nodes.find((node) => node.inputs.some((input) => input.source.nodeId === image?.nodeId));
  const prompt = image?.prompts[0] ?? '';
  return { image: image?.nodeId ?? 0, video: video?.nodeId ?? 0, prompt, rule: prompt.slice(0, 60) };
}

async function run(options: Parameters<Bench['run']>[0] = {}) {
  const { events, end, failure } = await bench.run(options);
  const submissionsOf = (nodeId: number) =>
    events.filter((event) => event.type === 'task.submitted' && event.nodeId === nodeId).length;
  const lastOf = (nodeId: number) =>
    events.findLast(
      (event): event is RunEventOf<'node.state'> => event.type === 'node.state' && event.nodeId === nodeId,
    );
  expect(failure).not.toMatchObject({ code: 'internal' });
  const failed = events.filter((event): event is RunEventOf<'node.failed'> => event.type === 'node.failed');
  return { events, end, failure, submissionsOf, lastOf, failed };
}

describe('one scene that fails', () => {
  it.each([
    { fault: 'task-400', type: 'content_policy', code: 400, attempts: 4 },
    { fault: 'task-500', type: 'api_error', code: 500, attempts: 4 },
    { fault: 'http-500', type: 'api_error', code: 500, attempts: 4 },
    { fault: 'task-0', type: 'api_error', code: 0, attempts: 1 },
    { fault: 'task-0', message: 'Timeout: no result generated', type: 'timeout', code: 0, attempts: 1 },
    {
      fault: 'task-400',
      message: 'Model nano_banana_9 not found',
      type: 'model not available',
      code: 400,
      attempts: 1,
    },
    { fault: 'task-400', message: 'INVALID_ARGUMENT', type: 'api_error', code: 400, attempts: 1 },
  ] as const)(
    'of $fault ($type) is tried $attempts times a candidate, told in full, and mended by a later run',
    async (row) => {
      const { type, code, attempts } = row;
      const { image, video, prompt, rule } = await scene();
      const message = 'message' in row ? { message: row.message } : {};
      await simulator.faults([{ fault: row.fault, kind: 'image', prompt: rule, ...message }]);

      const first = await run();
      expect(first.end).toMatchObject({
        status: 'failed-nodes',
        errorsFile: errorsPath(),
        counts: { nodes: 6, generated: 4, failed: 1, skipped: 1, submitted: 16 + 4 * attempts, lost: 0 },
      });
      // A request that is refused has no task.
      expect(first.submissionsOf(image)).toBe(row.fault === 'http-500' ? 0 : 4 * attempts);
      expect(first.submissionsOf(video)).toBe(0);
      expect(first.lastOf(video)).toMatchObject({ state: 'skipped', reason: `needs node ${image}` });

      const [entry, ...others] = await entries();
      expect(others).toEqual([]);
      expect(entry).toEqual({
        nodeId: image,
        tab: expect.stringMatching(/./),
        title: expect.stringContaining('Scene 01'),
        type,
        code,
        attempts,
        message: expect.stringMatching(/./),
        prompt,
        row: 1,
        workflow: await bench.deps.disk.realPath(bench.workflow),
        runId: first.end.runId,
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      });
      expect(first.failed).toMatchObject([
        { nodeId: image, error: type, attempts, message: entry?.message, cure: errorWords[type].cure },
      ]);

      await simulator.faults([]);
      const second = await run();
      expect(second.end).toMatchObject({
        status: 'completed',
        errorsFile: null,
        counts: { cached: 4, generated: 2, failed: 0, submitted: 8 },
      });
      expect(await isThere(errorsPath())).toBe(false);
    },
  );

  it('again has one entry, that of the latest run', async () => {
    const { image, rule } = await scene();
    await simulator.faults([{ fault: 'task-0', kind: 'image', prompt: rule }]);
    await run();
    const second = await run();
    expect(await entries()).toMatchObject([{ nodeId: image, runId: second.end.runId }]);
  });

  it('keeps its entry while a later run does not try it', async () => {
    const { video } = await scene();
    await simulator.faults([{ fault: 'task-0', kind: 'video', next: 4 }]);
    await reopen({ settings: { 'runner.concurrency': 1 } });
    await run();
    expect(await entries()).toMatchObject([{ nodeId: video, type: 'api_error' }]);
    await simulator.faults([]);
    await run({ mode: 'images' });
    expect(await entries()).toMatchObject([{ nodeId: video }]);
    await run();
    expect(await isThere(errorsPath())).toBe(false);
  });

  it('for some of its candidates only is done, short, and no failure', async () => {
    const { image, rule } = await scene();
    await simulator.faults([{ fault: 'task-0', kind: 'image', prompt: rule, next: 2 }]);
    const { end, lastOf } = await run();
    expect(end).toMatchObject({
      status: 'completed',
      errorsFile: null,
      counts: { failed: 0, submitted: 24 },
    });
    expect(lastOf(image)).toMatchObject({ state: 'done', short: true });
    expect(await isThere(errorsPath())).toBe(false);
  });
});

describe('connection refused', () => {
  it.each(['http-502', 'http-522', 'drop-before'])(
    '(%s) touches no retry: the run goes on by itself',
    async (fault) => {
      await reopen({ settings: { 'runner.retries': 0 } });
      await simulator.faults([{ fault, skip: 3, next: 2 }]);
      const { end } = await run();
      expect(end).toMatchObject({
        status: 'completed',
        errorsFile: null,
        counts: { failed: 0, submitted: 24, lost: 0 },
      });
      expect(await isThere(errorsPath())).toBe(false);
    },
  );
});

describe('api_error of the whole backend', () => {
  it.each([
    ['task-401', 'image'],
    ['http-401', 'image'],
    ['http-403', 'image'],
  ])('%s ends the run at once as refused, and blames no node', async (fault, kind) => {
    await simulator.faults([{ fault, kind }]);
    const { end, failure } = await run({ concurrency: 1 });
    expect(end).toMatchObject({ status: 'aborted', errorsFile: null, counts: { failed: 0 } });
    expect(failure).toMatchObject({ code: 'backend-refused', cure: expect.stringMatching(/./) });
    expect(end.counts.submitted).toBeLessThanOrEqual(4);
    expect(await isThere(errorsPath())).toBe(false);
  });

  it('403 and 429 pause, use up no retry, and go on', async () => {
    await reopen({ settings: { 'runner.retries': 0, 'runner.quotaPauseS': 1 } });
    await simulator.faults([
      { fault: 'task-403', next: 1 },
      { fault: 'task-429', skip: 4, next: 1 },
      { fault: 'http-429', skip: 8, next: 1 },
    ]);
    const { end, events } = await run({ concurrency: 1 });
    expect(end).toMatchObject({
      status: 'completed',
      errorsFile: null,
      counts: { failed: 0, submitted: 27 },
    });
    const pauses = events.filter((event) => event.type === 'run.notice' && event.message.includes('pause'));
    expect(pauses.length).toBeGreaterThan(0);
  });
});

describe('reference', () => {
  /** The avatar of every scene at an address of a real server. */
  async function serveAvatar(answer: () => { status: number; body: Uint8Array | string }) {
    const asked: string[] = [];
    web = createServer((request, response) => {
      asked.push(request.url ?? '');
      const { status, body } = answer();
      response.writeHead(status).end(body);
    });
    const server = web;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const file = JSON.parse(await bench.read());
    for (const node of file.tabs[0].graphData.nodes)
      if (node.type.endsWith('Media')) node.properties.imageUrl = `http://127.0.0.1:${port}/avatar.png`;
    await writeFile(bench.workflow, JSON.stringify(file, null, 2));
    bench.deps.fetch = fetch;
    return asked;
  }

  it.each([
    { status: 404, body: 'gone', asked: 1, words: 'not there any more' },
    { status: 500, body: 'oops', asked: 3, words: 'answers 500' },
    { status: 200, body: '<html>sign in</html>', asked: 3, words: 'HTML page' },
    { status: 200, body: '', asked: 3, words: '0 bytes' },
  ])('that answers $status "$body" is asked for $asked times in all; nothing is submitted', async (row) => {
    let answer: { status: number; body: Uint8Array | string } = row;
    const asked = await serveAvatar(() => answer);
    const { end, failed } = await run();
    expect(end).toMatchObject({
      status: 'failed-nodes',
      counts: { generated: 0, failed: 3, skipped: 3, submitted: 0 },
    });
    expect(asked).toHaveLength(row.asked);
    expect(failed).toHaveLength(3);
    for (const entry of await entries()) {
      expect(entry).toMatchObject({ type: 'reference', code: 0, attempts: 0, row: 1 });
      expect(entry.message).toContain(row.words);
      expect(entry.message).toContain('/avatar.png');
    }
    answer = {
      status: 200,
      body: await sharp({ create: { width: 90, height: 160, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    };
    const again = await run();
    expect(again.failed).toEqual([]);
    expect(again.end).toMatchObject({ status: 'completed', errorsFile: null });
    expect(await isThere(errorsPath())).toBe(false);
  });
});

describe('dangling link', () => {
  it('lets no run begin: nothing is asked of the backend, and the file stays as it is', async () => {
    await reopen({ fixture: 'broken/08-dangling-link.nbflow' });
    const before = await bench.read();
    await expect(run()).rejects.toMatchObject({
      failure: { code: 'check-failed', cure: expect.stringMatching(/./) },
    });
    expect(await bench.read()).toBe(before);
    const [entry] = await entries();
    expect(entry).toMatchObject({ type: 'dangling link', attempts: 0, row: 0, runId: null });
    expect(entry?.message).toContain('Link');
    expect(await readdir(join(bench.folder, 'project'))).not.toContain('backups');
    const state = z
      .object({ submits: z.object({ received: z.number() }) })
      .parse(await (await fetch(`${simulator.url}/sim/state`)).json());
    expect(state.submits.received).toBe(0);
  });

  it('is gone from errors.json with the first run after it was mended', async () => {
    await reopen({ fixture: 'broken/08-dangling-link.nbflow' });
    await expect(run()).rejects.toThrow();
    await bench.runner.fix(bench.workflow);
    expect((await run({ mode: 'images' })).end).toMatchObject({ status: 'completed', errorsFile: null });
    expect(await isThere(errorsPath())).toBe(false);
  });
});
