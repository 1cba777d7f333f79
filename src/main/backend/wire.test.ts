import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BackendError } from './backend.ts';
import { readHealth, readStopped, readSubmission, readTask, readTaskList } from './wire.ts';

const base = 'https://odd-words.trycloudflare.com';
const file = (url: string) => ({ url, bytes: null });
const png = Buffer.from('a picture, as bytes that are long enough to be one'.repeat(10));

function rejection(act: () => unknown): BackendError {
  try {
    act();
  } catch (error) {
    if (error instanceof BackendError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('health', () => {
  test('reads what the document names', () => {
    const json = { status: 'ok', server: 'G-Labs Webhook', uptime: 123, tasks_pending: 0, tasks_running: 1 };
    expect(readHealth(json)).toEqual({
      serverName: 'G-Labs Webhook',
      uptimeS: 123,
      tasksPending: 0,
      tasksRunning: 1,
      demo: false,
    });
  });

  test('only a server that says so is the simulator', () => {
    expect(readHealth({ status: 'ok', simulator: true })?.demo).toBe(true);
    expect(readHealth({ status: 'ok', simulator: 'yes' })?.demo).toBe(false);
  });

  test('a field of another type is as good as none', () => {
    expect(readHealth({ uptime: 'long' })).toMatchObject({ uptimeS: null, serverName: null });
  });

  test.each([[[]], ['ok'], [7], [null], [undefined]])('%j is not one', (json) => {
    expect(readHealth(json)).toBeNull();
  });
});

describe('the answer to a submit', () => {
  test('a task to poll', () => {
    const json = {
      task_id: 'abc12345',
      status: 'pending',
      message: 'queued',
      poll_url: '/api/status/abc12345',
      results: [],
    };
    expect(readSubmission(json, base)).toEqual({ taskId: 'abc12345', results: null });
  });

  test.each([
    ['results', { results: ['http://127.0.0.1:8765/api/files/a.png'] }],
    ['images', { images: ['/api/files/a.png'] }],
    ['urls', { urls: ['a.png'] }],
    ['data[].url', { data: [{ url: 'http://127.0.0.1:8765/api/files/a.png' }] }],
    ['results as objects', { results: [{ url: 'http://127.0.0.1:8765/api/files/a.png', name: 'a.png' }] }],
    ['a success that also says so', { success: true, error: null, message: 'done', images: ['a.png'] }],
  ])('results at once in %s', (_where, json) => {
    expect(readSubmission(json, base)).toEqual({ taskId: null, results: [file(`${base}/api/files/a.png`)] });
  });

  test.each([
    ['data[].b64_json', { data: [{ b64_json: png.toString('base64') }] }],
    ['images as data URIs', { images: [`data:image/png;base64,${png.toString('base64')}`] }],
    ['images as bare base64', { images: [png.toString('base64')] }],
    [
      "Gemini's inlineData",
      {
        candidates: [
          {
            content: {
              parts: [
                { text: 'Here' },
                { inlineData: { mimeType: 'image/png', data: png.toString('base64') } },
              ],
            },
          },
        ],
      },
    ],
  ])('bytes at once in %s', (_where, json) => {
    const { results } = readSubmission(json, base);
    expect(results).toHaveLength(1);
    expect(Buffer.from(results?.[0]?.bytes ?? []).equals(png)).toBe(true);
  });

  test('a JPEG in base64, which begins like a path, is not taken for one', () => {
    const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), png]);
    const { results } = readSubmission({ images: [jpeg.toString('base64')] }, base);
    expect(Buffer.from(results?.[0]?.bytes ?? []).equals(jpeg)).toBe(true);
  });

  test('several files in one result are all kept, each once', () => {
    const json = { task_id: 'abc12345', status: 'completed', results: ['a.png', 'b.png', 'a.png'] };
    expect(readSubmission(json, base)).toEqual({
      taskId: 'abc12345',
      results: [file(`${base}/api/files/a.png`), file(`${base}/api/files/b.png`)],
    });
  });

  test('a failure in a success did arrive', () => {
    const error = rejection(() =>
      readSubmission({ success: false, error: 'Blocked by policy', error_code: 400 }, base),
    );
    expect([error.kind, error.class, error.arrived, error.code]).toEqual([
      'rejected',
      'content_policy',
      'yes',
      400,
    ]);
    const quota = rejection(() =>
      readSubmission({ task_id: 'a', status: 'failed', error: 'x', error_code: 429 }, base),
    );
    expect(quota.kind).toBe('quota');
  });

  test.each([
    [{}],
    [{ status: 'pending', message: 'Image task queued' }],
    [{ task_id: '' }],
    [{ task_id: '../../etc' }],
    [{ task_id: { a: 1 } }],
    [[1, 2]],
    [null],
    ['ok'],
    [{ results: ['file:///etc/passwd'] }],
  ])('%j holds neither task nor result: it is in doubt', (json) => {
    const error = rejection(() => readSubmission(json, base));
    expect([error.kind, error.arrived]).toEqual(['nonsense', 'unknown']);
  });

  test('finished without a result is an error that arrived', () => {
    const error = rejection(() => readSubmission({ task_id: 'a', status: 'completed', results: [] }, base));
    expect([error.class, error.arrived]).toEqual(['api_error', 'yes']);
  });
});

describe('a task', () => {
  const running = {
    task_id: 'abc12345',
    type: 'image',
    status: 'running',
    prompt: 'A cat',
    created_at: 1707782400.5,
  };

  test('that runs', () => {
    expect(readTask(running, 'abc12345', base)).toEqual({
      taskId: 'abc12345',
      status: 'running',
      prompt: 'A cat',
      createdAt: 1707782400500,
      results: [],
      error: null,
    });
  });

  test('that is done, with its files at the address in use', () => {
    const json = {
      ...running,
      status: 'completed',
      results: ['http://127.0.0.1:8765/api/files/image_001.png'],
    };
    expect(readTask(json, 'abc12345', base)).toMatchObject({
      status: 'completed',
      results: [file(`${base}/api/files/image_001.png`)],
    });
  });

  test('that failed, with number, class and words', () => {
    const json = { ...running, status: 'failed', error_code: 400, error: 'Lỗi', error_detail: '400: policy' };
    expect(readTask(json, 'abc12345', base)).toMatchObject({
      status: 'failed',
      error: { class: 'content_policy', code: 400, message: 'Lỗi' },
    });
  });

  test('that is done without a result has failed', () => {
    for (const results of [[], undefined, [null], ['file:///etc/passwd']]) {
      const report = readTask({ ...running, status: 'completed', results }, 'abc12345', base);
      expect(report).toMatchObject({ status: 'failed', results: [], error: { class: 'api_error', code: 0 } });
    }
  });

  test('of another id, or in a state nobody knows, is nonsense', () => {
    expect(rejection(() => readTask(running, 'ffffffff', base)).kind).toBe('nonsense');
    expect(rejection(() => readTask({ ...running, status: 'dreaming' }, 'abc12345', base)).kind).toBe(
      'nonsense',
    );
    expect(rejection(() => readTask({ ...running, status: '__proto__' }, 'abc12345', base)).kind).toBe(
      'nonsense',
    );
  });

  test.each([
    [1707782400, 1707782400000],
    [1707782400000, 1707782400000],
    ['2024-02-13T00:00:00Z', 1707782400000],
    ['soon', null],
    [null, null],
    [undefined, null],
  ])('made at %j', (created_at, ms) => {
    expect(readTask({ ...running, created_at }, 'abc12345', base).createdAt).toBe(ms);
  });
});

describe('the list of tasks', () => {
  const entry = (prompt: string) => ({ task_id: 'abc12345', status: 'running', prompt, created_at: 1 });

  test.each([[{ tasks: [entry('x')], count: 1 }], [[entry('x')]], [{ items: [entry('x')] }]])(
    'is read from %j',
    (json) => {
      expect(readTaskList(json)).toEqual([
        { taskId: 'abc12345', status: 'running', promptStart: 'x', promptWhole: true, createdAt: 1000 },
      ]);
    },
  );

  test('a prompt of 50 characters and dots was cut, in characters and not in UTF-16 units', () => {
    for (const start of ['a'.repeat(50), '🐈'.repeat(50)]) {
      expect(readTaskList([entry(`${start}...`)])[0]).toMatchObject({
        promptStart: start,
        promptWhole: false,
      });
    }
  });

  test('a short prompt that ends in dots is whole; an empty one says nothing', () => {
    expect(readTaskList([entry('And then...')])[0]).toMatchObject({
      promptStart: 'And then...',
      promptWhole: true,
    });
    expect(readTaskList([entry('')])[0]).toMatchObject({ promptStart: '', promptWhole: false });
  });

  test('a hole in the list could hide our task: the whole list is refused', () => {
    expect(rejection(() => readTaskList([entry('x'), null])).kind).toBe('nonsense');
    expect(rejection(() => readTaskList([entry('x'), { status: 'running' }])).kind).toBe('nonsense');
    expect(rejection(() => readTaskList({ status: 'ok' })).kind).toBe('nonsense');
  });

  test('a state of another task that we do not know hides nothing', () => {
    expect(readTaskList([{ ...entry('x'), status: 'upscaling' }])).toHaveLength(1);
  });
});

describe('a stop', () => {
  test.each([
    [{ stopped: ['abc12345'], skipped: [], count: 1 }, true],
    [{ stopped: [], skipped: ['abc12345'], count: 0 }, false],
    [{ stopped: ['ffffffff'], count: 1 }, false],
    [{ count: 1 }, true],
    [{}, false],
    [[], false],
    [null, false],
  ])('%j: %s', (json, stopped) => {
    expect(readStopped(json, 'abc12345')).toBe(stopped);
  });
});

describe('whatever JSON comes', () => {
  const key = fc.constantFrom(
    ...[
      'task_id',
      'id',
      'status',
      'results',
      'images',
      'data',
      'url',
      'b64_json',
      'error',
      'error_code',
      'tasks',
      'prompt',
    ],
    ...[
      'candidates',
      'content',
      'parts',
      'inlineData',
      'created_at',
      'success',
      'stopped',
      'count',
      'uptime',
      '__proto__',
    ],
  );
  const leaf = fc.oneof(
    fc.constantFrom(
      'completed',
      'failed',
      'running',
      'abc12345',
      'a.png',
      '/api/files/a.png',
      'http://[',
      'data:;base64,',
    ),
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.webUrl(),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 6 }),
    ),
  }));
  const anything = fc.oneof(value, fc.dictionary(key, value, { maxKeys: 8 }), fc.jsonValue());

  test('the readers give a value or a BackendError, nothing else', () => {
    fc.assert(
      fc.property(anything, (json) => {
        for (const read of [
          () => readHealth(json),
          () => readSubmission(json, base),
          () => readTask(json, 'abc12345', base),
          () => readTaskList(json),
          () => readStopped(json, 'abc12345'),
        ]) {
          try {
            read();
          } catch (error) {
            if (!(error instanceof BackendError)) throw error;
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a completed task always has something to fetch', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 8 }), (json) => {
        const report = readTask({ ...json, task_id: 'abc12345', status: 'completed' }, 'abc12345', base);
        expect(report.status === 'completed').toBe(report.results.length > 0);
        expect(report.status === 'failed').toBe(report.error !== null);
      }),
      { numRuns: 1000 },
    );
  });

  test('nesting without end is no danger', () => {
    let deep: unknown = 'a.png';
    for (let n = 0; n < 50_000; n += 1) deep = n % 2 === 0 ? { error: deep, results: deep } : [deep];
    expect(rejection(() => readSubmission({ results: deep, error: deep }, base))).toBeInstanceOf(
      BackendError,
    );
  });
});
