import { FlowdeckError } from '../../shared/failure.ts';
import type { ServiceName, ServicesChange, ServicesView } from '../../shared/services.ts';
import type { Database } from '../db/database.ts';
import type { Clock } from '../platform/clock.ts';
import { acquireLock, type Lock, lockFileFor, readLockHolder } from '../platform/lock.ts';
import type { Log } from '../platform/log.ts';
import type { Service } from '../services/service.ts';
import { createRepeater } from './repeater.ts';
import { mirrorServices } from './services/mirror.ts';
import type { Role } from './services/role.ts';

/**
 * G-Labs and the tunnel, as this process can act on them: it supervises them itself, or another Flowdeck of the same
 * data folder does; then what is asked here is passed on to that one.
 */
export interface Services {
  readonly glabs: Service;
  readonly tunnel: Service;
  view(): ServicesView;
  /** Hears every change from now on, gathered. Returns what ends it. */
  subscribe(listener: (change: ServicesChange) => void): () => void;
  /** Process of the other Flowdeck that supervises; null: this one does. */
  supervisor(): number | null;
  /** Tells a pending consumer of the tunnel's address at once. Throws `not-found`. */
  tellConsumer(id: string): void;
  /** The system says that the machine woke up; else it is noticed within seconds. */
  resumed(): void;
  /** `keep`: what runs goes on, to be taken up by the next Flowdeck. Default: the setting services.onQuit. */
  close(options?: { keep: boolean }): Promise<void>;
}

export interface ServicesParts {
  /** One Flowdeck of it supervises. */
  dataDir: string;
  db: Pick<Database, 'serviceState' | 'serviceRequests'>;
  clock: Clock;
  log: Log;
  /** Begins to supervise. `again`: services that were to be up when the last supervisor was lost, and shall be again. */
  supervise(again: readonly ServiceName[]): Promise<Role>;
}

/** How often a Flowdeck that looks on asks whether the place of the supervisor is free. */
const TAKE_OVER_MS = 1000;

/**
 * Opens the services of a data folder. Of all its processes one supervises, the holder of a lock that the system gives
 * back when the process ends, however it ends; then another one takes its place, and what was up is up again.
 */
export async function openServices(parts: ServicesParts): Promise<Services> {
  const { clock, log } = parts;
  const listeners = new Set<(change: ServicesChange) => void>();
  const lockFile = await lockFileFor(`${parts.dataDir}/supervisor`);
  let lock: Lock | null = await tryLock(lockFile, clock);
  // Null for the instant in which a new one writes its name.
  let holder = lock ? null : await readLockHolder(lockFile);
  let role: Role = lock
    ? await superviseWith(lock, () => parts.supervise([]))
    : await mirrorServices({ ...parts, supervisor: () => holder?.pid ?? null });
  let unhear = hear();
  let closing: Promise<void> | null = null;
  let changing: Promise<void> = Promise.resolve();

  function hear(): () => void {
    const publish = (change: ServicesChange) => {
      for (const listener of [...listeners]) listener(change);
    };
    const ends = [role.glabs.subscribe(publish), role.tunnel.subscribe(publish)];
    return () => {
      for (const end of ends) end();
    };
  }

  /** The other one is gone: its place is taken, and what it kept up is kept up from here. */
  const takeOver = async () => {
    if (lock || closing) return;
    const taken = await tryLock(lockFile, clock);
    if (!taken) {
      holder = (await readLockHolder(lockFile)) ?? holder;
      return;
    }
    log.info('The Flowdeck that supervised is gone; this one takes its place.');
    const before = role;
    role = await superviseWith(taken, () => parts.supervise(wantedUp(before)));
    lock = taken;
    unhear();
    unhear = hear();
    await before.close();
    for (const service of [role.glabs, role.tunnel]) {
      const { log: logAdded, ...view } = service.view();
      for (const listener of [...listeners]) listener({ service: view, logAdded });
    }
    watch.stop();
  };
  const watch = createRepeater(
    clock,
    TAKE_OVER_MS,
    () => {
      // What failed a second ago was told then, and is tried again.
      changing = changing.catch(() => undefined).then(takeOver);
      return changing;
    },
    (error) => log.error('The services could not be taken over', { err: error }),
  );
  if (!lock) watch.start();

  const delegate = (name: ServiceName): Service => ({
    view: () => role[name].view(),
    subscribe: (listener) => {
      const own = (change: ServicesChange) => {
        if (change.service.name === name) listener(change);
      };
      listeners.add(own);
      return () => listeners.delete(own);
    },
    start: () => role[name].start(),
    stop: () => role[name].stop(),
    restart: () => role[name].restart(),
    close: () => role[name].close(),
  });

  return {
    glabs: delegate('glabs'),
    tunnel: delegate('tunnel'),
    view: () => ({ glabs: role.glabs.view(), tunnel: role.tunnel.view() }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    supervisor: () => role.supervisor,
    tellConsumer: (id) => role.tellConsumer(id),
    resumed: () => role.resumed(),
    close: (options) => {
      closing ??= (async () => {
        watch.stop();
        await changing.catch(() => undefined);
        await role.close(options);
        unhear();
        listeners.clear();
        await lock?.release();
      })();
      return closing;
    },
  };
}

/** One that cannot supervise does not keep others from it. */
async function superviseWith(lock: Lock, supervise: () => Promise<Role>): Promise<Role> {
  try {
    return await supervise();
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Null: another process has it. */
async function tryLock(lockFile: string, clock: Clock): Promise<Lock | null> {
  try {
    return await acquireLock(lockFile, { what: 'supervision' }, { clock });
  } catch (error) {
    if (error instanceof FlowdeckError && error.failure.code === 'locked') return null;
    throw error;
  }
}

/** By what the one that is gone wrote last: it may have stopped them as it ended. */
const wantedUp = (role: Role): ServiceName[] => {
  role.refresh();
  return (['glabs', 'tunnel'] as const).filter((name) => role[name].view().desired === 'up');
};
