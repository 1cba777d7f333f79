import * as nodeFs from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { fail } from '../../shared/failure.ts';
import { errorCode } from './error-code.ts';
import { makeFolder } from './make-folder.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where Flowdeck keeps its data when nobody says otherwise: `FLOWDECK_DATA_DIR`, else the platform's application
 * data folder (cli.md, `--data-dir`). Absolute.
 */
export function dataDirDefault(
  env: Environment,
  platform: NodeJS.Platform,
  home: string = homedir(),
): string {
  const { join, isAbsolute, resolve } = platform === 'win32' ? path.win32 : path.posix;
  if (env.FLOWDECK_DATA_DIR) return resolve(env.FLOWDECK_DATA_DIR);
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'Flowdeck');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Flowdeck');
  // The XDG specification tells to ignore a relative value.
  const xdg = env.XDG_DATA_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, '.local', 'share'), 'Flowdeck');
}

export interface DataPaths {
  root: string;
  /** SQLite: journal, runs, objects. */
  database: string;
  settings: string;
  /** Secrets where the system has no keychain, and the key they are encrypted with. */
  secrets: string;
  secretsKey: string;
  /** Folder of the log files. */
  logs: string;
  /** Root of the default local store (behaviour.md §6). */
  objects: string;
  /** Can be thrown away at any time. */
  cache: string;
  thumbnails: string;
  sampleProject: string;
}

/** Every file and folder Flowdeck has below its data folder. Locks of workflows are not here: see lock.ts. */
export function dataPaths(dataDir: string): DataPaths {
  const root = path.resolve(dataDir);
  const cache = path.join(root, 'cache');
  return {
    root,
    database: path.join(root, 'flowdeck.db'),
    settings: path.join(root, 'settings.json'),
    secrets: path.join(root, 'secrets.json'),
    secretsKey: path.join(root, 'secrets.key'),
    logs: path.join(root, 'logs'),
    objects: path.join(root, 'objects'),
    cache,
    thumbnails: path.join(cache, 'thumbnails'),
    sampleProject: path.join(root, 'sample-project'),
  };
}

const cure = 'Give another folder with --data-dir or FLOWDECK_DATA_DIR, or make this one writable.';

/**
 * Makes the data folder (mode 0700, for its owner only) and looks whether it can be written.
 * Throws a FlowdeckError of code `folder`, or `store-unreachable` when the disk is full. Tells whether it is new.
 */
export async function ensureDataDir(
  dataDir: string,
  fs: Pick<typeof nodeFs, 'mkdir' | 'stat' | 'writeFile' | 'rm'> = nodeFs,
): Promise<{ created: boolean }> {
  const root = path.resolve(dataDir);
  const probe = path.join(root, `.write-test-${process.pid}`);
  try {
    const created = (await makeFolder(root, { mode: 0o700, fs })) !== undefined;
    await fs.writeFile(probe, 'flowdeck');
    await fs.rm(probe, { force: true });
    return { created };
  } catch (cause) {
    await fs.rm(probe, { force: true }).catch((error: unknown) => error);
    const code = errorCode(cause);
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw fail('store-unreachable', 'The disk of the data folder is full.', {
        where: root,
        cure: 'Free some space, or give another folder with --data-dir.',
        cause,
      });
    }
    const what =
      code === 'EEXIST' || code === 'ENOTDIR'
        ? 'The data folder cannot be made because a file stands in its place.'
        : code === 'EROFS'
          ? 'The data folder is on a disk that can only be read.'
          : 'The data folder cannot be made or written.';
    throw fail('folder', what, { where: root, cure, cause });
  }
}
