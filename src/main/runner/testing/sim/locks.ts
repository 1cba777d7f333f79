import { fail } from '../../../../shared/failure.ts';
import type { FileLocks } from '../../../platform/held-file.ts';
import type { SimProcess, World } from './world.ts';

/** Locks across processes that a dead one has lost, as those of the system (platform/lock.ts). */
export interface SimLocks {
  /** Files that a living process holds. */
  held(): string[];
  of(process: SimProcess): FileLocks;
}

const AGAIN_MS = 20;

export function createSimLocks(world: World): SimLocks {
  const holders = new Map<string, SimProcess>();
  const isHeld = (file: string) => holders.get(file)?.alive ?? false;

  const of = (process: SimProcess): FileLocks => {
    const take = (file: string) =>
      world.step(process, `lock ${file}`, 0, () => {
        if (isHeld(file)) return false;
        holders.set(file, process);
        return true;
      });
    const release = (file: string) =>
      world.step(process, `unlock ${file}`, 0, () => void holders.delete(file));
    return {
      lock: async (file) => {
        if (!(await take(file))) throw fail('locked', `Another run has ${file}.`, { where: file });
        return { release: () => release(file) };
      },
      alone: async (file, _what, work) => {
        while (!(await take(file))) await world.clockOf(process).sleep(AGAIN_MS);
        try {
          return await work();
        } finally {
          await release(file);
        }
      },
    };
  };
  return { held: () => [...holders.keys()].filter(isHeld), of };
}
