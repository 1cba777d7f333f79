import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { endWith, root, say } from './setup/basics.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { ensureElectron } from './setup/electron.mjs';
import { handOver } from './setup/hand-over.mjs';
import { ensureInstalled, ensureNode } from './setup/install.mjs';
import { whenOrphaned } from './setup/parent.mjs';

// npm start: the desktop window where Electron can be had, else the control room in a browser.
// Arguments go to `flowdeck serve`, such as --data-dir DIR or --port N.

/** A window that ends sooner than this with an error never showed (a library is missing, no sandbox). */
const NEVER_SHOWED_MS = 5_000;

try {
  await ensureInstalled();
  await ensureBuilt();
  const args = process.argv.slice(2);
  const electron = await ensureElectron();
  const reason = 'program' in electron ? await openWindow(electron.program, args) : electron.reason;
  if (reason !== null) {
    say(
      `The desktop window cannot be shown here: ${reason}. The control room is served for a browser instead.`,
    );
    process.exitCode = await handOver(ensureNode(), [join(root, 'src/main/cli/main.ts'), 'serve', ...args]);
  }
} catch (error) {
  endWith(error);
}

/**
 * The window takes its data folder from the environment: Electron keeps some arguments for itself.
 * @param {string[]} args
 */
function dataDirOf(args) {
  const { values } = parseArgs({ args, options: { 'data-dir': { type: 'string' } }, strict: false });
  const folder = values['data-dir'];
  return typeof folder === 'string' ? { FLOWDECK_DATA_DIR: resolve(folder) } : {};
}

/**
 * @param {string} program Electron
 * @param {string[]} args
 * @returns {Promise<string | null>} why it never showed, or null when it was shown and closed
 */
function openWindow(program, args) {
  return new Promise((settle) => {
    const began = performance.now();
    const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
    const child = spawn(program, [root], { stdio: 'inherit', env: { ...env, ...dataDirOf(args) } });
    child.on('error', (error) => settle(error.message));
    child.on('exit', (code, signal) => {
      const early = performance.now() - began < NEVER_SHOWED_MS;
      if (early && code !== 0) settle(`Electron ended at once (${signal ?? `code ${code}`})`);
      else {
        process.exitCode = code ?? 1;
        settle(null);
      }
    });
    whenOrphaned(() => child.kill('SIGTERM'));
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => child.kill(signal));
    }
  });
}
