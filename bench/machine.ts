import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { quantile } from './claim.ts';

export interface Machine {
  cores: number;
  processor: string;
  memoryGB: number;
  platform: string;
  node: string;
  /** Milliseconds for one write of 4 KB and its sync, the file growing as a journal does. */
  fsyncMs: { median: number; p99: number };
  /** Processes that wanted a core in the last minute, before the benchmark began; above `cores` the figures are noise. */
  load: number;
}

const SYNCS = 300;

export function lookAtMachine(): Machine {
  const syncs = timeSyncs();
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    fsyncMs: { median: quantile(syncs, 0.5), p99: quantile(syncs, 0.99) },
    load: loadNow(),
  };
}

/** Processes that wanted a core in the last minute. */
export const loadNow = (): number => loadavg()[0] ?? 0;

/** Share of the cores' time (0 to 1) that went by since `before`, for all processes together; null where not told. */
export function busyShare(before: number[] | null): number | null {
  const now = coreTimes();
  if (before === null || now === null) return null;
  const spent = now.map((time, i) => time - (before[i] ?? 0));
  const total = spent.reduce((sum, time) => sum + time, 0);
  const idle = (spent[3] ?? 0) + (spent[4] ?? 0);
  return total === 0 ? null : 1 - idle / total;
}

/** user, nice, system, idle, iowait … since the machine started (Linux only). */
export function coreTimes(): number[] | null {
  if (process.platform !== 'linux') return null;
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '';
  return line.split(/\s+/).slice(1).map(Number);
}

function timeSyncs(): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'flowdeck-bench-sync-'));
  const handle = openSync(join(folder, 'grows'), 'w');
  const page = Buffer.alloc(4096, 1);
  try {
    return Array.from({ length: SYNCS }, () => {
      const began = performance.now();
      writeSync(handle, page);
      fsyncSync(handle);
      return performance.now() - began;
    });
  } finally {
    closeSync(handle);
    rmSync(folder, { recursive: true, force: true });
  }
}
