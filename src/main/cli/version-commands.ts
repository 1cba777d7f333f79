import { resolve } from 'node:path';
import { Command } from 'commander';
import type { History } from '../app/history/history-api.ts';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { Session } from './session.ts';

interface Flags {
  note?: string;
  undo?: boolean;
}

/** A command that makes a version of FILE, and takes it back with --undo (behaviour.md §9). */
export const versionCommand =
  (how: 'bump' | 'graduate', description: string): AddCommand =>
  (work) =>
    new Command(how)
      .description(description)
      .argument('<file>', 'workflow file (.nbflow)')
      .option('--note <text>', 'what is new, for the history, the registry and the tracker')
      .option('--undo', 'takes it back, while the new file is as it was made')
      .action((file: string, flags: Flags, command: Command) =>
        work(command, async (session) => {
          const { history } = await session.flowdeck();
          const path = resolve(session.world.cwd, file);
          return flags.undo === true
            ? undo(session, history, path)
            : make(session, history, path, how, flags);
        }),
      );

async function make(
  { output }: Session,
  history: History,
  path: string,
  how: 'bump' | 'graduate',
  { note = '' }: Flags,
): Promise<number> {
  const { problems, ...made } = await history[how](path, note);
  output.record({ type: 'bumped', ...made });
  output.text(
    [
      `${made.from} is ${made.to} now: ${made.path}`,
      `The old version: ${made.movedTo}`,
      `To undo: flowdeck ${how} ${quoted(made.path)} --undo`,
    ].join('\n'),
  );
  for (const problem of problems) output.note(problem);
  return exitCodes.done;
}

async function undo({ output }: Session, history: History, path: string): Promise<number> {
  const { problems, ...undone } = await history.undoVersion(path);
  output.record({ type: 'undone', ...undone });
  output.text(`Taken back: ${undone.path} is there again. What was made of it lies in backups/.`);
  for (const problem of problems) output.note(problem);
  return exitCodes.done;
}

/** As one word of a command line. */
export const quoted = (path: string): string => (/^[\w./\\:@+-]+$/.test(path) ? path : `"${path}"`);
