import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the parts of this program lie, from the sources as well as from what was built of them. */
export interface Places {
  /** The folder of package.json. */
  root: string;
  /** Built files of the window. */
  renderer: string;
  /** The built preload of the Electron window. */
  preload: string;
  sampleProject: string;
  /** Folder of the icons for the system's tray. */
  trayIcons: string;
  /** Entry of the simulator. */
  simulator: string;
  /** Entry of the worker that looks at workflow files. */
  glanceWorker: string;
  /** Entry of the thread that writes large workflow files. */
  sourceWorker: string;
  /** Entry of the thread that looks through a database and mends it. */
  mendWorker: string;
  /** Entry of the thread that edits files of the tunnel's consumers. */
  editWorker: string;
  /** Entry of the thread that reads large backups. */
  restoringWorker: string;
  /** Entry of the thread that compares workflows. */
  diffWorker: string;
  version: string;
}

/** `module` is the file this code runs from: a `.ts` below src/, or a chunk below out/main/. */
export function findPlaces(module: string = import.meta.filename): Places {
  const root = folderWith('package.json', dirname(module));
  const fromSources = module.endsWith('.ts');
  const entry = (source: string, built: string) =>
    fromSources ? join(root, 'src', ...source.split('/')) : join(root, 'out', 'main', built);
  return {
    root,
    renderer: join(root, 'out', 'renderer'),
    preload: join(root, 'out', 'preload', 'index.cjs'),
    sampleProject: join(root, 'resources', 'sample-project'),
    trayIcons: join(root, 'resources', 'tray'),
    simulator: entry('simulator/main.ts', 'simulator.js'),
    glanceWorker: entry('main/app/glance-worker.ts', 'glance-worker.js'),
    sourceWorker: entry('main/runner/source-worker.ts', 'source-worker.js'),
    mendWorker: entry('main/db/mend-worker.ts', 'mend-worker.js'),
    editWorker: entry('main/services/consumers/edit-worker.ts', 'edit-worker.js'),
    restoringWorker: entry('main/app/history/restoring-worker.ts', 'restoring-worker.js'),
    diffWorker: entry('main/app/history/diff-worker.ts', 'diff-worker.js'),
    version: versionOf(root),
  };
}

function folderWith(name: string, start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder;
    if (dirname(folder) === folder) throw new Error(`No ${name} above ${start}.`);
  }
}

function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
