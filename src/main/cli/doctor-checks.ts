import { statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Failure, toFailure } from '../../shared/failure.ts';
import type { Flowdeck } from '../app/flowdeck.ts';
import { tryStore } from '../app/run-store.ts';
import { BackendError } from '../backend/backend.ts';
import { createGlabsBackend } from '../backend/glabs.ts';
import { systemClock } from '../platform/clock.ts';
import { nodeDisk } from '../platform/disk.ts';
import { isProgramFile } from '../services/cloudflared-program.ts';
import { broken, type Diagnosis, good, warning } from './diagnosis.ts';

const NODE_NEEDED = 22;

export function checkNode(version: string): Diagnosis {
  return Number.parseInt(version, 10) >= NODE_NEEDED
    ? good('Node', version)
    : broken(
        'Node',
        'usage',
        `${version} is too old.`,
        `Start Flowdeck by bin/flowdeck, which brings its own, or use Node ${NODE_NEEDED} or newer.`,
      );
}

/** It was opened, so it could be written. */
export const checkDataDir = (root: string): Diagnosis => good('data folder', `${root} can be written`);

export function checkSqlite({ db, paths }: Flowdeck): Diagnosis {
  return good('SQLite', `${db.sqliteVersion()}, ${paths.database}`);
}

const SPACE_WARNING = 2 * 1024 ** 3;
const SPACE_NEEDED = 200 * 1024 ** 2;

/** A picture takes about 2 MB, a clip about 10 MB; both lie in the project and in the store. */
export async function checkDiskSpace(folder: string): Promise<Diagnosis> {
  const { bavail, bsize } = await statfs(folder);
  return judgeSpace(bavail * bsize, folder);
}

/** Pure. `free` is in bytes. */
export function judgeSpace(free: number, folder: string): Diagnosis {
  const words = `${(free / 1024 ** 3).toFixed(1)} GB free at ${folder}`;
  if (free < SPACE_NEEDED)
    return broken('disk space', 'store-unreachable', words, 'Free some space before the next run.');
  return free < SPACE_WARNING
    ? warning('disk space', words, 'Free some space soon: pictures and clips need it.')
    : good('disk space', words);
}

/**
 * The store that runs use. One on this machine is there and can be written; another is tried in full, for which a tiny
 * object is written to it.
 */
export async function checkStore({ settings, secrets, paths }: Flowdeck): Promise<Diagnosis> {
  const name = settings.get('storage.default');
  const store = settings.get('storage.stores')[name];
  try {
    if (store?.kind === 'local') {
      const root = store.root ?? paths.objects;
      await nodeDisk.assertWritable(root);
      return good('storage', `${name}: ${root} can be written`);
    }
    const { steps, failure } = await tryStore(name, { settings, secrets, paths, clock: systemClock });
    if (failure !== null) return brokenStore(failure);
    return good('storage', `${name}: ${steps.map(({ message }) => message).join(' ')}`);
  } catch (error) {
    return brokenStore(toFailure(error));
  }
}

const brokenStore = ({ code, message, cure }: Failure): Diagnosis =>
  broken('storage', code, message, cure ?? 'Look at the settings storage.default and storage.stores.');

/**
 * Whether G-Labs answers at `glabs.url`, and takes the key. One that is not up is no fault of the machine while
 * Start can bring it up; a stranger on the port, or a refused key, is.
 */
export async function checkGlabs(
  { settings, secrets }: Flowdeck,
  env: NodeJS.ProcessEnv,
): Promise<Diagnosis[]> {
  const url = settings.get('glabs.url');
  const apiKey = await secrets.get('glabs.apiKey');
  const backend = createGlabsBackend({
    server: url,
    apiKey,
    authHeader: settings.get('glabs.authHeader'),
    healthPaths: settings.get('glabs.healthPaths'),
    clock: systemClock,
  });
  try {
    const { demo, serverName } = await backend.health();
    const answered = good(
      'G-Labs',
      `answers at ${url}${demo ? ' (the demo: nothing is real)' : serverName === null ? '' : ` (${serverName})`}`,
    );
    return [answered, await checkKey(() => backend.checkKey(), apiKey !== null)];
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    const command = settings.get('glabs.command');
    if (command !== null && command !== 'demo' && !(await isCommand(command, env))) {
      return [
        broken(
          'G-Labs',
          'usage',
          `glabs.command is ${command}, and there is no program that can be run.`,
          'Correct the setting glabs.command, or unset it and start G-Labs by hand.',
        ),
      ];
    }
    const canWait =
      (error.kind === 'unreachable' || error.kind === 'no-answer') &&
      mayBeStarted(settings.get('glabs.command'), url);
    return [
      canWait
        ? warning('G-Labs', `nothing answers at ${url}`, 'Press Start in the control room, or start G-Labs.')
        : broken('G-Labs', 'backend-unreachable', error.message, error.cure),
    ];
  } finally {
    backend.close();
  }
}

/** Start would bring something up: the configured command, or the demo for who has no backend. */
const mayBeStarted = (command: string | null, url: string): boolean =>
  command !== null || /^http:\/\/(127\.|localhost|\[::1\])/.test(url);

async function checkKey(ask: () => Promise<void>, hasKey: boolean): Promise<Diagnosis> {
  try {
    await ask();
    return good('API key', hasKey ? 'accepted' : 'none is set, and none is asked for');
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return broken(
      'API key',
      error.kind === 'refused' ? 'backend-refused' : 'backend-unreachable',
      error.message,
      error.cure,
    );
  }
}

/** A path, or a name that is looked for as a shell would. */
async function isCommand(command: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  if (/[\\/]/.test(command)) return isProgramFile(command);
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    for (const ending of endings) if (await isProgramFile(join(folder, command + ending))) return true;
  }
  return false;
}
