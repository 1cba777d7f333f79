import type { Command } from 'commander';
import type { Session } from './session.ts';

/**
 * Does a command's work in a session of its own: opens it by the global options, closes it afterwards, and shows
 * what went wrong. `work` gives the exit code (cli.md, exit codes).
 */
export type Work = (command: Command, work: (session: Session) => Promise<number>) => Promise<void>;

/** Every command file gives one of these. */
export type AddCommand = (work: Work) => Command;
