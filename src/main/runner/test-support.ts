import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RunOptions } from '../../shared/domain.ts';
import type { RunEvent, RunEventOf } from '../../shared/run-events.ts';
import { type SettingKey, type Settings, settingSchemas } from '../../shared/settings.ts';
import { createGlabsBackend } from '../backend/glabs.ts';
import { openDatabase } from '../db/database.ts';
import { packRecord } from '../db/records.ts';
import { takeBackup } from '../history/backup.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { hashOf } from '../platform/content-hash.ts';
import { type Disk, nodeDisk } from '../platform/disk.ts';
import { acquireLock, lockFileFor, withFileLock } from '../platform/lock.ts';
import { inspectMedia, pictureForRequest } from '../platform/media.ts';
import { watchFile } from '../platform/watch-file.ts';
import { createLocalStore } from '../storage/local-store.ts';
import { assertTakes } from '../storage/try-store.ts';
import type { BackendWatch } from './backend-news.ts';
import { createRunner } from './runner.ts';
import type { Runner } from './runner-api.ts';
import type { RunnerDeps } from './runner-deps.ts';
import { createSourceWriter, knownAs } from './source-writer.ts';

/** For tests only: a runner on real files, a real database and the simulator in its own process. */

const fixtures = fileURLToPath(new URL('../workflow/fixtures/', import.meta.url));
const simulatorMain = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));

export interface Simulator {
  url: string;
  /** Sets faults while it runs (docs/simulator.md). */
  faults(rules: unknown[]): Promise<void>;
  kill(): Promise<void>;
}

export async function startSimulator(args: string[] = []): Promise<Simulator> {
  const child = spawn(
    process.execPath,
    [simulatorMain, '--port', '0', '--latency', '0', '--tiny', '--seed', '7', '--exit-with-parent', ...args],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready: { url: string } = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${code}`)));
  });
  return {
    url: ready.url,
    faults: async (rules) => {
      const answer = await fetch(`${ready.url}/sim/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ rules }),
      });
      if (!answer.ok) throw new Error(`faults: ${answer.status} ${await answer.text()}`);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export interface Bench {
  folder: string;
  dataDir: string;
  /** Path of the workflow, in `testing/` of a project folder of its own. */
  workflow: string;
  deps: RunnerDeps;
  runner: Runner;
  read(): Promise<string>;
  /** Runs to the end and gives what was told. */
  run(
    options?: Partial<RunOptions>,
  ): Promise<{ events: RunEvent[]; end: RunEventOf<'run.finished'>; failure: unknown }>;
  close(): Promise<void>;
}

/** A backend that nobody supervises. */
export const unwatched: BackendWatch = { listen: () => () => undefined, mended: async () => false };

/** Real time, but waiting costs a twentieth: backoff and pauses are the same decisions, sooner. */
const hurriedClock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 20, signal) };

export interface BenchOptions {
  server: string;
  fixture?: string;
  settings?: Partial<Settings>;
  disk?: Disk;
  /** The folder of a bench whose process was killed, instead of one of its own. */
  left?: LeftBench;
}

/** What a process that was killed leaves of its bench. */
export type LeftBench = Pick<Bench, 'folder' | 'workflow'>;

export async function openBench(options: BenchOptions): Promise<Bench> {
  const folder = options.left?.folder ?? (await mkdtemp(join(tmpdir(), 'flowdeck-run-')));
  const dataDir = join(folder, 'data');
  const fixture = options.fixture ?? 'valid/XYZG3-V0-1.nbflow';
  const workflow = options.left?.workflow ?? join(folder, 'project', 'testing', basename(fixture));
  if (!options.left) {
    await mkdir(join(folder, 'project', 'testing'), { recursive: true });
    await mkdir(dataDir);
    await cp(join(fixtures, fixture), workflow);
    await cp(join(fixtures, 'refs'), join(folder, 'project', 'refs'), { recursive: true });
  }

  const db = openDatabase(join(dataDir, 'flowdeck.db'));
  const disk = options.disk ?? nodeDisk;
  let ids = 0;
  const setting = <K extends SettingKey>(key: K): Settings[K] =>
    (options.settings?.[key] ?? settingSchemas[key].parse(undefined)) as Settings[K];
  const deps: RunnerDeps = {
    db,
    disk,
    clock: hurriedClock,
    random: Math.random,
    openSource: (start) => createSourceWriter(knownAs(start), disk),
    watch: (file, onChange) =>
      watchFile(file, onChange, (error) => {
        throw error;
      }),
    // The avatar addresses of the fixtures are never meant to answer: this stands for the web.
    fetch: async () => new Response(await readFile(join(fixtures, 'refs', 'avatar-a.png'))),
    setting,
    server: async (asked) => asked.server ?? options.server,
    watchBackend: () => unwatched,
    openBackend: async (server) =>
      createGlabsBackend({
        server,
        apiKey: null,
        authHeader: setting('glabs.authHeader'),
        healthPaths: setting('glabs.healthPaths'),
        clock: systemClock,
      }),
    tryStore: (store, signal) => assertTakes(store, systemClock, signal),
    here: createLocalStore({ name: 'here', root: join(dataDir, 'objects') }),
    openStore: async () => createLocalStore({ name: 'local', root: join(dataDir, 'objects') }),
    backup: (path, content, reason) => takeBackup(path, content, reason, { db, disk, clock: systemClock }),
    lock: async (path, what) => acquireLock(await lockFileFor(path, join(folder, 'locks')), { what }),
    alone: (file, what, work) => withFileLock(file, what, work, { folder: join(folder, 'locks') }),
    inspect: inspectMedia,
    fit: pictureForRequest,
    hash: hashOf,
    pack: packRecord,
    online: () => true,
    media: (sha256, file) => `${sha256}.${file.slice(file.lastIndexOf('.') + 1)}`,
    self: { pid: process.pid, started: null, boot: 'this start' },
    isAlive: async (pid) => pid === process.pid,
    newId: () => `${options.left ? 'later' : 'run'}-${++ids}`,
  };
  const runner = createRunner(deps);
  return {
    folder,
    dataDir,
    workflow,
    deps,
    runner,
    read: () => readFile(workflow, 'utf8'),
    run: async (more = {}) => {
      const handle = await runner.start(workflow, RunOptions.parse({ pollMs: 100, ...more }));
      const events: RunEvent[] = [];
      handle.onEvent((event) => events.push(event));
      const { event, failure } = await handle.finished;
      return { events, end: event, failure };
    },
    close: async () => {
      await runner.close();
      db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
