import { readdirSync, readFileSync, unwatchFile, watchFile } from 'node:fs';
import { quantile } from '../claim.ts';

/** Small meters of a running process: each starts at once, and ends with the call that gives its result. */

/** Milliseconds of processor time the main thread had between two turns of a timer of 1 ms. */
export function watchHolds(): () => { p50: number; p99: number; max: number } {
  const holds: number[] = [];
  let before = mainThreadMs();
  const timer = setInterval(() => {
    const now = mainThreadMs();
    holds.push(now - before);
    before = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return { p50: quantile(holds, 0.5), p99: quantile(holds, 0.99), max: Math.max(...holds) };
  };
}

/** Resident size in MB, every half second. */
export function watchMemory(): () => number[] {
  const sizes: number[] = [];
  const timer = setInterval(() => sizes.push(process.memoryUsage.rss() / 2 ** 20), 500);
  return () => {
    clearInterval(timer);
    return sizes;
  };
}

/** How often a file was replaced by another; several within 50 ms count as one. */
export function countReplacements(file: string): () => number {
  let count = 0;
  const seen = (now: { ino: number }, before: { ino: number }) => {
    if (now.ino !== before.ino) count += 1;
  };
  watchFile(file, { interval: 50 }, seen);
  return () => {
    unwatchFile(file, seen);
    return count;
  };
}

/** Processor time of a thread of this process, by its name, in milliseconds, to 10. Null: none, or not Linux. */
export function threadTime(name: string): number | null {
  if (process.platform !== 'linux') return null;
  for (const thread of readdirSync('/proc/self/task')) {
    const folder = `/proc/self/task/${thread}`;
    if (readFileSync(`${folder}/comm`, 'utf8').trim() !== name.slice(0, 15)) continue;
    // Behind the name: the 12th and 13th fields are user and system time in hundredths of a second.
    const fields = readFileSync(`${folder}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }
  return null;
}

function mainThreadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
