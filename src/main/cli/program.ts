import { Command, Option } from 'commander';
import { addAccept } from './accept.ts';
import { addBackup } from './backup.ts';
import { addBump } from './bump.ts';
import { addCheck } from './check.ts';
import type { AddCommand, Work } from './command.ts';
import { addConfig } from './config.ts';
import { addDiff } from './diff.ts';
import { addDoctor } from './doctor.ts';
import { addGraduate } from './graduate.ts';
import { addHistory } from './history.ts';
import { addPick } from './pick.ts';
import { addPin } from './pin.ts';
import { addPlan } from './plan.ts';
import { addQueue } from './queue.ts';
import { addRecover } from './recover.ts';
import { addRegen } from './regen.ts';
import { addRestore } from './restore.ts';
import { addRun } from './run.ts';
import { addRuns } from './runs.ts';
import { addServe } from './serve.ts';
import { addSimulate } from './simulate.ts';
import { addStatus } from './status.ts';
import { addUp } from './up.ts';
import { addVerify } from './verify.ts';
import { addWipe } from './wipe.ts';

const commands: readonly AddCommand[] = [
  addUp,
  addServe,
  addCheck,
  addPlan,
  addRun,
  addRegen,
  addWipe,
  addRecover,
  addHistory,
  addBackup,
  addRestore,
  addVerify,
  addDiff,
  addAccept,
  addPick,
  addPin,
  addBump,
  addGraduate,
  addConfig,
  addRuns,
  addQueue,
  addStatus,
  addDoctor,
  addSimulate,
];

/** Where help and complaints of the parser go. */
export interface ProgramStreams {
  out(text: string): void;
  err(text: string): void;
}

/** The whole command line. Throws a CommanderError for wrong use, help and version instead of ending the process. */
export function createProgram(version: string, work: Work, streams: ProgramStreams): Command {
  const program = new Command('flowdeck')
    .description('The control room for AI video ad workflows.')
    .addOption(
      new Option('--data-dir <dir>', 'where database, settings, logs and local objects live').env(
        'FLOWDECK_DATA_DIR',
      ),
    )
    .option('--json', 'standard output is NDJSON only; words for people go to standard error')
    .option('--quiet', 'errors only')
    .version(version, '--version', 'the version of Flowdeck')
    .helpOption('--help', 'this help')
    .configureHelp({ showGlobalOptions: true });
  for (const add of commands) program.addCommand(add(work));
  settle(program, streams);
  return program;
}

/** Settings that commander does not hand down to commands that were made on their own. */
function settle(command: Command, streams: ProgramStreams): void {
  command
    .exitOverride()
    .configureOutput({ writeOut: streams.out, writeErr: streams.err })
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true);
  for (const below of command.commands) settle(below, streams);
}
