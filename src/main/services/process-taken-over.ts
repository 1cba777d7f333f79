import type { Clock } from '../platform/clock.ts';
import { errorCode } from '../platform/error-code.ts';
import { type ProcessProbe, stillRuns, systemProcessProbe } from '../platform/process-identity.ts';
import type { Leftover } from './child-registry.ts';
import { type ManagedProcess, type ProcessEvents, WatchedProcess } from './process.ts';
import { followFile } from './process-output.ts';

/** No parent of it, we are not told of its end by the system. */
const lookEveryMs = 100;
/** Where asking for a start time means to start a program, it is asked only every so many looks. */
const looksBetweenAsking = 50;

/**
 * Takes a process of an earlier Flowdeck into our care: it is ended, watched and read like one that was started here
 * (behaviour.md §10). Of its output file the last part comes first.
 */
export function takeOverProcess(
  leftover: Leftover,
  events: Pick<ProcessEvents, 'line' | 'started' | 'exited' | 'gone'>,
  deps: { clock: Clock; graceMs?: number; probe?: ProcessProbe },
): ManagedProcess {
  const { clock, graceMs = 5000, probe = systemProcessProbe } = deps;
  const { pid, started, output } = leftover;
  const registered = leftover.takeOver();
  const lines = output === null ? null : followFile(output, events.line, { clock, from: 'end' });
  const end = new AbortController();
  const watched = new WatchedProcess({
    pid,
    registered,
    lines,
    events,
    clock,
    graceMs,
    canBeLeft: output !== null,
  });

  const watch = async () => {
    for (let look = 1; ; look += 1) {
      await clock.sleep(lookEveryMs, end.signal);
      const ask = probe.platform === 'linux' || look % looksBetweenAsking === 0;
      if (!listed(pid) || (ask && !(await stillRuns({ pid, startTime: started }, probe)))) break;
    }
    await watched.ended(null, null);
  };
  queueMicrotask(() => events.started(pid));
  watch().catch((error: unknown) => {
    if (!end.signal.aborted) events.line('err', `It can no longer be watched: ${String(error)}`);
  });
  return {
    end: () => watched.end(),
    leave: () => {
      if (!watched.leave()) return false;
      end.abort();
      return true;
    },
  };
}

/** Whether the system has a process with this number; a dead one that nobody buried counts. */
function listed(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
