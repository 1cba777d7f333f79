import { CommanderError } from 'commander';
import { toFailure } from '../../shared/failure.ts';
import { findPlaces } from '../app/places.ts';
import { exitCodeOfFailure } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { type GlobalFlags, openSession, outputOf, type Session, type World } from './session.ts';
import { usageFailure } from './usage.ts';

/**
 * The command line: does what the arguments say and gives the exit code. Everything that goes wrong becomes a
 * sentence on standard error, and with --json an error line on standard output (cli.md).
 */
export async function commandLine(args: readonly string[], world: World): Promise<number> {
  let code = 0;
  const program = createProgram(
    findPlaces().version,
    async (command, work) => {
      const session = openSession(world, command.optsWithGlobals<GlobalFlags>());
      code = await guarded(session, work);
    },
    // The parser's complaints are shown as failures, below; what it writes of its own is help.
    { out: (text) => world.stdout.write(text), err: () => undefined },
  );
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const known = program.commands.map((command) => command.name());
    const failure = usageFailure(error, known, askedCommand(args, known, program.args));
    if (failure === null) return 0;
    if (error.code === 'commander.help') world.stderr.write(`${program.helpInformation()}\n`);
    outputOf(world, { json: args.includes('--json') }).failure(failure);
    return exitCodeOfFailure(failure.code);
  }
}

/** Runs the work and closes the session; a failure is shown and gives its exit code. */
async function guarded(session: Session, work: (session: Session) => Promise<number>): Promise<number> {
  let code: number;
  try {
    code = await work(session);
  } catch (error) {
    code = await show(session, error);
  }
  try {
    await session.close();
    return code;
  } catch (error) {
    return code === 0 ? show(session, error) : code;
  }
}

async function show(session: Session, error: unknown): Promise<number> {
  const failure = toFailure(error);
  session.output.failure(failure.code === 'internal' ? await session.faultOfOurs(error, failure) : failure);
  return exitCodeOfFailure(failure.code);
}

/** The word that stands where a command does: a known one, else the first that is no option. */
const askedCommand = (
  args: readonly string[],
  known: readonly string[],
  operands: readonly string[],
): string =>
  args.find((arg) => known.includes(arg)) ?? operands[0] ?? args.find((arg) => !arg.startsWith('-')) ?? '';
