import { spawn } from 'node:child_process';

/**
 * Runs a program and gathers what it says; never rejects. `code` is null when it could not be started or was
 * ended by the time limit.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, limitMs?: number, shell?: boolean }} [options]
 * @returns {Promise<{ code: number | null, output: string, timedOut: boolean }>}
 */
export function runQuietly(program, args, { cwd, env, limitMs, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: env ?? process.env,
      shell,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    let timedOut = false;
    const timer =
      limitMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill('SIGKILL');
          }, limitMs);
    const gather = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', gather);
    child.stderr.on('data', gather);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: null, output: `${output}${error.message}\n`, timedOut });
    });
    // A grandchild may keep the pipes open after its parent was ended by the time limit.
    child.on('exit', (code) => {
      if (timedOut) resolve({ code: null, output, timedOut });
      else clearTimeout(timer);
      child.once('close', () => resolve({ code, output, timedOut }));
    });
  });
}
