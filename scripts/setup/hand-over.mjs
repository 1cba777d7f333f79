import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { whenOrphaned } from './parent.mjs';

const passedOn = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a Node program in this process's place: same standard streams, signals passed on, exit code taken over.
 * The channel lets the program notice that this process was killed, so that the two live and die as one.
 * @param {string} node
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<number>} its exit code; 128 + number when a signal ended it
 */
export function handOver(node, args, { env = process.env, cwd = process.cwd() } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...env, FLOWDECK_LAUNCHED: '1' },
      cwd,
    });
    /** @type {(() => unknown)[]} */
    const listeners = passedOn.map((signal) => {
      const pass = () => {
        child.kill(signal);
      };
      process.on(signal, pass);
      return () => process.off(signal, pass);
    });
    listeners.push(whenOrphaned(() => child.kill('SIGTERM')));
    const settle = () => {
      for (const stop of listeners) stop();
    };
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on('exit', (code, signal) => {
      settle();
      resolve(code ?? 128 + (signal === null ? 1 : constants.signals[signal]));
    });
  });
}
