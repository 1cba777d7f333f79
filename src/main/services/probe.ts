import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { errorCode } from '../platform/error-code.ts';
import { parseObject } from './json-object.ts';

/**
 * What answers at an address (glabs-api.md A9). `up`: G-Labs or what speaks its wire. `down`: nothing listens.
 * `silent`: something takes the connection and gives no answer. `foreign`: an answer that is not G-Labs'.
 */
export interface ProbeOutcome {
  kind: 'up' | 'down' | 'silent' | 'foreign';
  /** The built-in simulator says so of itself. */
  demo: boolean;
  /** Tasks it says it has in hand. */
  tasks: number;
  /** One sentence. */
  message: string;
  /** Milliseconds until the answer. */
  ms: number;
}

export interface ProbeTarget {
  url: string;
  healthPaths: readonly string[];
  /** Milliseconds until the answer to one path; default 3000. */
  limitMs?: number;
}

export type Probe = (target: ProbeTarget, signal: AbortSignal) => Promise<ProbeOutcome>;

const bodyLimit = 64 * 1024;

/**
 * Asks the health paths in turn; never rejects but by the signal. 200 with JSON is up; 404 with JSON is alive, the
 * next path is tried, and alive everywhere counts as up. The API key is never sent: it might be a stranger's port.
 */
export function createProbe(now: () => number, timeLimitMs = 3000): Probe {
  return async ({ url, healthPaths, limitMs = timeLimitMs }, signal) => {
    const began = now();
    const end = (outcome: Omit<ProbeOutcome, 'ms'>): ProbeOutcome => ({
      ...outcome,
      ms: Math.round(now() - began),
    });
    for (const path of healthPaths) {
      const answer = await ask(`${url.replace(/\/+$/, '')}${path}`, signal, limitMs);
      signal.throwIfAborted();
      if ('failure' in answer) return end({ ...answer.failure, demo: false, tasks: 0 });
      const verdict = judge(answer, path);
      if (verdict !== 'next') return end(verdict);
    }
    return end({
      kind: 'up',
      demo: false,
      tasks: 0,
      message: `It answers, but knows none of ${healthPaths.join(', ')}.`,
    });
  };
}

interface Answer {
  status: number;
  body: string;
}

/** Pure: what one answer says. `next`: alive, but this is not its health path. */
export function judge(answer: Answer, path: string): Omit<ProbeOutcome, 'ms'> | 'next' {
  const json = parseObject(answer.body);
  if (json === null) {
    return foreign(`It answers ${path} with ${answer.status} and no JSON.`);
  }
  if (answer.status === 404) return 'next';
  if (answer.status !== 200) {
    return foreign(`It answers ${path} with ${answer.status}.`);
  }
  const tasks = count(json.tasks_running) + count(json.tasks_pending);
  return { kind: 'up', demo: json.simulator === true, tasks, message: `${path} answers.` };
}

const foreign = (message: string): Omit<ProbeOutcome, 'ms'> => ({
  kind: 'foreign',
  demo: false,
  tasks: 0,
  message,
});

const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0);

/** A connection of its own each time, so that a kept-alive one to a process that is gone cannot mislead. */
function ask(
  url: string,
  signal: AbortSignal,
  timeLimitMs: number,
): Promise<Answer | { failure: { kind: 'down' | 'silent' | 'foreign'; message: string } }> {
  return new Promise((resolve) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs)]);
    const request = url.startsWith('https:') ? httpsRequest : httpRequest;
    const sent = request(
      url,
      { agent: false, signal: limit, headers: { accept: 'application/json' } },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
          if (body.length > bodyLimit) response.destroy(new Error('too long'));
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', (error) => resolve({ failure: readError(error, timeLimitMs) }));
      },
    );
    sent.on('error', (error) => resolve({ failure: readError(error, timeLimitMs) }));
    sent.end();
  });
}

const nobody = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ETIMEDOUT',
];

function readError(
  error: Error,
  timeLimitMs: number,
): { kind: 'down' | 'silent' | 'foreign'; message: string } {
  const code = errorCode(error);
  if (nobody.includes(code)) return { kind: 'down', message: `Nothing listens there (${code}).` };
  if (error.name === 'AbortError' || error.name === 'TimeoutError' || code === 'ABORT_ERR') {
    return { kind: 'silent', message: `No answer within ${timeLimitMs / 1000} s.` };
  }
  if (code.startsWith('HPE_') || error.message === 'too long')
    return { kind: 'foreign', message: 'It does not speak HTTP as G-Labs does.' };
  return { kind: 'silent', message: `The connection broke off (${code || 'no code'}).` };
}
