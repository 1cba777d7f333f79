import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceName } from '../../shared/services.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { acquireLock, lockFileFor } from '../platform/lock.ts';
import { silentLog } from '../platform/log.ts';
import { blankView } from '../services/blank-view.ts';
import type { Service } from '../services/service.ts';
import { mirrorServices } from './services/mirror.ts';
import { supervise } from './services/supervise.ts';
import { openServices } from './services.ts';

let folder: string;
let db: Database;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-roles-'));
  db = openDatabase(join(folder, 'flowdeck.db'));
});
afterEach(async () => {
  await db.close();
  await rm(folder, { recursive: true, force: true });
});

/** The place of the supervisor is looked at soon, and its word never by itself. */
const clock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms === 1000 ? 10 : ms === 500 ? 2 ** 31 - 1 : ms, signal),
};

function write(service: ServiceName, desired: 'up' | 'down'): void {
  const { log: _log, ...view } = blankView(service, clock);
  const state = desired === 'up' ? 'ready' : 'stopped';
  db.serviceState.put({
    service,
    view: JSON.stringify({ ...view, desired, state }),
    ownerPid: process.pid,
    ownerStarted: null,
    at: clock.now(),
  });
}

describe('who takes the place of a supervisor that is gone', () => {
  it.each([
    ['brings up again what was up', 'up', ['glabs', 'tunnel']],
    ['starts nothing that was stopped in its last moment', 'down', []],
  ] as const)('%s', async (_what, last, expected) => {
    const other = await acquireLock(await lockFileFor(join(folder, 'supervisor')), { what: 'a test' });
    write('glabs', 'up');
    write('tunnel', 'up');
    const taken = Promise.withResolvers<readonly ServiceName[]>();
    const services = await openServices({
      dataDir: folder,
      db,
      clock,
      log: silentLog,
      supervise: async (again) => {
        taken.resolve(again);
        return mirrorServices({ db, clock, log: silentLog, supervisor: () => null });
      },
    });
    expect(services.glabs.view()).toMatchObject({ desired: 'up', supervisor: process.pid });
    write('glabs', last);
    write('tunnel', last);
    await other.release();
    expect(await taken.promise).toEqual(expected);
    await services.close();
  });

  it('brings the tunnel up again, although G-Labs cannot be', async () => {
    const started: string[] = [];
    const service = (name: ServiceName, start: () => Promise<void>): Service => ({
      view: () => blankView(name, clock),
      subscribe: () => () => undefined,
      start: () => {
        started.push(name);
        return start();
      },
      stop: async () => undefined,
      restart: async () => undefined,
      close: async () => undefined,
    });
    const role = supervise(
      {
        glabs: service('glabs', () => Promise.reject(new Error('somebody else has the port'))),
        tunnel: service('tunnel', async () => undefined),
        tellConsumer: () => undefined,
        resumed: () => undefined,
        closeRest: async () => undefined,
        onQuit: () => 'stop',
        db,
        clock,
        log: silentLog,
      },
      ['glabs', 'tunnel'],
    );
    await Promise.resolve();
    expect(started).toEqual(['glabs', 'tunnel']);
    await role.close();
  });
});
