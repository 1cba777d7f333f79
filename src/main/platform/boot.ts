import { readFile } from 'node:fs/promises';
import { errorCode } from './error-code.ts';

/** Linux gives each start of the machine a name of its own. */
const NAMED = '/proc/sys/kernel/random/boot_id';
/** Elsewhere there is only the time of it, reckoned from two clocks that are not read at the same instant. */
const TOLERANCE_MS = 10_000;
const BY_TIME = 'at ';

/**
 * Which start of the machine this is, as text to be kept and compared with `sameBoot`: the name the system gives it,
 * else its time. `sinceBootMs`: milliseconds since then; `now`: since the epoch.
 */
export async function readBoot(now: number, sinceBootMs: number): Promise<string> {
  try {
    const name = (await readFile(NAMED, 'utf8')).trim();
    if (name !== '') return name;
  } catch (error) {
    // Systems other than Linux, or a sandbox that hides it.
    if (!NOT_TOLD.has(errorCode(error))) throw error;
  }
  return `${BY_TIME}${Math.round(now - sinceBootMs)}`;
}
const NOT_TOLD = new Set(['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR']);

/**
 * Whether two texts of `readBoot` are of one start of the machine. Pure. By time it is said of a machine that was not
 * started anew only as long as nobody sets its clock: then the answer is no, and what hangs on it is decided without.
 */
export function sameBoot(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return false;
  if (one === other) return true;
  const [a, b] = [timeOf(one), timeOf(other)];
  return a !== null && b !== null && Math.abs(a - b) <= TOLERANCE_MS;
}

function timeOf(boot: string): number | null {
  if (!boot.startsWith(BY_TIME)) return null;
  const time = Number(boot.slice(BY_TIME.length));
  return Number.isFinite(time) ? time : null;
}
