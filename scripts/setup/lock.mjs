import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError, say } from './basics.mjs';

/** A holder that has not touched its lock for this long is dead, even if its pid was given to another process. */
const STALE_MS = 30_000;
const TOUCH_MS = 2_000;

/**
 * Runs `work` while no other process on this machine does so under the same file. A second one waits; a lock
 * of a dead process is taken over.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {{ pollMs?: number, limitMs?: number }} [timing] how often to look, and when to give up (15 minutes)
 * @returns {Promise<T>}
 */
export async function withLock(file, work, { pollMs = 200, limitMs = 15 * 60_000 } = {}) {
  const mine = `${process.pid} ${randomUUID()}\n`;
  const deadline = Date.now() + limitMs;
  let told = false;
  while (!take(file, mine)) {
    if (removeIfDead(file)) continue;
    if (!told) say('Another process is setting up; waiting for it.');
    told = true;
    if (Date.now() > deadline) {
      throw new SetupError(
        `Another process has been setting up for ${Math.round(limitMs / 60_000)} minutes (${file}).`,
        'End that process, or remove this file if there is none, and try again.',
      );
    }
    await sleep(pollMs);
  }
  const touch = setInterval(() => {
    const now = new Date();
    utimesSync(file, now, now);
  }, TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    if (contentOf(file) === mine) rmSync(file, { force: true });
  }
}

/**
 * @param {string} file
 * @param {string} content
 */
function take(file, content) {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new SetupError(
      `The folder of the project cannot be written (${codeOf(error)}: ${file}).`,
      'Make it writable for you, free some space, or clone to another place.',
    );
  }
}

/** @param {string} file */
function contentOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Moves a dead holder's lock aside, then looks whether it really was that one: if somebody took it over in
 * between, theirs is put back.
 * @param {string} file
 */
function removeIfDead(file) {
  const seen = contentOf(file);
  if (seen === null) return true;
  if (!isDead(file, seen)) return false;
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
  if (contentOf(aside) !== seen) linkSync(aside, file);
  rmSync(aside, { force: true });
  return true;
}

/**
 * @param {string} file
 * @param {string} content
 */
function isDead(file, content) {
  try {
    if (Date.now() - statSync(file).mtimeMs > STALE_MS) return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
  const pid = Number.parseInt(content, 10);
  // Just created and not yet written: its holder lives.
  if (!Number.isInteger(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
