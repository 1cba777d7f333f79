import { execFile } from 'node:child_process';
import type { Clock } from '../platform/clock.ts';
import { errorCode } from '../platform/error-code.ts';
import { groupRuns } from '../platform/process-identity.ts';

const lookEveryMs = 30;
/** Every so many looks we ask more closely: what the system lists may all have ended, and nobody buries it. */
const looksBetweenAsking = 5;
/** How long to believe in a killed group that the system still lists. */
const buryMs = 2000;

/**
 * Ends a process group of ours, gently and then by force (behaviour.md §10); resolves when nothing of it is left.
 */
export async function endGroup(
  pid: number,
  options: { graceMs: number; clock: Clock; platform?: NodeJS.Platform },
): Promise<void> {
  const { graceMs, clock, platform = process.platform } = options;
  if (platform === 'win32') {
    await taskkill(pid, false);
    if (await waitUntilEmpty(pid, graceMs, clock, platform)) return;
    await taskkill(pid, true);
    await waitUntilEmpty(pid, buryMs, clock, platform);
    return;
  }
  if (!groupAlive(pid, platform)) return;
  signalGroup(pid, 'SIGTERM');
  if (await waitUntilEmpty(pid, graceMs, clock, platform)) return;
  signalGroup(pid, 'SIGKILL');
  await waitUntilEmpty(pid, buryMs, clock, platform);
}

/** Whether anything of the group is left. Windows has no groups: there, whether its first process is. */
export function groupAlive(pid: number, platform: NodeJS.Platform = process.platform): boolean {
  try {
    process.kill(platform === 'win32' ? pid : -pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

async function waitUntilEmpty(
  pid: number,
  ms: number,
  clock: Clock,
  platform: NodeJS.Platform,
): Promise<boolean> {
  const deadline = clock.monotonic() + ms;
  for (let look = 1; groupAlive(pid, platform); look += 1) {
    if (look % looksBetweenAsking === 0 && !(await groupRuns(pid))) return true;
    if (clock.monotonic() >= deadline) return false;
    await clock.sleep(lookEveryMs);
  }
  return true;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // It ended in this very moment.
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** /T takes the children along. A process that is gone already is no error. */
function taskkill(pid: number, force: boolean): Promise<void> {
  return new Promise((resolve) => {
    execFile('taskkill', ['/PID', String(pid), '/T', ...(force ? ['/F'] : [])], { windowsHide: true }, () =>
      resolve(),
    );
  });
}
