import { spawn } from 'node:child_process';

/** @type {Set<import('node:child_process').ChildProcess>} */
const alive = new Set();

/** Ends what `runQuietly` started and still runs: for a bootstrap that is itself told to end. */
export function endAll() {
  for (const child of alive) child.kill('SIGTERM');
}

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
    alive.add(child);
    child.once('close', () => alive.delete(child));
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
