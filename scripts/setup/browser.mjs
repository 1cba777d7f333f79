import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { memoFolder, readIfThere, root, SetupError, say } from './basics.mjs';
import { runQuietly } from './command.mjs';
import { ensureNode } from './install.mjs';

const memoFile = join(memoFolder, 'browser');
const onPath = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

/** Where Chrome and Edge install themselves outside PATH. */
const usualPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ...['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap((name) => {
    const folder = process.env[name];
    return folder === undefined
      ? []
      : [
          join(folder, 'Google/Chrome/Application/chrome.exe'),
          join(folder, 'Microsoft/Edge/Application/msedge.exe'),
        ];
  }),
];

/**
 * A Chromium for the browser tests: Playwright's own, the system's, else one is fetched (Playwright's, then
 * Debian's package when this is root on Debian).
 * @returns {Promise<string>} path of the program
 */
export async function ensureBrowser() {
  const found = findBrowser();
  if (found !== null) return found;
  say('Setting up: fetching a browser for the tests.');
  for (const attempt of [fetchPlaywrights, installDebians]) {
    await attempt();
    const now = findBrowser();
    if (now !== null) return now;
  }
  throw new SetupError(
    'No browser for the tests was found, and none could be fetched.',
    'Install Chrome or Chromium, or run "npx playwright install chromium", and try again.',
  );
}

/**
 * The browser that is there already, or null. FLOWDECK_TEST_BROWSER wins.
 * @returns {string | null} path of the program
 */
export function findBrowser() {
  const named = process.env.FLOWDECK_TEST_BROWSER;
  if (named !== undefined && named !== '') return named;
  const remembered = readIfThere(memoFile);
  if (remembered !== null && isProgram(remembered)) return remembered;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = [
    playwrightsOwn(),
    ...onPath.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...usualPlaces,
  ];
  const found = places.find((place) => place !== null && isProgram(place)) ?? null;
  if (found !== null) {
    mkdirSync(memoFolder, { recursive: true });
    writeFileSync(memoFile, found);
  }
  return found;
}

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

function playwrightsOwn() {
  if (!existsSync(join(root, 'node_modules', 'playwright-core'))) return null;
  const { chromium } = createRequire(join(root, 'package.json'))('playwright-core');
  return /** @type {string} */ (chromium.executablePath());
}

async function fetchPlaywrights() {
  const program = join(root, 'node_modules', 'playwright', 'cli.js');
  await runQuietly(ensureNode(), [program, 'install', 'chromium'], { cwd: root, limitMs: 180_000 });
}

async function installDebians() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const debian = /^ID(_LIKE)?=.*debian/m.test(release);
  if (!debian || process.getuid?.() !== 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runQuietly('apt-get', ['update'], { env, limitMs: 120_000 });
  await runQuietly('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation'], {
    env,
    limitMs: 300_000,
  });
}
