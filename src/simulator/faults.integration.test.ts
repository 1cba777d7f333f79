import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultRule } from './faults.ts';
import { type SimulatorProcess, startProcess } from './test-process.ts';

let sim: SimulatorProcess;
beforeAll(async () => {
  sim = await startProcess(['--seed', '7', '--tiny']);
});
afterAll(async () => {
  await sim.stop();
});
beforeEach(async () => {
  await sim.post('/sim/reset');
});

const set = async (...rules: FaultRule[]) => {
  const answer = await sim.post('/sim/faults', { rules });
  expect(answer.status).toBe(200);
};
const state = async () => (await sim.get('/sim/state')).json();
const made = async () => (await state()).submits.made;
const image = (prompt = 'Scene 03: a jar', signal?: AbortSignal) =>
  fetch(`${sim.url}/api/image/generate`, {
    method: 'POST',
    body: JSON.stringify({ prompt }),
    ...(signal === undefined ? {} : { signal }),
  });

describe('faults of a task', () => {
  it.each([
    ['task-400', 400, /content policy/],
    ['task-401', 401, /UNAUTHENTICATED/],
    ['task-403', 403, /PERMISSION_DENIED/],
    ['task-429', 429, /quota/],
    ['task-500', 500, /INTERNAL/],
    ['task-0', 0, /No active accounts available/],
  ] as const)('%s fails it with code %i', async (fault, code, words) => {
    await set({ fault });
    const task = await sim.ended(await sim.submit('image', { prompt: 'x' }));
    expect(task).toMatchObject({ status: 'failed', error_code: code, error: expect.stringMatching(words) });
    expect(task.error_detail).toBe(code === 0 ? task.error : `${code}: ${task.error}`);
  });

  it('hit exactly the scene they are meant for', async () => {
    await set({ fault: 'task-500', prompt: 'Scene 03', next: 1 });
    const end = async (prompt: string) => (await sim.ended(await sim.submit('image', { prompt }))).status;
    expect(await end('Scene 02: a jar')).toBe('completed');
    expect(await end('Scene 03: a jar')).toBe('failed');
    expect(await end('Scene 03: a jar')).toBe('completed');
  });

  it('refuse-prompt refuses a text every time', async () => {
    await set({ fault: 'refuse-prompt', prompt: 'celebrity' });
    for (let n = 0; n < 2; n++) {
      const task = await sim.ended(await sim.submit('image', { prompt: 'a Celebrity waves' }));
      expect(task).toMatchObject({ error_code: 400, error: expect.stringContaining('content policy') });
    }
    expect((await sim.ended(await sim.submit('image', { prompt: 'a jar' }))).status).toBe('completed');
  });

  it('stuck keeps it running, but it can be stopped', async () => {
    await set({ fault: 'stuck', next: 1 });
    const id = await sim.submit('image', { prompt: 'x' });
    expect(await (await sim.get(`/api/status/${id}`)).json()).toMatchObject({ status: 'running' });
    expect(await (await sim.get('/api/health')).json()).toMatchObject({ tasks_running: 1 });
    expect(await (await sim.post(`/api/stop/${id}`)).json()).toMatchObject({ stopped: [id] });
  });

  it('lost answers with an id that nobody knows afterwards', async () => {
    await set({ fault: 'lost', next: 1 });
    const id = await sim.submit('image', { prompt: 'x' });
    expect((await sim.get(`/api/status/${id}`)).status).toBe(404);
    expect((await (await sim.get('/api/tasks')).json()).tasks).toEqual([]);
    expect(await made()).toBe(1);
  });
});

describe('faults of HTTP', () => {
  it.each([
    ['http-401', 401, 'Invalid or missing API key'],
    ['http-403', 403, 'Webhook requires MAX plan'],
    ['http-429', 429, 'Too many requests'],
    ['http-500', 500, 'Internal server error'],
    ['http-503', 503, 'Service unavailable'],
  ] as const)('%s answers %i and makes nothing', async (fault, status, error) => {
    await set({ fault, next: 1 });
    const answer = await image();
    expect([answer.status, await answer.json()]).toEqual([status, { error }]);
    expect(await made()).toBe(0);
    expect((await image()).status).toBe(202);
  });

  it.each([
    ['http-502', 502],
    ['http-522', 522],
    ['html', 200],
  ] as const)('%s answers a page with %i and makes nothing', async (fault, status) => {
    await set({ fault });
    const answer = await image();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/text\/html/);
    expect(await answer.text()).toMatch(/^<!DOCTYPE html>/);
    expect(await made()).toBe(0);
  });

  it('can strike at every place', async () => {
    const id = await sim.submit('image', { prompt: 'x' });
    const file = (await sim.ended(id)).results?.[0] ?? '';
    const paths = { health: '/api/health', tasks: '/api/tasks', status: `/api/status/${id}`, file } as const;
    for (const [on, path] of Object.entries(paths)) {
      await set({ fault: 'http-500', on: on as keyof typeof paths });
      expect((await sim.get(path)).status).toBe(500);
    }
    await set({ fault: 'http-500', on: 'stop' });
    expect((await sim.post('/api/stop')).status).toBe(500);
  });
});

describe('faults of the connection', () => {
  it('drop-before cuts it and makes nothing', async () => {
    await set({ fault: 'drop-before', next: 1 });
    await expect(image()).rejects.toThrow();
    expect(await made()).toBe(0);
  });

  it('drop-answer makes the task and cuts it', async () => {
    await set({ fault: 'drop-answer', next: 1 });
    await expect(image('Scene 09')).rejects.toThrow();
    expect(await made()).toBe(1);
    const { tasks } = await (await sim.get('/api/tasks')).json();
    expect(tasks).toMatchObject([{ prompt: 'Scene 09', status: 'completed' }]);
  });

  it.each([
    ['hang', 0],
    ['hang-answer', 1],
  ] as const)('%s never answers, and %i tasks are made', async (fault, tasks) => {
    await set({ fault, next: 1 });
    const given = new AbortController();
    let settled = false;
    const answer = image('x', given.signal).finally(() => {
      settled = true;
    });
    // Its turn has come when the rule has struck; a later request is answered and it still is not.
    while ((await state()).faults[0]?.hits === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await image('y')).status).toBe(202);
    expect(settled).toBe(false);
    given.abort();
    await expect(answer).rejects.toThrow();
    expect(await made()).toBe(tasks + 1);
  });

  it('restart forgets every task and cuts the connection', async () => {
    const id = await sim.submit('image', { prompt: 'x' });
    await set({ fault: 'restart', next: 1 });
    const before = (await state()).uptimeMs;
    await expect(image()).rejects.toThrow();
    expect((await sim.get(`/api/status/${id}`)).status).toBe(404);
    expect((await state()).uptimeMs).toBeLessThan(before);
    expect((await image()).status).toBe(202);
  });
});

describe('faults of a file', () => {
  const file = async () => (await sim.ended(await sim.submit('image', { prompt: 'x' }))).results?.[0] ?? '';

  it('short-file announces more than it sends', async () => {
    const url = await file();
    await set({ fault: 'short-file', next: 1 });
    const answer = await fetch(url);
    const announced = Number(answer.headers.get('content-length'));
    await expect(answer.arrayBuffer()).rejects.toThrow();
    const again = await fetch(url);
    expect((await again.arrayBuffer()).byteLength).toBe(announced);
  });

  it('corrupt-file has the announced size and is no picture', async () => {
    const url = await file();
    const good = Buffer.from(await (await fetch(url)).arrayBuffer());
    await set({ fault: 'corrupt-file', next: 1 });
    const bad = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(bad.length).toBe(good.length);
    expect(bad.subarray(0, 8).equals(good.subarray(0, 8))).toBe(true);
    expect(bad.equals(good)).toBe(false);
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(good)).toBe(true);
  });

  it('can be meant for videos only', async () => {
    const url = await file();
    await set({ fault: 'short-file', kind: 'video' });
    expect((await fetch(url)).ok).toBe(true);
    const clip = (await sim.ended(await sim.submit('video', { prompt: 'x' }))).results?.[0] ?? '';
    await expect(fetch(clip).then((answer) => answer.arrayBuffer())).rejects.toThrow();
  });
});

describe('the admin endpoint', () => {
  it('counts what came and what was made', async () => {
    const id = await sim.submit('image', { prompt: 'x' });
    await sim.make('video', { prompt: 'y' });
    await set({ fault: 'task-500' });
    await sim.ended(await sim.submit('image', { prompt: 'z' }));
    const counted = await state();
    expect(counted).toMatchObject({
      simulator: true,
      seed: 7,
      submits: { received: 3, made: 3, image: 2, video: 1 },
      tasks: { pending: 0, running: 0, completed: 2, failed: 1 },
      downloads: { files: 1 },
      faults: [{ fault: 'task-500', seen: 1, hits: 1 }],
    });
    expect(counted.downloads.bytes).toBeGreaterThan(100);
    const reset = await (await sim.post('/sim/reset')).json();
    expect(reset).toMatchObject({
      submits: { received: 0, made: 0 },
      tasks: { completed: 0, failed: 0 },
      faults: [],
    });
    expect((await sim.get(`/api/status/${id}`)).status).toBe(404);
  });

  it('adds to the rules, replaces them, and takes them away', async () => {
    await set({ fault: 'stuck' });
    await sim.post('/sim/faults', { add: [{ fault: 'lost' }] });
    const names = async () =>
      (await (await sim.get('/sim/faults')).json()).rules.map((rule: FaultRule) => rule.fault);
    expect(await names()).toEqual(['stuck', 'lost']);
    await set({ fault: 'html' });
    expect(await names()).toEqual(['html']);
    await fetch(`${sim.url}/sim/faults`, { method: 'DELETE' });
    expect(await names()).toEqual([]);
  });

  it.each([
    [{ rules: [{ fault: 'nonsense' }] }, /fault/],
    [{ rules: [{ fault: 'hang', next: -1 }] }, /next/],
    [{ rule: [] }, /not understood/],
    ['[]', /JSON object/],
    ['{', /Invalid JSON/],
  ])('refuses %j with a sentence and keeps the rules', async (body, words) => {
    await set({ fault: 'stuck' });
    const answer = await sim.post('/sim/faults', body);
    expect(answer.status).toBe(400);
    expect((await answer.json()).error).toMatch(words);
    expect((await state()).faults).toHaveLength(1);
  });

  it('is closed to web pages and to other host names', async () => {
    const page = await sim.post('/sim/reset', {}, { origin: 'https://example.com' });
    expect(page.status).toBe(403);
    const rebound = await new Promise<number | undefined>((resolve, reject) => {
      import('node:http').then(({ get }) => {
        get(`${sim.url}/sim/state`, { headers: { host: 'example.com' } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        }).on('error', reject);
      }, reject);
    });
    expect(rebound).toBe(403);
  });

  it('goes away for a while when told to restart, and comes back on the same port', async () => {
    const id = await sim.submit('image', { prompt: 'x' });
    await (await sim.post('/sim/restart', { downMs: 1000 })).json();
    let refused = 0;
    while (true) {
      try {
        if ((await sim.get('/api/health')).ok && refused > 0) break;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        refused += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect((await sim.get(`/api/status/${id}`)).status).toBe(404);
  });
});
