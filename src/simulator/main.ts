import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { CommanderError } from 'commander';
import { ZodError } from 'zod';
import { toFailure } from '../shared/failure.ts';
import { CLIP_WORKER, serveClips } from './clip-worker.ts';
import { problemText } from './faults.ts';
import { readOptions, simulatorCommand } from './options.ts';
import { startSimulator } from './server.ts';

/** The simulator's process; the same file is the encoder's thread, so that a bundle is one file. */

const WRONG_USE = 2;

async function run(argv: string[]): Promise<void> {
  const command = simulatorCommand().name('simulator').exitOverride();
  command.parse(argv, { from: 'user' });
  const options = readOptions(command.opts());
  const simulator = await startSimulator(options, { entry: new URL(import.meta.url) });

  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    simulator.close().then(
      () => process.exit(0),
      (error: unknown) => complain(error),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (options.exitWithParent) {
    process.stdin.on('end', end).on('close', end).on('error', end).resume();
  }
  const ready = {
    type: 'simulator.ready',
    url: simulator.url,
    pid: process.pid,
    admin: `${simulator.url}/sim`,
  };
  process.stdout.write(`${JSON.stringify({ ...ready, seed: simulator.seed })}\n`);
}

/** One sentence to standard error, and the exit code of cli.md. */
function complain(error: unknown): void {
  if (error instanceof CommanderError) {
    // Commander has said it already; help and version are no errors.
    process.exit(error.exitCode === 0 ? 0 : WRONG_USE);
  }
  if (error instanceof ZodError) {
    console.error(`An option is out of bounds: ${problemText(error)}`);
    process.exit(WRONG_USE);
  }
  const failure = toFailure(error);
  console.error([failure.message, failure.cure].filter((part) => part !== undefined).join(' '));
  process.exit(failure.code === 'usage' ? WRONG_USE : 1);
}

if (isMainThread) run(process.argv.slice(2)).catch(complain);
else if (workerData === CLIP_WORKER && parentPort !== null) serveClips(parentPort);
