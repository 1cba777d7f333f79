import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { inspectMedia } from '../platform/media.ts';
import { BackendError, type GenerationRequest, type TaskReport } from './backend.ts';
import { createGlabsBackend, type GlabsBackend, type GlabsOptions } from './glabs.ts';

/** The client and the simulator were written apart, by one document: here they meet, as two processes. */

const main = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));
type CleanUp = (() => unknown)[];
const endAll = async (cleanUp: CleanUp) => {
  for (const end of cleanUp.splice(0)) await end();
};
const afterThis: CleanUp = [];
afterEach(() => endAll(afterThis));

async function simulator(
  args: string[],
  more: Partial<GlabsOptions> = {},
  env: NodeJS.ProcessEnv = {},
  cleanUp = afterThis,
) {
  const child: ChildProcess = spawn(
    process.execPath,
    [main, '--port', '0', '--latency', '0', '--seed', '7', ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    },
  );
  cleanUp.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  if (child.stdout === null) throw new Error('no output to read');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { url } = JSON.parse(String(line)) as { url: string };
  const options = { apiKey: null, authHeader: 'X-API-Key', healthPaths: ['/api/health', '/health'] };
  const backend = createGlabsBackend({ server: url, ...options, clock: systemClock, ...more });
  cleanUp.unshift(() => backend.close());
  return backend;
}

const image: GenerationRequest = {
  kind: 'image',
  prompt: 'Scene 01: a woman stretches at dawn on a wooden deck above a lake, soft light',
  model: 'nano_banana_2',
  aspectRatio: '9:16',
  references: [],
};

async function ended(backend: GlabsBackend, taskId: string | null): Promise<TaskReport> {
  if (taskId === null) throw new Error('no task');
  for (;;) {
    const report = await backend.poll(taskId);
    if (report === null) throw new Error('the task is lost');
    if (report.status === 'completed' || report.status === 'failed') return report;
    await systemClock.sleep(10);
  }
}

async function outcome(work: Promise<unknown>): Promise<BackendError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof BackendError) return error;
  throw error ?? new Error('nothing was rejected');
}

describe('the simulator', () => {
  test('is a G-Labs in demo, and makes a picture and, from it, a clip', async () => {
    const backend = await simulator([]);
    expect(await backend.health()).toMatchObject({ healthPath: '/api/health', demo: true });
    await backend.checkKey();
    const first = await ended(backend, (await backend.submit(image)).taskId);
    expect(first).toMatchObject({ status: 'completed', prompt: image.prompt });
    const file = await backend.download(first.results[0]?.url ?? '');
    expect(file.expectedBytes).toBe(file.bytes.length);
    expect(await inspectMedia(file.bytes)).toMatchObject({ ext: 'png', width: 768, height: 1376 });

    const video: GenerationRequest = {
      ...image,
      kind: 'video',
      model: 'veo_31_fast',
      references: [{ name: 'start.png', bytes: file.bytes, mediaType: 'image/png' }],
    };
    const second = await ended(backend, (await backend.submit(video)).taskId);
    const clip = await backend.download(second.results[0]?.url ?? '');
    expect(await inspectMedia(clip.bytes)).toMatchObject({ ext: 'mp4' });

    const listed = await backend.listTasks();
    expect(listed.map(({ taskId }) => taskId)).toEqual([second.taskId, first.taskId]);
    expect(listed[1]).toMatchObject({ promptStart: image.prompt.slice(0, 50), promptWhole: false });
    expect(listed[1]?.createdAt).toBe(first.createdAt);
    expect(await backend.poll('00000000')).toBeNull();
  });

  test('asks for its key', async () => {
    const env = { GLABS_SIM_KEY: 'right' };
    const wrong = await simulator(['--tiny'], { apiKey: 'wrong' }, env);
    expect(await outcome(wrong.checkKey())).toMatchObject({ kind: 'refused', code: 401 });
    const right = createGlabsBackend({
      server: wrong.server,
      apiKey: 'right',
      authHeader: 'X-API-Key',
      healthPaths: ['/api/health'],
      clock: systemClock,
    });
    afterThis.unshift(() => right.close());
    await right.checkKey();
  });

  test.each([
    ['health-path', '/health'],
    ['sync', '/api/health'],
    ['multi-file', '/api/health'],
  ])('as the variant %s', async (variant, healthPath) => {
    const backend = await simulator(['--tiny', '--variant', variant]);
    expect((await backend.health()).healthPath).toBe(healthPath);
    const submission = await backend.submit(image);
    const results = submission.results ?? (await ended(backend, submission.taskId)).results;
    expect(submission.results !== null).toBe(variant === 'sync');
    expect(results.length > 1).toBe(variant === 'multi-file');
    for (const result of results) {
      const bytes = result.bytes ?? (await backend.download(result.url)).bytes;
      expect((await inspectMedia(bytes)).kind).toBe('image');
    }
  });

  test('stops a task that is at work', async () => {
    const backend = await simulator(['--tiny', '--latency', '600000']);
    const { taskId } = await backend.submit(image);
    expect(await backend.stop(taskId ?? '')).toBe(true);
    expect(await ended(backend, taskId)).toMatchObject({
      status: 'failed',
      error: { class: 'api_error', code: 499 },
    });
  });
});

describe('a fault of the simulator', () => {
  const afterAllOfThem: CleanUp = [];
  let backend: GlabsBackend;
  beforeAll(async () => {
    backend = await simulator(['--tiny'], { submitTimeoutMs: 300 }, {}, afterAllOfThem);
  });
  afterAll(() => endAll(afterAllOfThem));

  /** Forgets everything, then sets the faults. */
  async function faults(...rules: { fault: string; next?: number }[]): Promise<void> {
    for (const [path, body] of [
      ['reset', {}],
      ['faults', { rules }],
    ] as const) {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${backend.server}/sim/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(await answer.text());
    }
  }

  test.each([
    ['task-400', 400, 'content_policy'],
    ['task-403', 403, 'api_error'],
    ['task-429', 429, 'api_error'],
    ['task-500', 500, 'api_error'],
    ['task-0', 0, 'api_error'],
  ])('%s ends the task as %i, %s', async (fault, code, errorClass) => {
    await faults({ fault });
    const report = await ended(backend, (await backend.submit(image)).taskId);
    expect(report).toMatchObject({ status: 'failed', error: { code, class: errorClass } });
  });

  test.each([
    ['http-401', 'refused', 'no', 0],
    ['http-403', 'refused', 'no', 0],
    ['http-429', 'quota', 'no', 0],
    ['http-500', 'upstream', 'no', 0],
    ['http-502', 'unreachable', 'unknown', 0],
    ['http-522', 'unreachable', 'unknown', 0],
    ['drop-before', 'unreachable', 'unknown', 0],
    ['drop-answer', 'unreachable', 'unknown', 1],
    ['hang', 'no-answer', 'unknown', 0],
    ['hang-answer', 'no-answer', 'unknown', 1],
    ['html', 'wrong-service', 'unknown', 0],
  ])('%s at a submit is %s, arrived: %s, and leaves %i tasks', async (fault, kind, arrived, tasks) => {
    await faults({ fault });
    expect(await outcome(backend.submit(image))).toMatchObject({ kind, arrived });
    expect(await backend.listTasks()).toHaveLength(tasks);
  });

  test('a short file comes with its announced length, a corrupt one does not decode', async () => {
    await faults({ fault: 'short-file', next: 1 }, { fault: 'corrupt-file', next: 1 });
    const { results } = await ended(backend, (await backend.submit(image)).taskId);
    const url = results[0]?.url ?? '';
    const short = await backend.download(url);
    expect(short.expectedBytes).toBeGreaterThan(short.bytes.length);
    const corrupt = await backend.download(url);
    expect(corrupt.expectedBytes).toBe(corrupt.bytes.length);
    await expect(inspectMedia(corrupt.bytes)).rejects.toThrow();
    expect((await inspectMedia((await backend.download(url)).bytes)).kind).toBe('image');
  });

  test('a lost task is null', async () => {
    await faults({ fault: 'lost' });
    const { taskId } = await backend.submit(image);
    expect(await backend.poll(taskId ?? '')).toBeNull();
  });
});
