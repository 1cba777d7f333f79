import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { fail } from '../../shared/failure.ts';
import { findPlaces } from '../app/places.ts';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { aborted } from './interruption.ts';
import type { Output } from './output.ts';

/**
 * `flowdeck simulate`: the built-in G-Labs simulator in the foreground. A process of its own, as everywhere; its
 * options are passed on as they are (docs/simulator.md). Ends with 0 by Ctrl-C or SIGTERM.
 */
export const addSimulate: AddCommand = (work) =>
  new Command('simulate')
    .description('the built-in G-Labs simulator in the foreground; its options: flowdeck simulate --help')
    .helpOption(false)
    .allowUnknownOption()
    .argument('[options...]', '--port N, --seed N, --latency MS and what docs/simulator.md lists')
    .action((_args: string[], _flags, command: Command) =>
      work(command, ({ output, interruption }) => simulate(command.args, output, interruption().signal)),
    );

async function simulate(args: readonly string[], output: Output, stop: AbortSignal): Promise<number> {
  const asksHelp = args.includes('--help') || args.includes('-h');
  const child = spawn(
    process.execPath,
    [findPlaces().simulator, ...args, ...(asksHelp ? [] : ['--exit-with-parent'])],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C comes to it through us, once.
      detached: process.platform !== 'win32',
    },
  );
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString('utf8');
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => show(line, output));
  const code = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit) => resolve(exit ?? exitCodes.internal));
  });
  // It ends when its standard input closes, as it also would if this process were killed.
  void aborted(stop).then(() => child.stdin.end());
  const exit = await code;
  if (exit === 0) return exitCodes.done;
  const [message = 'The simulator ended with an error.', ...rest] = complaint.trim().split('\n');
  throw fail(exit === exitCodes.usage ? 'usage' : 'internal', message.replace(/^error: /, ''), {
    cure: rest.join(' ').trim() || 'See flowdeck simulate --help.',
  });
}

/** Its own NDJSON is passed on; a person gets a sentence of the line that says it is ready. */
function show(line: string, output: Output): void {
  const record = recordOf(line);
  if (record === null) output.text(line);
  else if (output.json) output.record(record);
  else if (record.type === 'simulator.ready') {
    output.text(
      `The simulator answers at ${String(record.url)}. Nothing is real, nothing is paid. Ctrl-C ends it.`,
    );
  }
}

function recordOf(line: string): ({ type: string } & Record<string, unknown>) | null {
  if (!line.startsWith('{')) return null;
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
    ? { ...value, type: value.type }
    : null;
}
