import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoFolder, packageFile, readIfThere, root, say } from './basics.mjs';
import { runQuietly } from './command.mjs';
import { ensureNode } from './install.mjs';

const folder = join(root, 'node_modules', 'electron');
const memoFile = join(memoFolder, 'electron-missing');

/** A download that is not over by then is not waited for; the browser face is there at once. */
const LIMIT_MS = 120_000;
/** A failure is remembered this long, so that the next start is quick. */
const REMEMBER_MS = 24 * 3_600_000;

/**
 * Electron's program for this machine, or the reason why there is none. Since version 42 its binary comes at
 * first use, by its own install.js.
 * @param {{ env?: NodeJS.ProcessEnv, platform?: NodeJS.Platform, uid?: number | undefined }} [machine]
 * @returns {Promise<{ program: string } | { reason: string }>}
 */
export async function ensureElectron({
  env = process.env,
  platform = process.platform,
  uid = process.getuid?.(),
} = {}) {
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return { reason: 'there is no display' };
  if (platform === 'linux' && uid === 0) return { reason: 'Electron does not run as root' };
  const there = findElectron(env);
  if (there !== null) return { program: there };
  const remembered = failureRemembered();
  if (remembered !== null) return { reason: remembered };
  say('Setting up: fetching Electron, once.');
  const { timedOut, output } = await runQuietly(ensureNode(), [join(folder, 'install.js')], {
    cwd: root,
    env,
    limitMs: LIMIT_MS,
  });
  const fetched = findElectron(env);
  if (fetched !== null) {
    rmSync(memoFile, { force: true });
    return { program: fetched };
  }
  const reason = timedOut
    ? `its download took more than ${LIMIT_MS / 1000} s`
    : `its download failed${firstError(output)}`;
  mkdirSync(memoFolder, { recursive: true });
  writeFileSync(memoFile, JSON.stringify({ version: version(), at: Date.now(), reason }));
  return { reason };
}

const version = () => packageFile().devDependencies.electron ?? '';

/**
 * Electron's binary where it is there already, else null; never downloads.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function findElectron(env = process.env) {
  const name = readIfThere(join(folder, 'path.txt'));
  const dist = env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist');
  if (name === null) return null;
  const program = join(dist, name);
  return existsSync(program) ? program : null;
}

function failureRemembered() {
  const text = readIfThere(memoFile);
  if (text === null) return null;
  const memo = JSON.parse(text);
  return memo.version === version() && Date.now() - memo.at < REMEMBER_MS ? String(memo.reason) : null;
}

/** @param {string} output */
function firstError(output) {
  const line = output.split('\n').find((text) => /error/i.test(text));
  return line === undefined ? '' : ` (${line.trim().slice(0, 160)})`;
}
