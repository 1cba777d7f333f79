import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Database, openDatabase } from '../../db/database.ts';
import { systemClock } from '../../platform/clock.ts';
import { silentLog } from '../../platform/log.ts';
import { processStartTime } from '../../platform/process-identity.ts';
import { type ChildRegistry, createChildRegistry } from '../child-registry.ts';

/** A registry in a database of its own, and the folder both are in. */
export interface TestRegistry {
  folder: string;
  db: Database;
  /** As this process has it. */
  mine: ChildRegistry;
  /** As a Flowdeck had it that has ended. */
  dead: ChildRegistry;
  close(): Promise<void>;
}

export async function openTestRegistry(): Promise<TestRegistry> {
  const folder = await mkdtemp(path.join(tmpdir(), 'flowdeck-children-'));
  const db = openDatabase(path.join(folder, 'flowdeck.db'));
  const of = (self: { pid: number; started: string | null }) =>
    createChildRegistry({ children: db.serviceChildren, clock: systemClock, log: silentLog, self });
  return {
    folder,
    db,
    mine: of({ pid: process.pid, started: await processStartTime(process.pid) }),
    dead: of({ pid: process.pid, started: 'of another process that had this number' }),
    close: async () => {
      db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
