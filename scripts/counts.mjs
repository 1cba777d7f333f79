/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
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
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests?: number, testResults?: { status: string, assertionResults: unknown[] }[] }} report vitest's JSON
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
 * @param {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number } }} report Playwright's JSON
 * @returns {Counts} a flaky test passed at its second try: it counts as failed, for nobody should trust it
 */
export function countPlaywright({ stats }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
}

/**
 * The table at the end of `npm test`, and its closing line.
 * @param {readonly { name: string, ok: boolean, seconds: number, counts: Counts }[]} results
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
  return `${lines.join('\n')}\n\n${passed} passed, ${failed} failed, ${skipped} skipped\n`;
}
