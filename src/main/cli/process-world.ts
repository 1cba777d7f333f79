import { errorCode } from '../platform/error-code.ts';
import type { World } from './session.ts';

/** This process as the world of the command line. */
export function worldOf({ stdin, stdout, stderr, env }: NodeJS.Process): World {
  // Whoever read our output has gone (`| head`): there is nobody to tell anything.
  const listeners = new Set<() => void>();
  let broken = false;
  stdout.on('error', (error) => {
    if (errorCode(error) !== 'EPIPE') throw error;
    broken = true;
    for (const listener of listeners) listener();
  });
  stderr.on('error', (error) => {
    if (errorCode(error) !== 'EPIPE') throw error;
  });
  return {
    stdin,
    stdout: {
      write: (text) => broken || stdout.write(text),
      isTTY: stdout.isTTY,
      // A terminal changes its width while a run goes on.
      get columns() {
        return stdout.columns;
      },
    },
    stderr,
    env,
    cwd: process.cwd(),
    signals: process,
    onBrokenOutput: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    monotonic: () => performance.now(),
    exit: (code) => process.exit(code),
  };
}
