import { powerMonitor } from 'electron';

/** Tells at once when the machine woke up, rather than when a clock is next looked at. Returns what ends it. */
export function onResume(listener: () => void): () => void {
  powerMonitor.on('resume', listener);
  return () => powerMonitor.off('resume', listener);
}
