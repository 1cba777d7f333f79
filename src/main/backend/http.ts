import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../platform/clock.ts';

/**
 * One HTTP exchange that knows how far it got. Global fetch cannot tell a connection that was never made from one
 * that broke after the request had left, and that difference decides whether a generation may be sent again
 * (behaviour.md §7), so this stands on node:http and its socket events. Redirects are never followed here.
 */
export interface HttpAsk {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body?: Buffer;
  /** Undefined: a connection of its own. */
  agent?: http.Agent | undefined;
  /** Milliseconds until the connection stands, TLS included. */
  connectMs: number;
  /** Milliseconds for the whole exchange once a connection stands; null: only `idleMs` counts. */
  totalMs: number | null;
  /** Milliseconds without a byte of the answer once a connection stands; null: only `totalMs` counts. */
  idleMs: number | null;
  maxBytes: number;
}

export interface HttpAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
  /** The answer began but did not come whole. */
  broken: BrokenExchange | null;
}

/**
 * `connect`: no byte of the request can have arrived. `waiting`: the connection stood, no answer came.
 * `answering`: the answer had begun.
 */
export type ExchangePhase = 'connect' | 'waiting' | 'answering';

/** An exchange that ended without a whole answer. */
export class BrokenExchange extends Error {
  override readonly name = 'BrokenExchange';
  readonly phase: ExchangePhase;
  /** Code of Node, OpenSSL or the HTTP parser, e.g. `ECONNREFUSED`, `HPE_INVALID_CONSTANT`; `TOO_BIG` of ours. */
  readonly code: string | null;
  readonly timedOut: boolean;
  /** It broke on a kept-alive connection: the server may only have closed an idle one. */
  readonly reused: boolean;

  constructor(init: {
    phase: ExchangePhase;
    code: string | null;
    timedOut: boolean;
    reused: boolean;
    cause?: unknown;
  }) {
    super(`exchange broke: ${init.phase} ${init.timedOut ? 'deadline' : (init.code ?? 'unknown')}`, {
      cause: init.cause,
    });
    this.phase = init.phase;
    this.code = init.code;
    this.timedOut = init.timedOut;
    this.reused = init.reused;
  }
}

/** Rejects with a BrokenExchange when no answer began, or with the signal's reason. */
export function exchange(ask: HttpAsk, clock: Clock, signal?: AbortSignal): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);

    let phase: ExchangePhase = 'connect';
    let response: http.IncomingMessage | null = null;
    let over = false;
    const chunks: Buffer[] = [];
    let received = 0;

    const secure = ask.url.protocol === 'https:';
    const request = (secure ? https : http).request(ask.url, {
      method: ask.method,
      headers: { ...ask.headers, ...(ask.body ? { 'content-length': String(ask.body.length) } : {}) },
      agent: ask.agent ?? false,
    });
    const connectDog = watchdog(clock, () => broke(null, true));
    const totalDog = watchdog(clock, () => broke(null, true));
    const idleDog = watchdog(clock, () => broke(null, true));

    const onAbort = () => end(() => reject(signal?.reason), false);
    signal?.addEventListener('abort', onAbort, { once: true });

    function end(settle: () => void, reusable: boolean): void {
      if (over) return;
      over = true;
      connectDog.stop();
      totalDog.stop();
      idleDog.stop();
      signal?.removeEventListener('abort', onAbort);
      if (!reusable) request.destroy();
      settle();
    }

    function broke(error: unknown, timedOut: boolean): void {
      if (over) return;
      const code = codeOf(error);
      const reused = request.reusedSocket && phase === 'waiting';
      const broken = new BrokenExchange({ phase, code, timedOut, reused, cause: error ?? undefined });
      end(() => (response === null ? reject(broken) : resolve(answerOf(response, broken))), false);
    }

    function answerOf(message: http.IncomingMessage, broken: BrokenExchange | null): HttpAnswer {
      return {
        status: message.statusCode ?? 0,
        headers: message.headers,
        body: Buffer.concat(chunks),
        broken,
      };
    }

    function connected(): void {
      connectDog.stop();
      if (over || phase !== 'connect') return;
      phase = 'waiting';
      if (ask.totalMs !== null) totalDog.start(ask.totalMs);
      if (ask.idleMs !== null) idleDog.start(ask.idleMs);
    }

    // Errors after the end (a destroyed request reports one) have nobody left to tell.
    request.on('error', (error) => broke(error, false));
    request.on('socket', (socket) => {
      if (over) return;
      if (request.reusedSocket || !socket.connecting) return connected();
      connectDog.start(ask.connectMs);
      socket.once(secure ? 'secureConnect' : 'connect', connected);
    });
    request.on('response', (message) => {
      if (over) return message.destroy();
      connected();
      phase = 'answering';
      response = message;
      message.on('data', (chunk: Buffer) => {
        idleDog.touch();
        received += chunk.length;
        if (received > ask.maxBytes) return broke({ code: 'TOO_BIG' }, false);
        chunks.push(chunk);
      });
      message.on('error', (error) => broke(error, false));
      // An answer before the whole request was sent (413) leaves a connection nobody can use again.
      message.on('end', () => end(() => resolve(answerOf(message, null)), request.writableFinished));
      message.on('close', () => broke(null, false));
    });
    request.end(ask.body);
  });
}

/** A reason of our own: without one, each stop would make a DOMException with a stack, which costs more than a request. */
const letGo = 'let go';

/** Calls back once, `ms` after the last `touch`. A touch is cheap: no timer is made for it. */
function watchdog(clock: Clock, bark: () => void) {
  const leash = new AbortController();
  let last = 0;
  const watch = async (ms: number): Promise<void> => {
    let rest = ms;
    while (rest > 0) {
      await clock.sleep(rest, leash.signal);
      rest = last + ms - clock.monotonic();
    }
    bark();
  };
  return {
    start(ms: number): void {
      last = clock.monotonic();
      watch(ms).catch((error) => {
        if (!leash.signal.aborted) throw error;
      });
    },
    touch(): void {
      last = clock.monotonic();
    },
    stop(): void {
      leash.abort(letGo);
    },
  };
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
