import { Worker } from 'node:worker_threads';
import { mendDatabase } from '../db/mend.ts';
import { mendedWords } from '../db/mended-words.ts';
import type { Log } from '../platform/log.ts';
import type { DataPaths } from '../platform/paths.ts';
import { findObjects } from './find-objects.ts';
import type { Places } from './places.ts';
import type { StoreParts } from './run-store.ts';

interface MendingParts extends StoreParts {
  log: Log;
  paths: DataPaths;
  places: Pick<Places, 'mendWorker'>;
}

/** Mends the database of a data folder if need be, before it is opened (db/mend.ts); gives what a person is told of it. */
export async function mendIfDamaged(parts: MendingParts): Promise<string[]> {
  const { clock, log, paths, places } = parts;
  const mended = await mendDatabase(paths.database, {
    clock,
    startWorker: (workerData) => new Worker(places.mendWorker, { workerData, name: 'flowdeck-mend' }),
    findObjects: () => findObjects(parts),
  });
  if (mended === null) return [];
  const words = mendedWords(mended);
  log.warn(words, { ...mended });
  return [words];
}
