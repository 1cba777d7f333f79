import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import {
  countPlaywright,
  countVitest,
  failedInPlaywright,
  failedInVitest,
  skippedInPlaywright,
  skippedInVitest,
} from './counts.mjs';
import { readIfThere, root } from './setup/basics.mjs';
import { runQuietly } from './setup/command.mjs';

/**
 * @typedef {import('./counts.mjs').Counts} Counts
 * @typedef {{ name: string, lane: 'checks' | 'tests', run: () => Promise<{ ok: boolean, counts: Counts, output: string, skipped?: string[] }> }} Check
 * One step of `npm test`. Steps of one lane run one after the other, the two lanes side by side.
 */

const reports = join(root, 'test-results');
const module = (/** @type {string[]} */ ...path) => join(root, 'node_modules', ...path);
const biome = module('@biomejs', 'biome', 'bin', 'biome');
const tsc = module('typescript', 'bin', 'tsc');
const vitest = module('vitest', 'vitest.mjs');

/**
 * Every step of `npm test`, in the order of the summary.
 * @param {{ node: string, browser: () => Promise<string> }} tools the Node to run on, and what finds the browser
 * @returns {Check[]}
 */
export function allChecks({ node, browser }) {
  const tool = toolRunner(node);
  return [
    tool('format and lint', [biome, 'ci', '--colors=off', '--max-diagnostics=200', '.']),
    tool('types', [tsc, '-p', 'tsconfig.json']),
    tool('types of the window', [tsc, '-p', 'tsconfig.web.json']),
    tool('types of scripts and specs', [tsc, '-p', 'tsconfig.scripts.json']),
    tool('arrows', [
      module('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'),
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'err-long',
      'src',
    ]),
    tool('dead code', [module('knip', 'bin', 'knip.js'), '--no-progress']),
    tool('docs are fresh', ['scripts/docs.mjs', '--check']),
    vitestCheck(node, 'unit', 'checks'),
    vitestCheck(node, 'integration', 'tests'),
    playwrightCheck(node, browser),
  ];
}

/**
 * A tool that only says yes or no counts as one check.
 * @param {string} node
 * @returns {(name: string, args: string[]) => Check}
 */
const toolRunner = (node) => (name, args) => ({
  name,
  lane: 'checks',
  run: async () => {
    const { code, output } = await runQuietly(node, args, { cwd: root });
    return {
      ok: code === 0,
      output,
      counts: { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 },
    };
  },
});

/**
 * @param {string} node
 * @param {string} project
 * @param {Check['lane']} lane
 * @returns {Check}
 */
function vitestCheck(node, project, lane) {
  return {
    name: `${project} tests`,
    lane,
    run: async () => {
      const report = freshReport(`${project}.json`);
      const { code, output } = await runQuietly(
        node,
        [
          vitest,
          'run',
          '--project',
          project,
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${report}`,
        ],
        { cwd: root, env: testEnvironment() },
      );
      return judged(code, output, report, {
        count: countVitest,
        skipped: skippedInVitest,
        failed: failedInVitest,
      });
    },
  };
}

/**
 * @param {string} node
 * @param {() => Promise<string>} browser
 * @returns {Check}
 */
function playwrightCheck(node, browser) {
  return {
    name: 'browser tests',
    lane: 'tests',
    run: async () => {
      const report = freshReport('browser.json');
      const { code, output } = await runQuietly(
        node,
        [
          module('@playwright', 'test', 'cli.js'),
          'test',
          '--config',
          'e2e/playwright.config.ts',
          '--reporter=list,json',
        ],
        {
          cwd: root,
          env: {
            ...testEnvironment(),
            FLOWDECK_TEST_BROWSER: await browser(),
            PLAYWRIGHT_JSON_OUTPUT_FILE: report,
          },
        },
      );
      return judged(code, output, report, {
        count: countPlaywright,
        skipped: skippedInPlaywright,
        failed: failedInPlaywright,
      });
    },
  };
}

/** Tests start hundreds of processes from the sources: what Node made of those is kept for the next one. */
const testEnvironment = () => ({
  ...process.env,
  NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node-compile'),
});

/** @param {string} name */
function freshReport(name) {
  const report = join(reports, name);
  mkdirSync(reports, { recursive: true });
  rmSync(report, { force: true });
  return report;
}

/**
 * Of a failure that belongs to no test, an unhandled rejection say, the report knows nothing.
 * @param {string} output
 */
const withoutPasses = (output) =>
  stripVTControlCharacters(output)
    .split('\n')
    .filter((line) => !/^\s*(✓|↓|-\s+\d+ \[)/.test(line))
    .join('\n');

/**
 * A runner that ended badly has at least one failure, whatever its report says (or when there is none).
 * @template Report
 * @param {number | null} code
 * @param {string} output
 * @param {string} file its report
 * @param {{ count: (report: Report) => Counts, skipped: (report: Report) => string[], failed: (report: Report) => string[] }} read
 */
function judged(code, output, file, { count, skipped, failed }) {
  const ok = code === 0;
  const text = readIfThere(file);
  // What failed comes first and is short: whoever looks at a log of CI may see its beginning only.
  writeFileSync(file.replace(/\.json$/, '.log'), output);
  if (text === null) {
    const counts = { passed: 0, failed: 1, skipped: 0 };
    return { ok: false, output: `${output}\nIt ended with ${code} and left no report.\n`, counts };
  }
  const report = JSON.parse(text);
  const counts = count(report);
  const failures = failed(report);
  return {
    ok,
    output: failures.length > 0 ? failures.join('\n') : withoutPasses(output),
    counts: ok ? counts : { ...counts, failed: Math.max(1, counts.failed) },
    skipped: skipped(report),
  };
}
