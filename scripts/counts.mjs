import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 *
 * What is read of the JSON reports of vitest and Playwright:
 * @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests?: number, testResults?: VitestFile[] }} VitestReport
 * @typedef {{ name?: string, status: string, message?: string, assertionResults: { fullName?: string, status?: string, failureMessages?: string[] | null }[] }} VitestFile
 * @typedef {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, suites?: PlaywrightSuite[] }} PlaywrightReport
 * @typedef {{ title: string, suites?: PlaywrightSuite[], specs?: { title: string, file?: string, tests: PlaywrightTest[] }[] }} PlaywrightSuite
 * @typedef {{ projectName: string, status: string, annotations?: { type: string, description?: string }[], results?: { errors?: { message?: string }[] }[] }} PlaywrightTest
 */

/**
 * @param {readonly Counts[]} all
 * @returns {Counts}
 */
export const sum = (all) =>
  all.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: total.failed + one.failed,
      skipped: total.skipped + one.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );

/**
 * @param {VitestReport} report
 * @returns {Counts}
 */
export function countVitest(report) {
  // A file that could not even be loaded has no tests in it, and yet is a failure.
  const unloadable = (report.testResults ?? []).filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloadable,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
}

/**
 * @param {PlaywrightReport} report
 * @returns {Counts} a flaky test passed at its second try: it counts as failed, for nobody should trust it
 */
export function countPlaywright({ stats }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
}

/**
 * Which browser tests were skipped, and why: a reason is told once, with the number of tests it stands for.
 * @param {Pick<PlaywrightReport, 'suites'>} report
 * @returns {string[]}
 */
export function skippedInPlaywright({ suites = [] }) {
  const reasons = suites.flatMap(testsBelow).flatMap(({ test, title }) => {
    if (test.status !== 'skipped') return [];
    const why = test.annotations?.find(({ type }) => type === 'skip')?.description;
    return [`${test.projectName}: ${why ?? `${title} (no reason given)`}`];
  });
  return [...new Set(reasons)].map(
    (reason) => `${reasons.filter((one) => one === reason).length} in ${reason}`,
  );
}

/**
 * @param {PlaywrightSuite} suite
 * @returns {{ title: string, file: string, test: PlaywrightTest }[]}
 */
const testsBelow = ({ suites = [], specs = [] }) => [
  ...specs.flatMap(({ title, file = '', tests }) => tests.map((test) => ({ title, file, test }))),
  ...suites.flatMap(testsBelow),
];

/**
 * Which other tests were skipped, by name.
 * @param {Pick<VitestReport, 'testResults'>} report
 * @returns {string[]}
 */
export const skippedInVitest = ({ testResults = [] }) =>
  testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ fullName = '', status = '' }) =>
      ['pending', 'skipped', 'todo'].includes(status) ? [fullName] : [],
    ),
  );

/**
 * What failed, in a few lines each: of a report of a thousand tests nothing else is worth reading.
 * @param {Pick<VitestReport, 'testResults'>} report
 * @returns {string[]}
 */
export const failedInVitest = ({ testResults = [] }) =>
  testResults
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name = '', message = '', assertionResults }) => {
      const failed = assertionResults.filter(({ status }) => status === 'failed');
      if (failed.length === 0) return [told(name, 'the file itself', message)];
      return failed.map(({ fullName = '', failureMessages }) =>
        told(name, fullName, (failureMessages ?? []).join('\n')),
      );
    });

/**
 * @param {Pick<PlaywrightReport, 'suites'>} report
 * @returns {string[]}
 */
export const failedInPlaywright = ({ suites = [] }) =>
  suites.flatMap(testsBelow).flatMap(({ test, title, file }) => {
    if (test.status !== 'unexpected' && test.status !== 'flaky') return [];
    const errors = (test.results ?? []).flatMap(({ errors = [] }) =>
      errors.map(({ message = '' }) => message),
    );
    return [told(`${test.projectName} ${file}`, title, errors.join('\n'))];
  });

const LINES = 14;

/**
 * @param {string} file
 * @param {string} test
 * @param {string} message
 */
function told(file, test, message) {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return [`${file} › ${test}`, ...lines.slice(0, LINES).map((line) => `    ${line.slice(0, 300)}`)].join(
    '\n',
  );
}

/**
 * The table at the end of `npm test`, and its closing line.
 * @param {readonly { name: string, ok: boolean, seconds: number, counts: Counts, skipped?: readonly string[] }[]} results
 */
export function summary(results) {
  const rows = results.map(({ name, ok, seconds, counts }) => [
    name,
    ok ? 'ok' : 'FAILED',
    `${seconds.toFixed(1)} s`,
    String(counts.passed),
    String(counts.failed),
    String(counts.skipped),
  ]);
  const table = [['step', 'result', 'time', 'passed', 'failed', 'skipped'], ...rows];
  const widths = table[0]?.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0))) ?? [];
  const lines = table.map((row) =>
    row
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  );
  const { passed, failed, skipped } = sum(results.map((result) => result.counts));
  const why = results
    .flatMap((result) => (result.skipped ?? []).map((reason) => `skipped: ${reason}\n`))
    .join('');
  return `${lines.join('\n')}\n${why}\n${passed} passed, ${failed} failed, ${skipped} skipped\n`;
}
