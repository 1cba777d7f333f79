import ELK from 'elkjs/lib/elk-api.js';
// The file as it is: it has been bundled already.
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';
import type { GraphTab, Places } from './graph-model.ts';
import { tidyPlaces } from './graph-tidy.ts';

/** Lays a tab out in a worker of its own, which ends with the answer, or when nobody waits for it any more. */
export async function tidyInWorker(tab: GraphTab, signal: AbortSignal): Promise<Places> {
  signal.throwIfAborted();
  const worker = new Worker(workerUrl);
  const elk = new ELK({ workerFactory: () => worker });
  const gone = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    worker.addEventListener('error', (event) => reject(new Error(event.message)), { once: true });
  });
  try {
    return await Promise.race([tidyPlaces(tab, (graph) => elk.layout(graph)), gone]);
  } finally {
    elk.terminateWorker();
  }
}
