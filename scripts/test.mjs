import { allChecks } from './checks.mjs';
import { summary } from './counts.mjs';
import { endWith, say } from './setup/basics.mjs';
import { ensureBrowser } from './setup/browser.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { endAll } from './setup/command.mjs';
import { ensureInstalled, ensureNode } from './setup/install.mjs';
import { whenOrphaned } from './setup/parent.mjs';

// npm test: sets up what is missing, runs every check, prints one summary. `npm test -- unit arrows` runs the
// steps whose names begin so.

/** @typedef {{ name: string, ok: boolean, seconds: number, counts: import('./counts.mjs').Counts, skipped: string[] }} Result */

const stop = () => {
  endAll();
  process.exit(130);
};
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, stop);
whenOrphaned(stop);

try {
  await ensureInstalled();
  const checks = chosen(allChecks({ node: ensureNode(), browser: ensureBrowser }), process.argv.slice(2));
  /** @type {Map<string, Result>} */
  const results = new Map();
  await Promise.all([runLane('checks'), runLane('tests')]);
  process.stdout.write(`\n${summary(checks.flatMap((check) => results.get(check.name) ?? []))}`);
  process.exitCode = [...results.values()].every((result) => result.ok) ? 0 : 1;

  /** @param {'checks' | 'tests'} lane */
  async function runLane(lane) {
    const mine = checks.filter((check) => check.lane === lane);
    // The browser tests need the built window, and the integration tests serve it.
    if (lane === 'tests' && mine.length > 0) await ensureBuilt();
    for (const check of mine) {
      const began = performance.now();
      const { ok, counts, output, skipped = [] } = await check.run();
      const seconds = (performance.now() - began) / 1000;
      results.set(check.name, { name: check.name, ok, seconds, counts, skipped });
      process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${check.name} (${seconds.toFixed(1)} s)\n`);
      if (!ok) process.stdout.write(`${output.trimEnd()}\n`);
    }
  }
} catch (error) {
  endWith(error);
}

/**
 * @param {import('./checks.mjs').Check[]} checks
 * @param {string[]} names beginnings of the steps' names; none: all of them
 */
function chosen(checks, names) {
  const unknown = names.filter((name) => !checks.some((check) => check.name.startsWith(name)));
  if (unknown.length > 0) {
    say(`There is no step ${unknown.join(', ')}. Steps: ${checks.map((check) => check.name).join(', ')}.`);
    process.exit(2);
  }
  return names.length === 0
    ? checks
    : checks.filter((check) => names.some((name) => check.name.startsWith(name)));
}
