import type { Clock } from '../platform/clock.ts';
import { type Backend, BackendError, type GenerationRequest } from './backend.ts';
import { openConnection, type Target } from './connection.ts';
import { downloadResult } from './download.ts';
import { probeHealth } from './health.ts';
import { wireRequest } from './request.ts';
import { readStopped, readSubmission, readTask, readTaskList } from './wire.ts';

export interface GlabsOptions extends Target {
  /** Tried in order; the one that answered is asked first from then on. */
  healthPaths: string[];
  clock: Clock;
  /** Milliseconds until a connection stands. */
  connectTimeoutMs?: number;
  /** Milliseconds for a health path (glabs-api.md A9: 3 s). */
  healthTimeoutMs?: number;
  /** Milliseconds for status, list and stop. */
  requestTimeoutMs?: number;
  /** Milliseconds for a submit, upload of the references included; a synchronous build needs the whole generation. */
  submitTimeoutMs?: number;
  /** Milliseconds without a byte after which a download counts as hung. */
  downloadIdleMs?: number;
  /** Connections for generation requests, and as many again for everything else. */
  maxConnections?: number;
}

export interface GlabsBackend extends Backend {
  /** Lets go of idle connections. */
  close(): void;
}

/**
 * The G-Labs client (glabs-api.md A9, behaviour.md §5). Methods reject with a BackendError, or with the signal's
 * reason.
 *
 * @throws FlowdeckError `usage` for an address, key or header name that cannot be used
 */
export function createGlabsBackend(options: GlabsOptions): GlabsBackend {
  const { clock, healthPaths } = options;
  const { connectTimeoutMs = 10_000, healthTimeoutMs = 3000, requestTimeoutMs = 15_000 } = options;
  const { submitTimeoutMs = 120_000, downloadIdleMs = 30_000, maxConnections = 10 } = options;
  const connection = openConnection(options, clock, { connectMs: connectTimeoutMs, maxConnections });
  let paths = [...new Set(healthPaths)];

  const get = (path: string) => ({ method: 'GET' as const, path, totalMs: requestTimeoutMs });
  const post = (path: string, body: Buffer) => ({
    method: 'POST' as const,
    path,
    body,
    totalMs: requestTimeoutMs,
  });

  /** Passes a BackendError on without the key, which a server may have repeated in its words. */
  const told = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw error instanceof BackendError ? withMessage(error, connection.scrub(error.message)) : error;
    }
  };

  async function health(signal?: AbortSignal) {
    const found = await probeHealth(connection, paths, healthTimeoutMs, signal);
    paths = [...new Set([found.healthPath, ...healthPaths])];
    return found;
  }

  // An older build without the list cannot tell; the first submit will.
  async function checkKey(signal?: AbortSignal) {
    await connection.askJson('key', get('/api/tasks'), signal, [404]);
  }

  async function submit(request: GenerationRequest, signal?: AbortSignal) {
    const { path, body } = wireRequest(request);
    const asking = { ...post(path, body), connection: 'submit' as const, totalMs: submitTimeoutMs };
    const answer = await connection.askJson('submit', asking, signal);
    return readSubmission(answer?.json, connection.server);
  }

  async function poll(taskId: string, signal?: AbortSignal) {
    const answer = await connection.askJson(
      'poll',
      get(`/api/status/${encodeURIComponent(taskId)}`),
      signal,
      [404],
    );
    const report = answer === null ? null : readTask(answer.json, taskId, connection.server);
    if (report === null || report.error === null) return report;
    return { ...report, error: { ...report.error, message: connection.scrub(report.error.message) } };
  }

  async function listTasks(signal?: AbortSignal) {
    const answer = await connection.askJson('list', get('/api/tasks'), signal);
    return readTaskList(answer?.json);
  }

  async function stop(taskId: string, signal?: AbortSignal) {
    const body = Buffer.from(JSON.stringify({ task_id: taskId }));
    const asking = post(`/api/stop/${encodeURIComponent(taskId)}`, body);
    const answer = await connection.askJson('stop', asking, signal, [404, 405]);
    return answer !== null && readStopped(answer.json, taskId);
  }

  const limits = { connectMs: connectTimeoutMs, idleMs: downloadIdleMs };
  return {
    get server() {
      return connection.server;
    },
    way: typeof options.server === 'string' ? 'direct' : 'tunnel',
    knows: connection.knows,
    health: (signal) => told(health(signal)),
    checkKey: (signal) => told(checkKey(signal)),
    submit: (request, signal) => told(submit(request, signal)),
    poll: (taskId, signal) => told(poll(taskId, signal)),
    listTasks: (signal) => told(listTasks(signal)),
    stop: (taskId, signal) => told(stop(taskId, signal)),
    download: (url, signal) => told(downloadResult(connection, url, clock, limits, signal)),
    close: () => connection.close(),
  };
}

function withMessage(error: BackendError, message: string): BackendError {
  if (message === error.message) return error;
  const { kind, class: errorClass, code, arrived, cure, cause } = error;
  return new BackendError({ kind, class: errorClass, code, arrived, message, cure, cause });
}
