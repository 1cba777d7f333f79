import { describe, expect, it } from 'vitest';
import { RunOutcome } from '../../shared/domain.ts';
import { failureCodes } from '../../shared/failure.ts';
import { exitCodeOfFailure, exitCodeOfRun, worstExitCode } from './exit-codes.ts';

describe('exit codes of cli.md', () => {
  it('every failure has one, and none of them is 0', () => {
    for (const code of failureCodes) expect(exitCodeOfFailure(code), code).toBeGreaterThan(0);
  });

  it.each([
    ['internal', 1],
    ['usage', 2],
    ['not-found', 2],
    ['folder', 2],
    ['workflow-missing', 3],
    ['workflow-unreadable', 3],
    ['check-failed', 3],
    ['backend-unreachable', 5],
    ['store-unreachable', 5],
    ['backend-refused', 6],
    ['store-refused', 6],
    ['locked', 7],
    ['interrupted', 130],
  ] as const)('%s is %i', (code, exit) => {
    expect(exitCodeOfFailure(code)).toBe(exit);
  });

  it('a run ends by its outcome, an aborted one by its failure', () => {
    const refused = { code: 'backend-refused', message: 'The key is refused.' } as const;
    const codes = RunOutcome.options.map((outcome) => [outcome, exitCodeOfRun(outcome, refused)]);
    expect(Object.fromEntries(codes)).toEqual({
      completed: 0,
      'failed-nodes': 4,
      held: 8,
      interrupted: 130,
      aborted: 6,
    });
    expect(exitCodeOfRun('aborted', null)).toBe(1);
  });

  it('of several files the worst counts, and a fault of ours before all', () => {
    expect(worstExitCode([])).toBe(0);
    expect(worstExitCode([0, 3, 0])).toBe(3);
    expect(worstExitCode([3, 1, 7])).toBe(1);
  });
});
