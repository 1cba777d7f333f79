import { describe, expect, it } from 'vitest';
import {
  countPlaywright,
  countVitest,
  failedInPlaywright,
  failedInVitest,
  skippedInPlaywright,
  skippedInVitest,
  summary,
} from './counts.mjs';

describe('the summary of npm test', () => {
  it('ends with the sums alone on their line', () => {
    const text = summary([
      { name: 'types', ok: true, seconds: 3.14, counts: { passed: 1, failed: 0, skipped: 0 } },
      { name: 'unit tests', ok: false, seconds: 12, counts: { passed: 40, failed: 2, skipped: 1 } },
    ]);
    const lines = text.trimEnd().split('\n');
    expect(lines.at(-1)).toBe('41 passed, 2 failed, 1 skipped');
    expect(lines).toContain('types       ok       3.1 s       1       0        0');
    expect(lines).toContain('unit tests  FAILED  12.0 s      40       2        1');
  });

  it('a test file that could not be loaded is a failure, though no test of it failed', () => {
    const report = {
      numPassedTests: 3,
      numFailedTests: 0,
      numPendingTests: 1,
      numTodoTests: 1,
      testResults: [
        { status: 'failed', assertionResults: [] },
        { status: 'passed', assertionResults: [{}] },
      ],
    };
    expect(countVitest(report)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  it('says which tests were skipped, and why, a reason once', () => {
    const why = [{ type: 'skip', description: 'Electron is not here.' }];
    const skipped = { projectName: 'electron', status: 'skipped', annotations: why };
    const report = {
      suites: [
        {
          title: 'open.spec.ts',
          specs: [{ title: 'opens', tests: [skipped, { projectName: 'browser', status: 'expected' }] }],
          suites: [{ title: 'inside', specs: [{ title: 'is clean', tests: [skipped] }] }],
        },
      ],
    };
    expect(skippedInPlaywright(report)).toEqual(['2 in electron: Electron is not here.']);
    const results = [
      {
        status: 'passed',
        assertionResults: [
          { fullName: 'a b', status: 'skipped' },
          { fullName: 'c', status: 'passed' },
        ],
      },
    ];
    expect(skippedInVitest({ testResults: results })).toEqual(['a b']);
    const counts = { passed: 1, failed: 0, skipped: 1 };
    expect(summary([{ name: 'x', ok: true, seconds: 1, counts, skipped: ['a b'] }])).toContain(
      '\nskipped: a b\n\n1 passed',
    );
  });

  it('tells of what failed and of nothing else: the file, the test, the beginning of its message', () => {
    const message = `\u001b[31mAssertionError\u001b[39m: expected 1 to be 2\n\n${'at line\n'.repeat(40)}`;
    const testResults = [
      { name: 'a.test.ts', status: 'passed', assertionResults: [{ fullName: 'fine', status: 'passed' }] },
      {
        name: 'b.test.ts',
        status: 'failed',
        assertionResults: [
          { fullName: 'fine too', status: 'passed' },
          { fullName: 'adds up', status: 'failed', failureMessages: [message] },
        ],
      },
      { name: 'c.test.ts', status: 'failed', message: 'no such import', assertionResults: [] },
    ];
    const [first = '', second, ...rest] = failedInVitest({ testResults });
    expect(first.split('\n').slice(0, 3)).toEqual([
      'b.test.ts › adds up',
      '    AssertionError: expected 1 to be 2',
      '    at line',
    ]);
    expect(first.split('\n').length).toBeLessThan(20);
    expect(second).toBe('c.test.ts › the file itself\n    no such import');
    expect(rest).toEqual([]);

    const results = [{ errors: [{ message: 'Error: it is not on the page' }] }];
    const tests = [
      { projectName: 'browser', status: 'expected' },
      { projectName: 'browser', status: 'unexpected', results },
    ];
    const specs = tests.map((test, i) => ({ title: `test ${i}`, file: 'x.spec.ts', tests: [test] }));
    expect(failedInPlaywright({ suites: [{ title: '', suites: [{ title: '', specs }] }] })).toEqual([
      'browser x.spec.ts › test 1\n    Error: it is not on the page',
    ]);
  });

  it('a flaky browser test counts as failed', () => {
    expect(countPlaywright({ stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 } })).toEqual({
      passed: 5,
      failed: 2,
      skipped: 2,
    });
  });
});
