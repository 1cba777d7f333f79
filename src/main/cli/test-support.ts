import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { errorCode } from '../platform/error-code.ts';

/** For tests only: the command line as a real process, on a data folder and a project of the test's own. */

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const simulatorMain = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));
const fixtures = fileURLToPath(new URL('../workflow/fixtures/', import.meta.url));

export const Line = z.looseObject({ type: z.string() });
export type Line = z.infer<typeof Line>;

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Standard output as NDJSON; a line that is none fails the test. */
  lines(): Line[];
}

export interface Running {
  process: ChildProcess;
  /** Resolves with the first NDJSON line of this type; rejects when the process ends before. */
  line(type: string): Promise<Line>;
  /** As line, with the first one of which it holds; `after` looks only at what comes later. */
  lineWhere(holds: (line: Line) => boolean, after?: Line): Promise<Line>;
  ended: Promise<Ended>;
}

export interface Desk {
  folder: string;
  dataDir: string;
  /** A copy of a fixture in a project folder of its own; its reference is a file, so that nothing leaves the machine. */
  workflow(fixture?: string): Promise<string>;
  /** Runs a command to its end, in the desk's data folder. */
  flowdeck(...args: string[]): Promise<Ended>;
  start(args: readonly string[], options?: StartOptions): Running;
  close(): Promise<void>;
}

interface StartOptions {
  input?: string;
  env?: NodeJS.ProcessEnv;
  /** Program and first arguments; the command line's own entry unless given. */
  program?: readonly [string, ...string[]];
}

export async function openDesk(): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'flowdeck-cli-'));
  const dataDir = join(folder, 'data');
  const alive = new Set<ChildProcess>();
  // Nothing of the machine that runs the tests: no key, no data folder, no colours.
  const {
    GLABS_API_KEY: _key,
    FLOWDECK_DATA_DIR: _dir,
    NO_COLOR: _colour,
    FORCE_COLOR: _force,
    ...inherited
  } = process.env;

  const start = (args: readonly string[], { input, env = {}, program }: StartOptions = {}): Running => {
    const [file, ...first] = program ?? [process.execPath, main];
    const child = spawn(file, [...first, ...args], {
      cwd: folder,
      env: { ...inherited, FLOWDECK_DATA_DIR: dataDir, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    alive.add(child);
    child.stdin.end(input ?? '');
    return watch(child, () => alive.delete(child));
  };

  return {
    folder,
    dataDir,
    start,
    flowdeck: (...args) => start(args).ended,
    workflow: async (fixture = 'valid/XYZG3-V0-1.nbflow') => {
      const project = join(folder, 'project');
      await mkdir(join(project, 'testing'), { recursive: true });
      await cp(join(fixtures, 'refs'), join(project, 'refs'), { recursive: true });
      const file = join(project, 'testing', fixture.slice(fixture.indexOf('/') + 1));
      const text = await readFile(join(fixtures, fixture), 'latin1');
      await writeFile(
        file,
        text.replaceAll('https://pub-0000.r2.dev/avatar-sheets/a.jpg', '../refs/avatar-a.png'),
        'latin1',
      );
      return file;
    },
    close: async () => {
      for (const child of alive) child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function watch(child: ChildProcess, onEnd: () => void): Running {
  let stdout = '';
  let stderr = '';
  const seen: Line[] = [];
  const waiting: { holds(line: Line): boolean; resolve(line: Line): void; reject(error: Error): void }[] = [];
  const lineWhere = (holds: (line: Line) => boolean, after?: Line): Promise<Line> => {
    const already = seen.slice(after === undefined ? 0 : seen.indexOf(after) + 1).find(holds);
    return already
      ? Promise.resolve(already)
      : new Promise((resolve, reject) => waiting.push({ holds, resolve, reject }));
  };
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (text) => {
      stdout += `${text}\n`;
      if (!text.startsWith('{')) return;
      const line = Line.parse(JSON.parse(text));
      seen.push(line);
      for (const one of waiting) if (one.holds(line)) one.resolve(line);
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      onEnd();
      for (const { reject } of waiting)
        reject(new Error(`ended with ${code} before the line came: ${stdout}${stderr}`));
      resolve({ code, stdout, stderr, lines: () => linesOf(stdout) });
    });
  });
  return {
    process: child,
    ended,
    line: (type) => lineWhere((line) => line.type === type),
    lineWhere,
  };
}

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Line.parse(JSON.parse(line)));

export interface Simulator {
  url: string;
  kill(): Promise<void>;
}

/** The simulator in its own process, on a free port. */
export async function startSimulator(...args: string[]): Promise<Simulator> {
  const child = spawn(
    process.execPath,
    [simulatorMain, '--port', '0', '--latency', '0', '--tiny', '--seed', '7', '--exit-with-parent', ...args],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const running = watch(child, () => undefined);
  const { url } = z.object({ url: z.string() }).parse(await running.line('simulator.ready'));
  return {
    url,
    kill: async () => {
      child.kill('SIGKILL');
      await running.ended;
    },
  };
}

/** A port of 127.0.0.1 on which nobody listens just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** The error line that a failing command ends with. */
export const ErrorLine = z.strictObject({
  type: z.literal('error'),
  code: z.string(),
  message: z.string().min(1),
  where: z.string().nullable(),
  cure: z.string().nullable(),
  file: z.string().optional(),
});

/** Whether a process of this number runs. One that has ended counts as ended before its parent has heard of it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // No such process; or it went between the two looks.
    if (['ESRCH', 'ENOENT'].includes(errorCode(error))) return false;
    throw error;
  }
}
