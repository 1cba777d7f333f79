import path from 'node:path';
import { watch } from 'chokidar';

export interface FolderEvents {
  /** A workflow is there, or has changed. */
  onFile(file: string): void;
  onGone(file: string): void;
  /** Everything that was there at the beginning has been told. */
  onListed(): void;
  onFault(error: unknown): void;
}

export interface FolderWatch {
  close(): Promise<void>;
}

/** Folders of ours and of tools, in which a `.nbflow` is a copy and not a workflow to work on. */
const passedOver = new Set(['backups', 'generations', 'node_modules']);

/** Whether a path below a root is looked at: folders (no `stats` yet, or a folder) and `.nbflow` files. Pure. */
export function isWatched(below: string, isFile: boolean): boolean {
  const parts = below.split(path.sep).filter((part) => part !== '');
  const folders = isFile ? parts.slice(0, -1) : parts;
  if (parts.some((part) => part.startsWith('.'))) return false;
  if (folders.some((part) => passedOver.has(part.toLowerCase()))) return false;
  return !isFile || below.toLowerCase().endsWith('.nbflow');
}

/** Watches folders for `.nbflow` files. A root that is not there is waited for. */
export function watchFolders(roots: readonly string[], events: FolderEvents): FolderWatch {
  const rootOf = (file: string) => roots.find((root) => file === root || file.startsWith(root + path.sep));
  const watcher = watch([...roots], {
    followSymlinks: false,
    ignored: (file, stats) => {
      const root = rootOf(path.resolve(file));
      return (
        root !== undefined && !isWatched(path.relative(root, path.resolve(file)), stats?.isFile() ?? false)
      );
    },
    // A workflow is written whole and renamed; what is written in pieces is told again when it changes again.
    atomic: true,
  });
  let closed = false;
  const unlessClosed = (tell: (file: string) => void) => (file: string) => {
    if (!closed) tell(path.resolve(file));
  };
  watcher.on('add', unlessClosed(events.onFile));
  watcher.on('change', unlessClosed(events.onFile));
  watcher.on('unlink', unlessClosed(events.onGone));
  watcher.on('ready', () => {
    if (!closed) events.onListed();
  });
  watcher.on('error', events.onFault);
  return {
    close() {
      closed = true;
      return watcher.close();
    },
  };
}
