import { watch } from 'chokidar';

/**
 * Hears when one file is written, replaced or put back, and once at the beginning; returns what ends that. A fault of the watch goes to `onFault`. */
export function watchFile(file: string, onChange: () => void, onFault: (error: unknown) => void): () => void {
  const watcher = watch(file, { ignoreInitial: true, atomic: true });
  watcher.on('add', onChange);
  watcher.on('change', onChange);
  // What was changed while the watch was being set up is seen by looking once.
  watcher.on('ready', onChange);
  watcher.on('error', onFault);
  return () => {
    watcher.close().catch(onFault);
  };
}
