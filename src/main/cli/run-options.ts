import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { GateMode, RunMode, RunOptions } from '../../shared/domain.ts';
import { decimal, serverAddress, wholeNumber } from './values.ts';

/** Adds the run options of cli.md to a command. */
export function withRunOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--server <url>',
        'G-Labs base URL, or tunnel: through the public address. Default: the supervised one, else http://127.0.0.1:8765',
      ).argParser(serverAddress),
    )
    .option('--api-key <key>', 'its key; GLABS_API_KEY is preferred: other processes can see arguments')
    .option('--ref-image <file>', 'reference for image nodes whose reference input is unwired')
    .option(
      '--concurrency <n>',
      'nodes in flight, 1 to 5; default: the setting runner.concurrency, 3',
      wholeNumber(1, 5, 'G-Labs takes five generations at once'),
    )
    .addOption(
      new Option('--mode <mode>', 'images leaves video nodes for later; clean wipes the cache first')
        .choices(RunMode.options)
        .default('full'),
    )
    .addOption(
      new Option('--gates <mode>', 'a gate without a pick: take the first clean candidate, or stop there')
        .choices(GateMode.options)
        .default('auto'),
    )
    .addOption(
      new Option('--qa <switch>', 'visual review of every image').choices(['off', 'on']).default('off'),
    )
    .option(
      '--qa-attempts <n>',
      'attempts of the review, 0 to 10; default: review.attempts, 3',
      wholeNumber(0, 10),
    )
    .option('--storage <name>', 'a configured store; default: the setting storage.default, local')
    .option('--out-root <dir>', 'where Generations/ and Assets/ are; default: the project folder')
    .option('--poll-ms <n>', 'milliseconds between two looks at a task', wholeNumber(1, 600_000))
    .option('--timeout-image <s>', 'seconds an image may take', decimal(0.001, 86_400))
    .option('--timeout-video <s>', 'seconds a clip may take', decimal(0.001, 86_400))
    .option('--wait-backend <s>', 'seconds to wait for a backend that does not answer', decimal(0, 86_400));
}

/**
 * The flags as RunOptions: what was not given stays open, for the settings to decide. Paths start from `cwd`. The key
 * goes its own way: it is no part of a run's record.
 */
export function absoluteRunOptions(
  flags: Record<string, unknown>,
  cwd: string,
): { options: RunOptions; apiKey: string | undefined } {
  const { timeoutImage, timeoutVideo, waitBackend, apiKey, refImage, outRoot, ...rest } = flags;
  const absolute = (path: unknown) => (typeof path === 'string' ? resolve(cwd, path) : undefined);
  const options = RunOptions.parse({
    ...rest,
    refImage: absolute(refImage),
    outRoot: absolute(outRoot),
    imageTimeoutS: timeoutImage,
    videoTimeoutS: timeoutVideo,
    waitBackendS: waitBackend,
  });
  return { options, apiKey: typeof apiKey === 'string' ? apiKey : undefined };
}

/**
 * Only the run options that were given on the command line: for commands that go on with a run, whose options hold
 * otherwise.
 */
export function givenRunOptions(
  command: Command,
  cwd: string,
): { options: Partial<RunOptions>; apiKey: string | undefined } {
  const given = Object.fromEntries(
    Object.entries(command.opts<Record<string, unknown>>()).filter(
      ([name]) => command.getOptionValueSource(name) === 'cli',
    ),
  );
  const { apiKey, options } = absoluteRunOptions(given, cwd);
  const { mode, gates, qa, ...rest } = options;
  return {
    apiKey,
    options: {
      ...rest,
      ...(given.mode === undefined ? {} : { mode }),
      ...(given.gates === undefined ? {} : { gates }),
      ...(given.qa === undefined ? {} : { qa }),
    },
  };
}
