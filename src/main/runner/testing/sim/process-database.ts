import { fail } from '../../../../shared/failure.ts';
import type { Database } from '../../../db/database.ts';
import type { SimProcess, World } from './world.ts';

const SLOWEST_MS = 3;

/**
 * The database as a process sees it: its writes wait for a step, and share one commit then. Who dies before has written
 * nothing; who dies after has written all of it and never hears so.
 */
export function databaseOf(process: SimProcess, db: Database, world: World, isFull: () => boolean): Database {
  interface Write {
    work: () => unknown;
    resolve: (value: never) => void;
    reject: (error: unknown) => void;
  }
  let waiting: Write[] = [];

  const commit = () => {
    const writes = waiting;
    waiting = [];
    for (const { work, resolve, reject } of writes) {
      const refuse = () => {
        throw fail('folder', 'The database cannot be written: the disk is full.', { where: db.file });
      };
      db.commits.write(isFull() ? refuse : work).then(
        (value) => {
          if (process.alive) resolve(value as never);
        },
        (error: unknown) => {
          if (process.alive) reject(error);
        },
      );
    }
    db.commits.flush();
  };

  return {
    ...db,
    commits: {
      flush: commit,
      write: <T>(work: () => T) =>
        new Promise<T>((resolve, reject) => {
          waiting.push({ work, resolve: resolve as Write['resolve'], reject });
          if (waiting.length === 1)
            world.step(process, 'commits', world.dice.below(SLOWEST_MS), commit).catch(reject);
        }),
    },
  };
}
