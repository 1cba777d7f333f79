import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FaultRule } from './faults.ts';

/** For tests only: the simulator as the process that it is for everybody else. */
export interface SimulatorProcess {
  url: string;
  ready: Record<string, unknown>;
  child: ChildProcess;
  get(path: string, headers?: Record<string, string>): Promise<WireResponse>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<WireResponse>;
  /** Submits and returns the task's id. */
  submit(kind: 'image' | 'video', body: Record<string, unknown>): Promise<string>;
  /** Polls until the task has ended; its last status. */
  ended(id: string): Promise<TaskBody>;
  /** Bytes of the first result of a new task. */
  make(kind: 'image' | 'video', body: Record<string, unknown>): Promise<Buffer>;
  stop(): Promise<number | null>;
}

/** Every field that some answer of the API or of `/sim` has. */
export interface WireBody extends TaskBody {
  poll_url: string;
  created_at: number;
  results: string[];
  tasks: TaskBody[];
  stopped: string[];
  rules: FaultRule[];
  uptimeMs: number;
  submits: { received: number; made: number };
  downloads: { files: number; bytes: number };
  references: { used: number; skipped: number };
  faults: { hits: number }[];
  memory: { heapUsedBytes: number };
}

export interface WireResponse extends Response {
  json(): Promise<WireBody>;
}

export interface TaskBody {
  task_id: string;
  status: string;
  prompt: string;
  results?: string[];
  error_code?: number;
  error?: string;
  error_detail?: string;
}

export const mainFile = fileURLToPath(new URL('./main.ts', import.meta.url));

export async function startProcess(args: string[], env: NodeJS.ProcessEnv = {}): Promise<SimulatorProcess> {
  const child = spawn(process.execPath, [mainFile, '--port', '0', '--latency', '0', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const ready = await firstLine(child);
  const url = String(ready.url);
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));

  const get = (path: string, headers: Record<string, string> = {}): Promise<WireResponse> =>
    fetch(new URL(path, url), { headers }) as Promise<WireResponse>;
  const post = (path: string, body?: unknown, headers: Record<string, string> = {}): Promise<WireResponse> =>
    fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }) as Promise<WireResponse>;
  async function submit(kind: 'image' | 'video', body: Record<string, unknown>): Promise<string> {
    const model = kind === 'video' ? { model: 'veo_31_fast' } : {};
    const answer = await post(`/api/${kind}/generate`, { ...model, ...body });
    if (answer.status !== 202)
      throw new Error(`submit was answered with ${answer.status}: ${await answer.text()}`);
    return String((await answer.json()).task_id);
  }
  async function ended(id: string): Promise<TaskBody> {
    while (true) {
      const task: TaskBody = await (await get(`/api/status/${id}`)).json();
      if (task.status !== 'pending' && task.status !== 'running') return task;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return {
    url,
    ready,
    child,
    get,
    post,
    submit,
    ended,
    async make(kind, body) {
      const task = await ended(await submit(kind, body));
      const file = task.results?.[0];
      if (file === undefined) throw new Error(`no result: ${JSON.stringify(task)}`);
      return Buffer.from(await (await fetch(file)).arrayBuffer());
    },
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

function firstLine(child: ChildProcess): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) return reject(new Error('the process has no output'));
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) => reject(new Error(`the process ended with ${code} before it was ready`)));
  });
}
