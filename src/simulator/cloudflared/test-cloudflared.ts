import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** For tests only: the simulated cloudflared and the simulated Cloudflare, as the processes that they are. */

const mainFile = fileURLToPath(new URL('../cloudflared-main.ts', import.meta.url));

/** An executable file that behaves as cloudflared: for the setting tunnel.cloudflared. Needs the environment of an edge. */
export const simulatedCloudflared = fileURLToPath(
  new URL('../../../resources/simulated-cloudflared', import.meta.url),
);

export interface EdgeState {
  /** Processes of cloudflared that have begun so far. */
  starts: number;
  /** Attempts to create a quick tunnel; host is null where it was refused. */
  creations: { at: string; host: string | null }[];
  queued: string[];
  tunnels: {
    host: string;
    id: string;
    scenario: string;
    deleted: boolean;
    requests: number;
    connections: { id: string; connIndex: number; protocol: string; pid: number; connectorId: string }[];
  }[];
}

export interface PublicAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface TestEdge {
  /** Also what tunnel.probeOrigin is set to: the public side of every tunnel, by the Host header. */
  url: string;
  pid: number;
  /** The environment that a cloudflared needs to find this edge, and the scenario that it plays. */
  env(scenario?: string): Record<string, string>;
  state(): Promise<EdgeState>;
  /** The next `count` processes of cloudflared play this, whatever their environment says. */
  queue(scenario: string, count?: number): Promise<void>;
  /** The tunnel of this host plays this from now on. `ms`: how long blip and slow-dns last. Throws when it cannot. */
  play(host: string, scenario: string, ms?: number): Promise<void>;
  /** A request by somebody out there, to `https://HOST/PATH`. Rejects where their resolver would. */
  ask(
    host: string,
    path: string,
    more?: { method?: string; headers?: Record<string, string>; body?: Buffer },
  ): Promise<PublicAnswer>;
  /** Asks the state until it is as wanted. */
  until(wanted: (state: EdgeState) => boolean): Promise<EdgeState>;
  /** Ends the process of the edge. */
  stop(): Promise<void>;
}

/** `speed`: how many times faster than life the times of the scenarios pass, for the edge and for its processes. */
export async function startEdge(options: { speed?: number; seed?: number } = {}): Promise<TestEdge> {
  const { speed = 20, seed = 7 } = options;
  const args = ['edge', '--port', '0', '--seed', String(seed), '--speed', String(speed)];
  const child = spawn(process.execPath, [mainFile, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    exited.then(([code]) => {
      throw new Error(`the edge ended with ${code} before it was ready`);
    }),
  ]);
  const ready: { url: string; pid: number } = JSON.parse(String(line));
  const { url } = ready;
  const state = async (): Promise<EdgeState> =>
    (await fetch(`${url}/_edge/state`)).json() as Promise<EdgeState>;
  const tell = async (body: Record<string, unknown>): Promise<void> => {
    const answer = await fetch(`${url}/_edge/scenario`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
  };
  return {
    url,
    pid: ready.pid,
    env: (scenario = 'ok') => ({
      FLOWDECK_SIM_EDGE: new URL(url).host,
      FLOWDECK_SIM_SPEED: String(speed),
      FLOWDECK_SIM_TUNNEL: scenario,
    }),
    state,
    queue: (scenario, count = 1) => tell({ scenario, next: count }),
    play: (host, scenario, ms) => tell({ scenario, host, ...(ms === undefined ? {} : { ms }) }),
    ask: (host, path, more) => ask(url, host, path, more),
    async until(wanted) {
      while (true) {
        const now = await state();
        if (wanted(now)) return now;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
    },
  };
}

function ask(
  edge: string,
  host: string,
  path: string,
  more: { method?: string; headers?: Record<string, string>; body?: Buffer } = {},
): Promise<PublicAnswer> {
  const { method = 'GET', headers = {}, body } = more;
  return new Promise((resolve, reject) => {
    request(new URL(path, edge), { method, headers: { host, ...headers }, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) });
      });
    })
      .on('error', reject)
      .end(body);
  });
}

export interface TestCloudflared {
  child: ChildProcess;
  /** What it has said to standard error so far, line by line; and to standard output. */
  lines: string[];
  output: { text: string };
  /** The first line, said or still to come, that matches; rejects when the process ends before. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  /** The host of its quick tunnel. */
  host(): Promise<string>;
  /** An answer of its metrics server. */
  metrics(path: string): Promise<{ status: number; text: string; type: string | null }>;
  ended: Promise<{ code: number | null; signal: string | null }>;
  /** Ends it: gently, then by force if it stays. */
  stop(): Promise<void>;
}

/** Starts the file that users are given, as a supervisor would: no shell, nothing inherited but what is given. */
export function startCloudflared(args: readonly string[], env: Record<string, string>): TestCloudflared {
  const child = spawn(simulatedCloudflared, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A home without a configuration file, unless the test gives one.
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env },
  });
  const lines: string[] = [];
  const output = { text: '' };
  const waiting = new Set<(line: string | null) => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.text += text;
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    for (const look of waiting) look(line);
  });
  const ended = once(child, 'close').then(([code, signal]) => {
    for (const look of waiting) look(null);
    return { code, signal };
  });
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const said = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (line: string | null): void => {
        const found = line === null ? null : pattern.exec(line);
        if (found === null && line !== null) return;
        waiting.delete(look);
        if (found !== null) resolve(found);
        else reject(new Error(`it ended without saying ${pattern}:\n${lines.join('\n')}`));
      };
      waiting.add(look);
      for (const line of lines) if (waiting.has(look)) look(line);
      if (isOver() && waiting.has(look)) void ended.then(() => look(null));
    });
  return {
    child,
    lines,
    output,
    said,
    ended,
    host: async () => (await said(/https:\/\/((?!api\.)[a-z-]+\.trycloudflare\.com)/))[1] ?? '',
    async metrics(path) {
      const [, address] = await said(/Starting metrics server on (\S+)\/metrics/);
      const answer = await fetch(`http://${address}${path}`);
      return { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') };
    },
    async stop() {
      if (!isOver()) child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Arguments of a quick tunnel to this address, as Flowdeck gives them (B14 of the reference). */
export const quickTunnelArgs = (url: string): string[] => [
  ...['tunnel', '--config', '', '--no-autoupdate', '--protocol', 'http2', '--metrics', '127.0.0.1:0'],
  ...['--grace-period', '5s', '--retries', '2', '--no-prechecks', '--url', url],
];
