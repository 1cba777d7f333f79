import type { Failure } from '../../shared/failure.ts';
import type { Flowdeck, FlowdeckOptions } from '../app/flowdeck.ts';
import type { Clock } from '../platform/clock.ts';
import { dataDirDefault, dataPaths } from '../platform/paths.ts';
import { type Interruption, listenForInterruption, type SignalSource } from './interruption.ts';
import { createOutput, type Output, type TextStream } from './output.ts';

/** What the command line has of the world; the process itself in main.ts, other things in tests. */
export interface World {
  stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  stdout: TextStream;
  stderr: TextStream;
  env: NodeJS.ProcessEnv;
  cwd: string;
  signals: SignalSource;
  /** Hears when nobody reads standard output any more. */
  onBrokenOutput(listener: () => void): () => void;
  /** Milliseconds that only ever grow. */
  monotonic(): number;
  /** By which the services live; the system's unless given. */
  clock?: Clock;
  /** Ends the process without waiting for anything. */
  exit(code: number): void;
}

/** The options of every command (cli.md). */
export interface GlobalFlags {
  dataDir?: string;
  json?: boolean;
  quiet?: boolean;
}

/** One command at work: what it says, the services it opened, and a person's wish to stop it. */
export interface Session {
  readonly output: Output;
  readonly world: World;
  readonly flags: GlobalFlags;
  /** The services, built at the first call and closed with the session. `apiKey` wins over environment and keychain. */
  flowdeck(more?: { apiKey?: string | undefined; face?: 'cli' | 'browser' }): Promise<Flowdeck>;
  /** From the first call on a signal no longer ends the process by itself; the second one does. */
  interruption(): Interruption;
  /** A failure that is a fault of ours, written to the log; the message then says where that is (cli.md, exit code 1). */
  faultOfOurs(error: unknown, failure: Failure): Promise<Failure>;
  close(): Promise<void>;
}

export const outputOf = (world: World, { json = false, quiet = false }: GlobalFlags): Output =>
  createOutput({
    stdout: world.stdout,
    stderr: world.stderr,
    json,
    quiet,
    noColor: Boolean(world.env.NO_COLOR) || world.env.TERM === 'dumb',
  });

/** Loads the services only when a command needs them: wrong use and help are answered at once. */
async function openServices(options: FlowdeckOptions): Promise<Flowdeck> {
  const { openFlowdeck } = await import('../app/flowdeck.ts');
  return openFlowdeck(options);
}

export function openSession(world: World, flags: GlobalFlags): Session {
  const output = outputOf(world, flags);
  let opened: Promise<Flowdeck> | null = null;
  let interruption: Interruption | null = null;
  let stopListening: (() => void) | null = null;
  return {
    output,
    world,
    flags,
    flowdeck: ({ apiKey, face = 'cli' } = {}) => {
      opened ??= openServices({
        face,
        env: apiKey === undefined ? world.env : { ...world.env, GLABS_API_KEY: apiKey },
        ...(flags.dataDir === undefined ? {} : { dataDir: flags.dataDir }),
        ...(world.clock === undefined ? {} : { clock: world.clock }),
      }).then((flowdeck) => {
        for (const warning of flowdeck.warnings()) output.note(warning);
        return flowdeck;
      });
      return opened;
    },
    interruption: () => {
      if (interruption === null) {
        interruption = listenForInterruption(world.signals, world.monotonic, () => world.exit(130));
        stopListening = world.onBrokenOutput(interruption.request);
      }
      return interruption;
    },
    faultOfOurs: async (error, failure) => {
      const flowdeck = await opened?.catch(() => null);
      const where =
        flowdeck?.onFault(error).logFile ??
        dataPaths(flags.dataDir ?? dataDirDefault(world.env, process.platform)).logs;
      return {
        ...failure,
        message: `A fault of Flowdeck: ${failure.message}`,
        where,
        cure: `Try again; if it stays, report it with the log (${where}).`,
      };
    },
    close: async () => {
      // A Flowdeck that could not be opened has told so already, and has nothing to close.
      const flowdeck = await opened?.catch(() => null);
      await flowdeck?.close();
      stopListening?.();
      interruption?.dispose();
    },
  };
}
