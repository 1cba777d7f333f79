import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

export const root = resolve(import.meta.dirname, '..');

const Ready = z.object({ url: z.url() });
const Counters = z.object({ polls: z.number() });

export interface SimulatorProcess {
  url: string;
  /** Status requests it was asked so far. */
  polls(): Promise<number>;
  end(): Promise<void>;
}

/** A simulator in a process of its own, on a free port; `args` as in docs/simulator.md. */
export async function startSimulator(args: readonly string[]): Promise<SimulatorProcess> {
  const program = join(root, 'src/simulator/main.ts');
  const child = spawn(
    process.execPath,
    [program, '--port', '0', '--seed', '7', '--exit-with-parent', ...args],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  const first = new Promise<string>((done) => createInterface({ input: child.stdout }).once('line', done));
  const line = await Promise.race([first, gone]);
  if (line === undefined) throw new Error('The simulator ended before it was ready.');
  const { url } = Ready.parse(JSON.parse(line));
  return {
    url,
    polls: async () => Counters.parse(await (await fetch(`${url}/sim/state`)).json()).polls,
    end: () => {
      child.kill('SIGTERM');
      return gone;
    },
  };
}

/**
 * Runs a file of bench/workers in a process of its own: it gets `input` as its one argument, in JSON, and its last
 * line on standard output is the result. What is measured shares neither heap nor warm code with what was before.
 */
export async function work<T>(worker: string, input: unknown, result: z.ZodType<T>): Promise<T> {
  const file = join(import.meta.dirname, 'workers', worker);
  const child = spawn(process.execPath, [file, JSON.stringify(input)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = line;
  });
  const code = await new Promise((done, reject) => {
    child.once('error', reject);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`${worker} ended with ${String(code)}.`);
  return result.parse(JSON.parse(last));
}
