import type { ServiceName } from '../../shared/services.ts';
import type { ServiceChild, ServiceChildrenTable } from '../db/service-children.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import {
  groupWasGiven,
  type ProcessProbe,
  processCommand,
  processStartTime,
  stillRuns,
  systemProcessProbe,
} from '../platform/process-identity.ts';

/** What we started, noted down where the next Flowdeck finds it (behaviour.md §10). */
export interface ChildRegistry {
  /** To be in the environment of all that is started: what comes from it is then known as ours, whatever became of it. */
  readonly environment: Record<string, string>;
  /** Notes a process the moment it was started, before this returns. `command`: the program without its arguments. */
  add(child: { service: ServiceName; pid: number; command: string; output: string | null }): RegisteredChild;
  /**
   * Those whose Flowdeck is gone and that still run: pid, start time and command all match; or all that is there of its
   * group was given our environment: the process itself has ended, or its Flowdeck was killed before it knew it, or
   * knew what it became. The others are forgotten.
   */
  leftovers(service: ServiceName): Promise<Leftover[]>;
}

export interface RegisteredChild {
  /** Nothing of it is left. */
  gone(): void;
  /** It runs on when this Flowdeck ends, on purpose. */
  keep(): void;
}

export interface Leftover {
  service: ServiceName;
  pid: number;
  /** As of processStartTime. */
  started: string;
  /** It has ended itself, and only what it started is left. */
  ended: boolean;
  /** An earlier Flowdeck left it running on purpose; else it crashed. */
  kept: boolean;
  /** File its output goes to, if it goes to one. */
  output: string | null;
  /** This Flowdeck takes care of it from now on. */
  takeOver(): RegisteredChild;
  /** Nothing of it is left. */
  forget(): void;
}

export interface ChildRegistryParts {
  children: ServiceChildrenTable;
  clock: Clock;
  log: Log;
  /** This Flowdeck; start time as of processStartTime. */
  self: { pid: number; started: string | null };
  probe?: ProcessProbe;
}

/**
 * A start script may become another program in its first moments (`exec`), with the same pid and start time. So the
 * command is looked at again after these pauses, in milliseconds.
 */
const lookAgainAfterMs = [0, 300, 3000, 20_000];

/** Names the Flowdeck that started a process, in the environment of that process and of all it starts. */
const ownerVariable = 'FLOWDECK_STARTED_BY';
const ownerName = (pid: number, started: string | null): string => `${pid}@${started ?? 'unknown'}`;

/** The registry of a data folder, in its database. */
export function createChildRegistry(parts: ChildRegistryParts): ChildRegistry {
  const { children, clock, self, probe = systemProcessProbe } = parts;
  const log = parts.log.child('children');

  const identify = async (child: Pick<ServiceChild, 'pid' | 'at' | 'command'>, signal: AbortSignal) => {
    for (const pause of lookAgainAfterMs) {
      if (pause > 0) await clock.sleep(pause, signal);
      const [started, command] = [
        await processStartTime(child.pid, probe),
        await processCommand(child.pid, probe),
      ];
      if (signal.aborted || started === null) return;
      children.setIdentity(child, started, command ?? child.command);
    }
  };

  const registered = (key: Pick<ServiceChild, 'pid' | 'at'>, end: AbortController): RegisteredChild => ({
    gone: () => {
      end.abort();
      // What is not removed here is seen not to run by the next Flowdeck.
      attempt('the end of a process could not be noted', () => children.remove(key));
    },
    keep: () => {
      end.abort();
      attempt('a process that runs on could not be noted', () => children.setKept(key));
    },
  });

  const attempt = (what: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      log.error(what, { err: error });
    }
  };

  const asLeftover = (
    row: ServiceChild,
    now: { started: string | null; command: string | null },
  ): Leftover => ({
    service: row.service,
    pid: row.pid,
    started: now.started ?? row.started ?? '',
    ended: now.started === null,
    kept: row.kept,
    output: row.output,
    takeOver: () => {
      children.setOwner(row, self.pid, self.started);
      if (now.started !== null) children.setIdentity(row, now.started, now.command ?? row.command);
      return registered(row, new AbortController());
    },
    forget: () => attempt('the end of a leftover could not be noted', () => children.remove(row)),
  });

  return {
    environment: { [ownerVariable]: ownerName(self.pid, self.started) },

    add: ({ service, pid, command, output }) => {
      const child = { service, pid, command, output, at: clock.now() };
      const end = new AbortController();
      children.add({ ...child, started: null, ownerPid: self.pid, ownerStarted: self.started, kept: false });
      identify(child, end.signal).catch((error: unknown) => {
        if (!end.signal.aborted) log.error('a process could not be identified', { err: error, pid });
      });
      return registered(child, end);
    },

    leftovers: async (service) => {
      const found: Leftover[] = [];
      for (const row of children.all().filter((each) => each.service === service)) {
        if (await stillRuns({ pid: row.ownerPid, startTime: row.ownerStarted }, probe)) continue;
        const now = {
          started: await processStartTime(row.pid, probe),
          command: await processCommand(row.pid, probe),
        };
        if (row.started !== null && now.started === row.started && now.command === row.command) {
          found.push(asLeftover(row, now));
          continue;
        }
        const ours = `${ownerVariable}=${ownerName(row.ownerPid, row.ownerStarted)}`;
        if (await groupWasGiven(row.pid, ours, probe)) {
          found.push(asLeftover(row, now));
          continue;
        }
        if (now.started !== null) {
          log.warn('a process has the number of one of ours and is not surely ours: it is left alone', {
            pid: row.pid,
            noted: row.command,
            found: now.command,
          });
        }
        children.remove(row);
      }
      return found;
    },
  };
}
