import http from 'node:http';
import https from 'node:https';
import { fail } from '../../shared/failure.ts';
import type { Clock } from '../platform/clock.ts';
import { type BackendAddress, type MovingServer, type NoAddress, whereaboutsOf } from './address.ts';
import { BackendError } from './backend.ts';
import { type AnswerFacts, type Asked, type Call, classifyAnswer, classifyBreak } from './errors.ts';
import { BrokenExchange, exchange, type HttpAnswer } from './http.ts';

/** Who is talked to, and how the key goes along. */
export interface Target {
  /** Base URL, http or https, without name or password; or what is asked for it before each request. */
  server: string | MovingServer;
  apiKey: string | null;
  /** Name of the header that carries the key. */
  authHeader: string;
}

interface ServerAsk {
  method: 'GET' | 'POST';
  /** Path and query below the base URL; or `rootPath`, below its origin. */
  path?: string;
  rootPath?: string;
  /** Sent as JSON. */
  body?: Buffer;
  accept?: string;
  /** `own`: neither queues behind others nor meets a stale connection. */
  connection?: 'shared' | 'submit' | 'own';
  connectMs?: number;
  totalMs: number | null;
  idleMs?: number;
  maxBytes?: number;
}

/** HTTP with one server: the only place that holds the key, which goes nowhere but to the server's own origin. */
export interface Connection {
  /** Base URL without a trailing slash, as last found. */
  readonly server: string;
  /** Where it is now. Rejects with a BackendError when that cannot be told. */
  base(): Promise<string>;
  /** Whether this base URL leads here, or did so earlier. */
  knows(server: string): boolean;
  /** A URL at this server, also under an earlier address of it, as path and query; null: it lies elsewhere. */
  pathOf(url: string): string | null;
  asked(call: Call): Asked;
  /** Any answer, whole or broken off. Rejects with a BackendError when none began. */
  ask(call: Call, request: ServerAsk, signal?: AbortSignal): Promise<HttpAnswer>;
  /** Any whole answer. */
  askFacts(call: Call, request: ServerAsk, signal?: AbortSignal): Promise<AnswerFacts>;
  /** A success in JSON, else the BackendError its status means. Null: JSON with one of the statuses in `none`. */
  askJson(
    call: Call,
    request: ServerAsk,
    signal?: AbortSignal,
    none?: number[],
  ): Promise<{ json: unknown } | null>;
  /** Text to be shown, with the key struck out should the server have repeated it. */
  scrub(text: string): string;
  /** Lets go of idle connections. */
  close(): void;
}

const maxAnswerBytes = 256 * 1024 * 1024;

/**
 * @param limits `connectMs`: until a connection stands; `maxConnections`: for submits, and as many for the rest
 * @throws FlowdeckError `usage` for an address, key or header name that cannot be used
 */
export function openConnection(
  target: Target,
  clock: Clock,
  limits: { connectMs: number; maxConnections: number },
): Connection {
  const where = whereaboutsOf(target.server);
  const apiKey = checkedKey(target.apiKey);
  const auth: Record<string, string> = apiKey === null ? {} : { [checkedHeader(target.authHeader)]: apiKey };
  const { maxConnections } = limits;
  const plain = agentsOf(http.Agent, maxConnections);
  const secure = agentsOf(https.Agent, maxConnections);

  const asked = (call: Call): Asked => ({
    call,
    server: where.last(),
    hasKey: apiKey !== null,
    name: 'G-Labs',
  });
  const keyInText = apiKey === null ? null : keyPattern(apiKey);

  async function address(): Promise<BackendAddress> {
    const found = await where.find();
    if (found.server === null) throw noAddress(found);
    return found;
  }

  async function ask(call: Call, request: ServerAsk, signal?: AbortSignal): Promise<HttpAnswer> {
    const { method, body } = request;
    const { url, host } = routeTo(await address(), request);
    const headers: Record<string, string> = {
      accept: request.accept ?? 'application/json',
      'accept-encoding': 'identity',
      ...(host === null ? {} : { host }),
      ...auth,
    };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const full = {
      method,
      url,
      headers,
      agent: (url.protocol === 'https:' ? secure : plain)[request.connection ?? 'shared'],
      connectMs: request.connectMs ?? limits.connectMs,
      totalMs: request.totalMs,
      idleMs: request.idleMs ?? null,
      maxBytes: request.maxBytes ?? maxAnswerBytes,
      ...(body === undefined ? {} : { body }),
    };
    try {
      return await exchange(full, clock, signal);
    } catch (error) {
      if (!(error instanceof BrokenExchange)) throw error;
      // The server may have closed an idle connection just then. What changes nothing is simply asked again.
      const stale = error.reused && !error.timedOut && method === 'GET';
      if (stale) return ask(call, { ...request, connection: 'own' }, signal);
      throw classifyBreak(error, asked(call), error.cause);
    }
  }

  async function askFacts(call: Call, request: ServerAsk, signal?: AbortSignal): Promise<AnswerFacts> {
    const answer = await ask(call, request, signal);
    if (answer.broken !== null) throw classifyBreak(answer.broken, asked(call), answer.broken.cause);
    return factsOf(answer);
  }

  return {
    get server() {
      return where.last();
    },
    base: async () => (await address()).server,
    knows: where.knows,
    pathOf: where.pathOf,
    asked,
    ask,
    askFacts,
    async askJson(call, request, signal, none = []) {
      const answer = await askFacts(call, request, signal);
      if (answer.json !== undefined && none.includes(answer.status)) return null;
      const success = answer.status >= 200 && answer.status < 300;
      if (!success || answer.json === undefined) throw classifyAnswer(answer, asked(call));
      return { json: answer.json };
    },
    scrub: (text) => (keyInText === null ? text : text.replaceAll(keyInText, '[key]')),
    close() {
      for (const { shared, submit } of [plain, secure]) {
        shared.destroy();
        submit.destroy();
      }
    },
  };
}

/** By how a request may use connections; `own` is none of them. */
function agentsOf(Agent: typeof http.Agent | typeof https.Agent, maxSockets: number) {
  return {
    shared: new Agent({ keepAlive: true, maxSockets }),
    // A server closing an idle connection while a submit is on its way would leave that submit in doubt:
    // generation requests only reuse a connection that was busy a moment ago.
    submit: new Agent({ keepAlive: true, maxSockets, timeout: 1000 }),
    own: undefined,
  };
}

/** Where a request is sent, and the name it is sent to when that is not the one in the address. */
function routeTo(
  { server, sentTo }: BackendAddress,
  { path = '/', rootPath }: ServerAsk,
): { url: URL; host: string | null } {
  const meant = rootPath === undefined ? new URL(server + path) : new URL(new URL(server).origin + rootPath);
  if (sentTo === null) return { url: meant, host: null };
  return { url: new URL(new URL(sentTo).origin + meant.pathname + meant.search), host: meant.host };
}

/** Nothing left this machine. */
const noAddress = ({ message, cure }: NoAddress): BackendError =>
  new BackendError({ kind: 'unreachable', class: 'connection refused', arrived: 'no', message, cure });

function checkedHeader(header: string): string {
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(header)) return header;
  throw fail('usage', `"${header}" cannot be the name of a header.`, {
    where: 'glabs.authHeader',
    cure: 'Use X-API-Key, or what your G-Labs wants.',
  });
}

function checkedKey(key: string | null): string | null {
  const trimmed = key?.trim() ?? '';
  if (trimmed === '') return null;
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw fail('usage', 'The API key holds characters that cannot be sent.', {
    where: 'glabs.apiKey',
    cure: 'Copy the key anew from the Webhook tab and store it with: flowdeck config set-secret glabs.apiKey',
  });
}

/** A short key is only struck out where it stands alone: it may be a part of any word. */
function keyPattern(key: string): RegExp {
  const literal = key.replaceAll(/[^\w]/g, '\\$&');
  return key.length >= 16 ? new RegExp(literal, 'g') : new RegExp(`(?<![\\w-])${literal}(?![\\w-])`, 'g');
}

/** What classification and the readers look at. */
export function factsOf(answer: HttpAnswer): AnswerFacts {
  const { status, headers } = answer;
  const text = answer.body.toString('utf8');
  const json = parsed(text);
  return {
    status,
    json,
    text: json === undefined ? text.slice(0, 4000) : '',
    contentType: headers['content-type'] ?? '',
    serverHeader: String(headers.server ?? ''),
    location: headers.location ?? '',
  };
}

/** Undefined for what is not a JSON object or list. */
function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
