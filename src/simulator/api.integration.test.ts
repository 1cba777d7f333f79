import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SimulatorProcess, startProcess } from './test-process.ts';

const key = 'k-123';
const withKey = { 'x-api-key': key };

describe('the wire of G-Labs', () => {
  let sim: SimulatorProcess;
  beforeAll(async () => {
    sim = await startProcess(['--seed', '7']);
  });
  afterAll(async () => {
    await sim.stop();
  });

  it('tells its health, also with a trailing slash and a query', async () => {
    for (const path of ['/api/health', '/api/health/', '/api/health?x=1']) {
      const answer = await sim.get(path);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({
        status: 'ok',
        server: 'G-Labs Webhook',
        uptime: expect.any(Number),
        tasks_pending: 0,
        tasks_running: 0,
        simulator: true,
      });
    }
  });

  it('takes an image, tells about it, and gives the file', async () => {
    const prompt = 'Scene 01: a jar on a shelf in warm light, seen from far below the table';
    const answer = await sim.post('/api/image/generate', { prompt, aspect_ratio: '9:16' });
    expect(answer.status).toBe(202);
    const body = await answer.json();
    expect(body).toEqual({
      task_id: expect.stringMatching(/^[0-9a-f]{8}$/),
      status: 'pending',
      message: 'Image task queued for processing',
      poll_url: `/api/status/${body.task_id}`,
    });

    const status = await (await sim.get(body.poll_url)).json();
    expect(status).toEqual({
      task_id: body.task_id,
      type: 'image',
      status: 'completed',
      prompt,
      created_at: expect.any(Number),
      completed_at: expect.any(Number),
      results: [`${sim.url}/api/files/image_${body.task_id}.png`],
    });
    expect(Math.abs(status.created_at - Date.now() / 1000)).toBeLessThan(3600);
    const result = await (await sim.get(`/api/result/${body.task_id}`)).json();
    expect(Object.keys(result)).toEqual(['task_id', 'status', 'results', 'completed_at']);

    const file = await fetch(status.results[0] ?? '');
    expect(file.headers.get('content-type')).toBe('image/png');
    const bytes = Buffer.from(await file.arrayBuffer());
    expect(Number(file.headers.get('content-length'))).toBe(bytes.length);
    const png = PNG.sync.read(bytes);
    expect([png.width, png.height]).toEqual([768, 1376]);

    const { tasks } = await (await sim.get('/api/tasks')).json();
    expect(tasks[0]).toEqual({
      task_id: body.task_id,
      type: 'image',
      status: 'completed',
      prompt: `${prompt.slice(0, 50)}...`,
      created_at: status.created_at,
    });
  });

  it('lists the newest fifty, newest first', async () => {
    const ids = [];
    for (let n = 0; n < 52; n++) ids.push(await sim.submit('image', { prompt: `short ${n}` }));
    const { tasks } = await (await sim.get('/api/tasks')).json();
    expect(tasks.map((task) => task.task_id)).toEqual(ids.reverse().slice(0, 50));
    expect(tasks[0]?.prompt).toBe('short 51');
  });

  it('gives four different pictures for four equal requests', async () => {
    const hashes = new Set<string>();
    for (let n = 0; n < 4; n++) {
      const bytes = await sim.make('image', { prompt: 'four equal requests' });
      hashes.add(createHash('sha256').update(bytes).digest('hex'));
    }
    expect(hashes.size).toBe(4);
  });

  it('fails a task without a prompt with code 0, and tells less of it as a result', async () => {
    const id = await sim.submit('image', { aspect_ratio: '9:16' });
    expect(await sim.ended(id)).toEqual({
      task_id: id,
      type: 'image',
      status: 'failed',
      prompt: '',
      created_at: expect.any(Number),
      error_code: 0,
      error: 'Missing required field: prompt',
      error_detail: 'Missing required field: prompt',
    });
    expect(await (await sim.get(`/api/result/${id}`)).json()).toEqual({
      task_id: id,
      status: 'failed',
      message: 'Task not yet completed',
    });
  });

  it('refuses a video without a model', async () => {
    const answer = await sim.post('/api/video/generate', { prompt: 'x' });
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'MISSING_MODEL' }]);
  });

  it('takes tasks at the other endpoints under their own types', async () => {
    for (const [path, type] of [
      ['grok', 'grok'],
      ['meta', 'vibes'],
      ['openai', 'openai'],
      ['upscale', 'upscale'],
    ]) {
      const answer = await sim.post(`/api/${path}/generate`, { prompt: 'x', mode: 't2i' });
      expect(answer.status).toBe(202);
      const { task_id } = await answer.json();
      expect(await sim.ended(task_id)).toMatchObject({ type, status: 'completed' });
    }
  });

  it.each([
    ['GET', '/health', 'Not found'],
    ['GET', '/', 'Not found'],
    ['GET', '/api/image/generate', 'Not found'],
    ['POST', '/api/health', 'Not found'],
    ['PUT', '/api/tasks', 'Not found'],
    ['GET', '/api/status/', 'Not found'],
    ['GET', '/api/status/00000000', 'Task 00000000 not found'],
    ['GET', '/api/result/00000000', 'Task 00000000 not found'],
    ['POST', '/api/stop/00000000', 'Task 00000000 not found'],
    ['GET', '/api/files/none.png', 'File not found: none.png'],
    ['GET', '/api/files/%2e%2e%2fetc%2fpasswd', 'File not found: ../etc/passwd'],
    ['GET', '/api/files/%zz', 'File not found: %zz'],
  ])('%s %s is not found', async (method, path, error) => {
    const answer = await fetch(`${sim.url}${path}`, { method });
    expect([answer.status, await answer.json()]).toEqual([404, { error }]);
  });

  it.each([
    ['', 'Empty body'],
    ['{"prompt":', 'Invalid JSON'],
    ['[1]', 'Body must be a JSON object'],
    ['null', 'Body must be a JSON object'],
  ])('a submit of %j is refused', async (body, error) => {
    const answer = await sim.post('/api/image/generate', body);
    expect([answer.status, await answer.json()]).toEqual([400, { error }]);
  });

  it('refuses a body above 50 MB before it is sent, and one that turns out to be', async () => {
    const error = 'Payload too large (max 52428800 bytes)';
    const body = Buffer.alloc(52_428_801, 0x20);
    const whole = await fetch(`${sim.url}/api/image/generate`, { method: 'POST', body });
    expect([whole.status, await whole.json()]).toEqual([413, { error }]);
    const chunked = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(`${sim.url}/api/image/generate`, { method: 'POST' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on('error', reject);
      for (let at = 0; at < body.length; at += 2 ** 20) sent.write(body.subarray(at, at + 2 ** 20));
      sent.end();
    });
    expect(chunked).toBe(413);
    expect((await sim.get('/api/health')).status).toBe(200);
  });

  it('answers a broken Content-Length', async () => {
    const { hostname, port } = new URL(sim.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write('POST /api/image/generate HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n{}');
      });
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1.1 400/);
    expect(answer).toContain('{"error":"Invalid Content-Length"}');
  });

  it('lets web pages ask', async () => {
    const options = await fetch(`${sim.url}/api/image/generate`, { method: 'OPTIONS' });
    expect(options.status).toBe(204);
    expect(options.headers.get('access-control-allow-origin')).toBe('*');
    expect(options.headers.get('access-control-allow-headers')).toContain('X-API-Key');
    expect((await sim.get('/api/health')).headers.get('access-control-allow-origin')).toBe('*');
  });

  it('shows the references that arrived, and loses a URL without a word', async () => {
    const create = { width: 300, height: 300, channels: 3, background: '#00ff00' } as const;
    const data = (await sharp({ create }).png().toBuffer()).toString('base64');
    const inset = async (reference_images: unknown[]) => {
      const bytes = await sim.make('image', { prompt: 'refs', aspect_ratio: '9:16', reference_images });
      const png = PNG.sync.read(bytes);
      const at = (100 * png.width + png.width - 100) * 4;
      return [...png.data.subarray(at, at + 3)];
    };
    const [red = 255, green = 0] = await inset([{ data, name: 'a.png' }]);
    expect([red < 40, green > 230]).toEqual([true, true]);
    const [, sky = 255] = await inset(['https://pub-0000.r2.dev/a.png']);
    expect(sky).toBeLessThan(200);
  });

  it('fails a task whose reference file is missing', async () => {
    const id = await sim.submit('image', { prompt: 'x', reference_images: [{ path: '/no/such.png' }] });
    expect(await sim.ended(id)).toMatchObject({
      error_code: 0,
      error: 'reference path not found: /no/such.png',
    });
  });
});

describe('the API key', () => {
  let sim: SimulatorProcess;
  beforeAll(async () => {
    sim = await startProcess([], { GLABS_SIM_KEY: key });
  });
  afterAll(async () => {
    await sim.stop();
  });

  it('is asked for everywhere but at health and files', async () => {
    const refused = [401, { error: 'Invalid or missing API key' }];
    for (const headers of [{}, { 'x-api-key': 'wrong' }]) {
      for (const path of ['/api/tasks', '/api/status/00000000', '/api/result/00000000']) {
        const answer = await sim.get(path, headers);
        expect([answer.status, await answer.json()]).toEqual(refused);
      }
      for (const path of ['/api/image/generate', '/api/video/generate', '/api/stop']) {
        const answer = await sim.post(path, { prompt: 'x' }, headers);
        expect([answer.status, await answer.json()]).toEqual(refused);
      }
    }
    expect((await sim.get('/api/health')).status).toBe(200);
    expect((await sim.get('/api/files/none.png')).status).toBe(404);
    expect((await sim.get('/nowhere')).status).toBe(404);
  });

  it('opens everything', async () => {
    expect((await sim.get('/api/tasks', withKey)).status).toBe(200);
    expect((await sim.post('/api/image/generate', { prompt: 'x' }, withKey)).status).toBe(202);
    expect((await sim.post('/api/stop', undefined, withKey)).status).toBe(200);
  });

  it('never shows in what the admin endpoint tells', async () => {
    expect(await (await sim.get('/sim/state')).text()).not.toContain(key);
  });
});

describe('stopping', () => {
  it('ends the named task or all, and tells apart what had ended', async () => {
    const sim = await startProcess(['--latency', '60000', '--slots', '2']);
    try {
      const ids = [];
      for (let n = 0; n < 4; n++) ids.push(await sim.submit('image', { prompt: `p${n}` }));
      expect(await (await sim.get('/api/health')).json()).toMatchObject({
        tasks_running: 2,
        tasks_pending: 2,
      });
      expect(await (await sim.get(`/api/status/${ids[3]}`)).json()).toMatchObject({ status: 'pending' });
      expect(await (await sim.get(`/api/result/${ids[0]}`)).json()).toMatchObject({ status: 'running' });

      const stopped = (id: string | undefined) => ({ stopped: [id], skipped: [], count: 1 });
      expect(await (await sim.post(`/api/stop/${ids[0]}`)).json()).toEqual(stopped(ids[0]));
      expect(await (await sim.post('/api/stop', { task_id: ids[1] })).json()).toEqual(stopped(ids[1]));
      expect(await (await sim.post(`/api/stop/${ids[0]}`)).json()).toEqual({
        stopped: [],
        skipped: [ids[0]],
        count: 0,
      });
      expect(await sim.ended(ids[0] ?? '')).toMatchObject({
        status: 'failed',
        error_code: 499,
        error: 'STOPPED_BY_CLIENT',
        error_detail: '499: STOPPED_BY_CLIENT',
      });

      expect((await sim.post('/api/stop', '[]')).status).toBe(400);
      expect((await sim.post('/api/stop', 'x'.repeat(70_000))).status).toBe(413);
      expect((await sim.post('/api/stop', { task_id: 5 })).status).toBe(404);
      expect(await (await sim.get('/api/health')).json()).toMatchObject({
        tasks_running: 2,
        tasks_pending: 0,
      });
      const all = await (await sim.post('/api/stop')).json();
      expect(all).toMatchObject({ count: 2, skipped: [] });
      expect(all.stopped.sort()).toEqual(ids.slice(2).sort());
    } finally {
      await sim.stop();
    }
  });
});

describe('builds that differ', () => {
  it('answer health only at /health, keep prompts whole, know no stop', async () => {
    const sim = await startProcess([
      '--variant',
      'health-path',
      '--variant',
      'no-stop',
      '--no-short-prompts',
    ]);
    try {
      expect((await sim.get('/health')).status).toBe(200);
      const other = await sim.get('/api/health');
      expect([other.status, await other.json()]).toEqual([404, { error: 'Not found' }]);
      expect((await sim.post('/api/stop')).status).toBe(404);
      const prompt = 'p'.repeat(80);
      await sim.submit('image', { prompt });
      expect((await (await sim.get('/api/tasks')).json()).tasks[0]?.prompt).toBe(prompt);
    } finally {
      await sim.stop();
    }
  });

  it('give several files in one result', async () => {
    const sim = await startProcess(['--multi-file']);
    try {
      const task = await sim.ended(await sim.submit('image', { prompt: 'x' }));
      expect(task.results).toHaveLength(4);
      const files = await Promise.all(
        (task.results ?? []).map(async (url) => (await fetch(url)).arrayBuffer()),
      );
      expect(new Set(files.map((file) => Buffer.from(file).toString('base64'))).size).toBe(4);
    } finally {
      await sim.stop();
    }
  });

  it('answer with the results at once, or with the error', async () => {
    const sim = await startProcess(['--sync', '--latency', '40', '--fault', 'task-429,prompt=refused']);
    try {
      const answer = await sim.post('/api/image/generate', { prompt: 'x' });
      expect(answer.status).toBe(200);
      const { results } = await answer.json();
      expect((await fetch(results[0] ?? '')).headers.get('content-type')).toBe('image/png');
      const refused = await sim.post('/api/image/generate', { prompt: 'refused' });
      expect([refused.status, await refused.json()]).toEqual([
        429,
        { error: expect.stringContaining('quota') },
      ]);
    } finally {
      await sim.stop();
    }
  });

  it('forget finished tasks beyond those they retain', async () => {
    const sim = await startProcess(['--retain', '2']);
    try {
      const ids = [];
      for (let n = 0; n < 3; n++) ids.push(await sim.submit('image', { prompt: `p${n}` }));
      expect((await sim.get(`/api/status/${ids[2]}`)).status).toBe(200);
      expect((await sim.get(`/api/status/${ids[0]}`)).status).toBe(404);
      expect((await sim.get(`/api/files/image_${ids[0]}.png`)).status).toBe(404);
    } finally {
      await sim.stop();
    }
  });

  it('make tiny files that decode, each with bytes of its own', async () => {
    const sim = await startProcess(['--tiny']);
    try {
      const one = await sim.make('image', { prompt: 'x', aspect_ratio: '9:16' });
      const two = await sim.make('image', { prompt: 'x', aspect_ratio: '9:16' });
      expect(one.equals(two)).toBe(false);
      expect(one.length).toBeLessThan(400);
      const { width, height } = PNG.sync.read(one);
      expect(width / height).toBeCloseTo(9 / 16);
      const clips = [await sim.make('video', { prompt: 'x' }), await sim.make('video', { prompt: 'x' })];
      expect(clips[0]?.subarray(4, 8).toString()).toBe('ftyp');
      expect(clips[0]?.equals(clips[1] ?? Buffer.alloc(0))).toBe(false);
    } finally {
      await sim.stop();
    }
  });
});
