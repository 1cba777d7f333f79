import type { RunOutcome } from '../../shared/domain.ts';
import type { Failure, FailureCode } from '../../shared/failure.ts';

/** Exit code of a failure (cli.md, exit codes). */
const ofFailure: Record<FailureCode, number> = {
  internal: 1,
  usage: 2,
  'not-found': 2,
  folder: 2,
  'workflow-missing': 3,
  'workflow-unreadable': 3,
  'check-failed': 3,
  'backend-unreachable': 5,
  'store-unreachable': 5,
  'backend-refused': 6,
  'store-refused': 6,
  locked: 7,
  interrupted: 130,
};

export const exitCodes = {
  done: 0,
  internal: 1,
  usage: 2,
  workflow: 3,
  failedNodes: 4,
  held: 8,
  damaged: 9,
  interrupted: 130,
} as const;

export const exitCodeOfFailure = (code: FailureCode): number => ofFailure[code];

/** Exit code of a run that began: how it ended, and for an aborted one why. */
export function exitCodeOfRun(outcome: RunOutcome, failure: Failure | null): number {
  switch (outcome) {
    case 'completed':
      return exitCodes.done;
    case 'failed-nodes':
      return exitCodes.failedNodes;
    case 'held':
      return exitCodes.held;
    case 'interrupted':
      return exitCodes.interrupted;
    case 'aborted':
      return failure === null ? exitCodes.internal : exitCodeOfFailure(failure.code);
  }
}

/** The exit code of several files: a fault of ours before everything, else the highest (cli.md, `check`). */
export const worstExitCode = (codes: readonly number[]): number =>
  codes.includes(exitCodes.internal) ? exitCodes.internal : Math.max(exitCodes.done, ...codes);
