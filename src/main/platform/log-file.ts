import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { errorCode } from './error-code.ts';

/**
 * A file that lines are added to, with a cap: at `maxBytes` it becomes `name.1.log` (and that one `name.2.log`, up to
 * `keep`). Several processes may add to the same one. A line that cannot be written is counted, never thrown: a full
 * disk must not end a run because of its log.
 */
export interface LogFile {
  write(line: string): void;
  /** Lines lost so far. */
  readonly lost: number;
  close(): void;
}

export function openLogFile(file: string, options: { maxBytes?: number; keep?: number } = {}): LogFile {
  const { maxBytes = 5_000_000, keep = 3 } = options;
  let fd: number | null = null;
  let lost = 0;
  let closed = false;
  const { dir, name, ext } = path.parse(file);
  const older = (n: number): string => (n === 0 ? file : path.join(dir, `${name}.${n}${ext}`));

  const reopen = (): number => {
    if (fd !== null) closeSync(fd);
    fd = null;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    fd = openSync(file, 'a', 0o600);
    return fd;
  };

  /** The handle to write to: another process may have moved the file away, and it may be full. */
  const current = (adding: number): number => {
    const named = statSync(file, { throwIfNoEntry: false });
    const moved = fd !== null && process.platform !== 'win32' && named?.ino !== fstatSync(fd).ino;
    const handle = fd === null || moved ? reopen() : fd;
    const open = fstatSync(handle);
    if (open.size === 0 || open.size + adding <= maxBytes) return handle;
    closeSync(handle);
    fd = null;
    rmSync(older(keep), { force: true });
    for (let n = keep - 1; n >= 0; n -= 1) moveIfThere(older(n), older(n + 1));
    return reopen();
  };

  return {
    write: (line) => {
      if (closed) return;
      try {
        writeSync(current(Buffer.byteLength(line)), line);
      } catch (error) {
        lost += 1;
        if (errorCode(error) === '') throw error;
      }
    },
    get lost() {
      return lost;
    },
    close: () => {
      closed = true;
      if (fd !== null) closeSync(fd);
      fd = null;
    },
  };
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
