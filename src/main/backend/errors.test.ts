import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AnswerFacts,
  type Asked,
  awayPart,
  classifyAnswer,
  classifyBreak,
  classifyForeign,
} from './errors.ts';
import { classifyTask } from './wording.ts';

const asked = (call: Asked['call'], hasKey = true): Asked => ({
  call,
  server: 'http://127.0.0.1:8765',
  hasKey,
  name: 'G-Labs',
});

const answer = (status: number, more: Partial<AnswerFacts> = {}): AnswerFacts => ({
  status,
  json: undefined,
  text: '',
  contentType: 'text/plain',
  serverHeader: '',
  location: '',
  ...more,
});
const json = (status: number, body: unknown) =>
  answer(status, { json: body, contentType: 'application/json' });
const html = (status: number, title = 'Grafana') =>
  answer(status, {
    text: `<!doctype html><title>${title}</title>`,
    contentType: 'text/html',
    serverHeader: 'nginx',
  });

type Row = [what: string, facts: AnswerFacts, kind: string, errorClass: string, arrived: string];

describe('an answer to a submit', () => {
  const rows: Row[] = [
    [
      '400 of the prompt',
      json(400, { error: 'Blocked by safety policy' }),
      'rejected',
      'content_policy',
      'no',
    ],
    ['400 without a model', json(400, { error: 'MISSING_MODEL' }), 'rejected', 'model not available', 'no'],
    [
      '400 that names the model',
      json(400, { error: 'veo_99 is unknown' }),
      'rejected',
      'model not available',
      'no',
    ],
    ['400 of anything else', json(400, { error: 'Empty body' }), 'rejected', 'api_error', 'no'],
    ['401', json(401, { error: 'Invalid or missing API key' }), 'refused', 'api_error', 'no'],
    ['401 without words', answer(401), 'refused', 'api_error', 'no'],
    ['403 of the plan', json(403, { error: 'Webhook requires MAX plan' }), 'refused', 'api_error', 'no'],
    ['403 of the plan, in any language', json(403, { error: 'Cần gói MAX' }), 'refused', 'api_error', 'no'],
    ['403 of Google', json(403, { error: 'PERMISSION_DENIED' }), 'quota', 'api_error', 'no'],
    ['403 with a task code', json(403, { error: 'x', error_code: 403 }), 'quota', 'api_error', 'no'],
    ['403 of a page in front', html(403, 'Access denied'), 'refused', 'api_error', 'no'],
    [
      '404 that names the model',
      json(404, { error: 'Model not found' }),
      'rejected',
      'model not available',
      'no',
    ],
    ['404 of the path', json(404, { error: 'Not found' }), 'wrong-service', 'connection refused', 'no'],
    ['404 of a page', html(404), 'wrong-service', 'connection refused', 'no'],
    ['408', answer(408), 'no-answer', 'timeout', 'no'],
    ['413', json(413, { error: 'Payload too large' }), 'rejected', 'reference', 'no'],
    ['422', json(422, { detail: 'prompt missing' }), 'rejected', 'api_error', 'no'],
    ['429', json(429, { error: 'slow down' }), 'quota', 'api_error', 'no'],
    ['429 of a tunnel', html(429), 'quota', 'api_error', 'no'],
    ['500 with words', json(500, { error: 'upstream' }), 'upstream', 'api_error', 'no'],
    ['500 without words', answer(500, { text: 'Internal Server Error' }), 'upstream', 'api_error', 'unknown'],
    ['500 of a page', html(500), 'upstream', 'api_error', 'unknown'],
    ['503 with words', json(503, { error: 'busy' }), 'upstream', 'api_error', 'no'],
    ['504', html(504), 'no-answer', 'timeout', 'unknown'],
    ['301', answer(301, { location: 'https://x/' }), 'wrong-service', 'connection refused', 'no'],
    ['307', answer(307), 'wrong-service', 'connection refused', 'no'],
    ['200 with a page', html(200), 'wrong-service', 'connection refused', 'unknown'],
    ['202 with text', answer(202, { text: 'ok' }), 'nonsense', 'api_error', 'unknown'],
    ['202 with nothing', answer(202), 'nonsense', 'api_error', 'unknown'],
    // The tunnel or proxy in front, by number and whatever the body is.
    ['502', html(502), 'unreachable', 'connection refused', 'unknown'],
    ['502 in JSON', json(502, { error: 'x' }), 'unreachable', 'connection refused', 'unknown'],
    ['520', html(520), 'unreachable', 'connection refused', 'unknown'],
    ['521', html(521), 'unreachable', 'connection refused', 'no'],
    ['522', html(522), 'unreachable', 'connection refused', 'unknown'],
    ['523', html(523), 'unreachable', 'connection refused', 'no'],
    ['524', html(524), 'unreachable', 'connection refused', 'unknown'],
    ['525', html(525), 'unreachable', 'connection refused', 'no'],
    ['526', html(526), 'unreachable', 'connection refused', 'no'],
    ['527', html(527), 'unreachable', 'connection refused', 'unknown'],
    ['528', html(528), 'unreachable', 'connection refused', 'unknown'],
    ['529', html(529), 'unreachable', 'connection refused', 'unknown'],
    ['530', json(530, { error_code: 1033 }), 'unreachable', 'connection refused', 'no'],
    ['530 as a page', html(530, 'Error 1033'), 'unreachable', 'connection refused', 'no'],
  ];

  test.each(rows)('%s', (_what, facts, kind, errorClass, arrived) => {
    const error = classifyAnswer(facts, asked('submit'));
    expect([error.kind, error.class, error.arrived, error.code]).toEqual([
      kind,
      errorClass,
      arrived,
      facts.status,
    ]);
    expect(error.message).toMatch(/^[A-Zh].*\.$/);
    expect(error.cure).not.toBe('');
  });

  test.each(rows)('%s leaves no doubt when nothing was to be changed', (_what, facts) => {
    expect(classifyAnswer(facts, asked('poll')).arrived).toBe('no');
  });
});

describe('what is away, by an answer through the tunnel', () => {
  test.each([
    [502, 'glabs'],
    [504, 'glabs'],
    [404, 'tunnel'],
    [520, 'tunnel'],
    [524, 'tunnel'],
    [530, 'tunnel'],
  ])('%i: %s', (status, part) => {
    expect(awayPart(classifyAnswer(html(status), asked('poll')))).toBe(part);
  });

  test('a name that is not known is the tunnel, silence is G-Labs', () => {
    const broken = (code: string | null, timedOut: boolean, phase: 'connect' | 'waiting') =>
      awayPart(classifyBreak({ code, timedOut, phase }, asked('poll')));
    expect(broken('ENOTFOUND', false, 'connect')).toBe('tunnel');
    expect(broken('ECONNREFUSED', false, 'connect')).toBe('tunnel');
    expect(broken(null, true, 'waiting')).toBe('glabs');
  });
});

describe('the sentences', () => {
  test('a stranger is named', () => {
    const { message } = classifyAnswer(html(200), asked('health'));
    expect(message).toBe(
      'http://127.0.0.1:8765 answers, but it is not G-Labs: an HTML page titled "Grafana" (200, server nginx).',
    );
  });

  test('a redirect says where it leads', () => {
    const { message } = classifyAnswer(answer(302, { location: 'https://login.example/' }), asked('health'));
    expect(message).toContain('https://login.example/');
  });

  test('a missing key and a wrong one are told apart', () => {
    const facts = json(401, { error: 'Invalid or missing API key' });
    expect(classifyAnswer(facts, asked('key', false)).message).toContain('none is set');
    const wrong = classifyAnswer(facts, asked('key', true));
    expect(wrong.message).toContain('does not accept the API key');
    expect(wrong.cure).toContain('flowdeck config set-secret glabs.apiKey');
  });

  test("the backend's own words are quoted on one line, and not for ever", () => {
    const { message } = classifyAnswer(
      json(400, { error: `a\nb\u0000c${'x'.repeat(1000)}` }),
      asked('submit'),
    );
    expect(message).toContain('"a b c');
    expect(message.length).toBeLessThan(400);
  });
});

test('every answer that is not a success has a class and a sentence, whatever is in it', () => {
  const calls = fc.constantFrom(
    ...(['health', 'key', 'submit', 'poll', 'list', 'stop', 'download'] as const),
  );
  const body = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(fc.constantFrom('error', 'error_code', 'detail'), fc.object()),
  );
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 599 }), body, fc.string(), calls, (status, json, text, call) => {
      for (const facts of [answer(status, { json }), answer(status, { text })]) {
        const error = classifyAnswer(facts, asked(call));
        expect(error.code).toBe(status);
        expect(error.message).not.toMatch(/[\n\r]|undefined|\[object/);
      }
    }),
  );
});

describe('a result that is gone', () => {
  test.each([
    ['404 of the backend', json(404, { error: 'File not found: a.png' }), 'gone'],
    ['410', answer(410), 'gone'],
    ['a page in its place is not G-Labs', html(404), 'wrong-service'],
    ['502 is the tunnel', html(502), 'unreachable'],
  ])('%s', (_what, facts, kind) => {
    expect(classifyAnswer(facts, asked('download')).kind).toBe(kind);
  });

  test.each([
    [403, 'gone'],
    [404, 'gone'],
    [429, 'unreachable'],
    [503, 'unreachable'],
  ])('%i of a third party never ends the run', (status, kind) => {
    expect(classifyForeign(status, asked('download')).kind).toBe(kind);
  });
});

describe('an exchange that broke', () => {
  type BreakRow = [
    code: string | null,
    phase: 'connect' | 'waiting' | 'answering',
    timedOut: boolean,
    kind: string,
    errorClass: string,
  ];
  const rows: BreakRow[] = [
    ['ECONNREFUSED', 'connect', false, 'unreachable', 'connection refused'],
    ['ENOTFOUND', 'connect', false, 'unreachable', 'connection refused'],
    ['EAI_AGAIN', 'connect', false, 'unreachable', 'connection refused'],
    ['ECONNRESET', 'connect', false, 'unreachable', 'connection refused'],
    ['CERT_HAS_EXPIRED', 'connect', false, 'unreachable', 'connection refused'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'connect', false, 'unreachable', 'connection refused'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'connect', false, 'wrong-service', 'connection refused'],
    [null, 'connect', true, 'unreachable', 'connection refused'],
    ['ECONNRESET', 'waiting', false, 'unreachable', 'connection refused'],
    ['EPIPE', 'waiting', false, 'unreachable', 'connection refused'],
    ['HPE_INVALID_CONSTANT', 'waiting', false, 'wrong-service', 'connection refused'],
    [null, 'waiting', true, 'no-answer', 'timeout'],
    ['ECONNRESET', 'answering', false, 'unreachable', 'connection refused'],
    [null, 'answering', true, 'no-answer', 'timeout'],
    ['TOO_BIG', 'answering', false, 'nonsense', 'api_error'],
  ];

  test.each(rows)('%s while %s (deadline: %s)', (code, phase, timedOut, kind, errorClass) => {
    const error = classifyBreak({ code, phase, timedOut }, asked('submit'));
    expect([error.kind, error.class]).toEqual([kind, errorClass]);
    expect(error.arrived).toBe(phase === 'connect' ? 'no' : 'unknown');
    expect(classifyBreak({ code, phase, timedOut }, asked('poll')).arrived).toBe('no');
  });

  test('a look that was not answered in time is an outage, not a generation that timed out', () => {
    const error = classifyBreak({ code: null, phase: 'waiting', timedOut: true }, asked('poll'));
    expect([error.kind, error.class]).toEqual(['no-answer', 'connection refused']);
  });
});

describe("a task's own error", () => {
  test.each([
    [400, 'Prompt violates our content policy', 'content_policy'],
    [400, 'Nội dung vi phạm chính sách', 'content_policy'],
    [400, 'The model blocked this for safety reasons', 'content_policy'],
    [400, 'INVALID_ARGUMENT', 'api_error'],
    [400, 'Unsupported model: nano_banana_9', 'model not available'],
    [404, 'nano_banana_9 does not exist', 'model not available'],
    [0, 'Unknown model', 'model not available'],
    [0, 'Timeout: no result generated', 'timeout'],
    [0, 'No active accounts available', 'api_error'],
    [0, 'Missing required field: prompt', 'api_error'],
    [0, 'reference path not found: /a.png', 'api_error'],
    [403, 'PERMISSION_DENIED', 'api_error'],
    // Wording decides within 400 and 404 only.
    [403, 'content policy', 'api_error'],
    [429, 'model quota', 'api_error'],
    [499, 'STOPPED_BY_CLIENT', 'api_error'],
    [500, 'the model is overloaded, safety', 'api_error'],
    [504, 'upstream', 'timeout'],
  ])('%i "%s" is %s', (code, message, errorClass) => {
    expect(classifyTask(code, message)).toBe(errorClass);
  });
});
