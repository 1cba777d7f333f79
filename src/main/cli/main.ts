import { commandLine } from './command-line.ts';
import { worldOf } from './process-world.ts';
import type { World } from './session.ts';

/** The command line as this process: its streams, its signals, its exit code. `more`: what is not as in this process. */
export async function main(args: readonly string[], more: Pick<World, 'clock'> = {}): Promise<void> {
  dieWithLauncher();
  const world = { ...worldOf(process), ...more };
  const code = await commandLine(args, world);
  // A pipe may hold back what was written last; then nothing is left to wait for.
  await Promise.all([process.stdout, process.stderr].map(flushed));
  process.exit(code);
}

/**
 * bin/flowdeck starts this process on a newer Node and passes signals on. When it is killed and cannot, this process
 * goes the same way: to everybody outside the two are one.
 */
function dieWithLauncher(): void {
  if (process.env.FLOWDECK_LAUNCHED === undefined) return;
  delete process.env.FLOWDECK_LAUNCHED;
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel?.unref();
}

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.writableLength === 0 || stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });

if (import.meta.main) await main(process.argv.slice(2));
