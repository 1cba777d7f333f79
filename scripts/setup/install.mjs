import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { packageFile, readIfThere, root, SetupError, say, sha256 } from './basics.mjs';
import { runQuietly } from './command.mjs';
import { withLock } from './lock.mjs';

const lockFile = join(root, 'package-lock.json');
const modules = join(root, 'node_modules');
const stampFile = join(modules, '.flowdeck-installed');

/** One lock for everything that writes into node_modules and out/. */
export const setupLock = join(root, '.flowdeck-setup.lock');

/**
 * Makes node_modules what package-lock.json says. Does nothing when a stamp of an earlier install fits it.
 * Two processes at once: the second waits for the first.
 */
export async function ensureInstalled() {
  if (isInstalled()) return;
  await withLock(setupLock, async () => {
    if (isInstalled()) return;
    if (!installedByHand()) await install();
    mkdirSync(modules, { recursive: true });
    writeFileSync(stampFile, wantedStamp());
  });
}

const wantedStamp = () => `${sha256(readFileSync(lockFile))} ${process.platform}-${process.arch}\n`;

const isInstalled = () => readIfThere(stampFile) === wantedStamp() && existsSync(pinnedNode());

/**
 * Somebody ran npm themselves: npm's own record in node_modules tells whether every package of the lock file
 * is there in its version. Those that are only for other systems may be missing.
 */
function installedByHand() {
  const record = readIfThere(join(modules, '.package-lock.json'));
  if (record === null || !existsSync(pinnedNode())) return false;
  return sameTree(JSON.parse(readFileSync(lockFile, 'utf8')).packages, JSON.parse(record).packages);
}

/**
 * @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean }>} PackageTree
 * @param {PackageTree} wanted packages of package-lock.json
 * @param {PackageTree} found packages of npm's record
 */
export function sameTree(wanted, found) {
  for (const [place, entry] of Object.entries(wanted)) {
    if (place === '') continue;
    const there = found[place];
    if (there === undefined) {
      if (entry.optional !== true) return false;
    } else if (there.version !== entry.version || there.integrity !== entry.integrity) return false;
  }
  return Object.keys(found).every((place) => place in wanted);
}

async function install() {
  say('Setting up: installing the packages of the lock file. This takes a minute or two, once.');
  const began = Date.now();
  // npm must not run on the Node inside the folder that it is about to replace.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(modules))
    .join(delimiter);
  const { code, output } = await runQuietly(
    'npm',
    [
      'ci',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--fetch-retries=2',
      '--fetch-retry-mintimeout=1000',
      '--fetch-retry-maxtimeout=8000',
    ],
    {
      cwd: root,
      env: { ...process.env, PATH: path, npm_config_update_notifier: 'false' },
      shell: process.platform === 'win32',
    },
  );
  if (code !== 0) throw explainNpm(output);
  if (!existsSync(pinnedNode())) {
    throw new SetupError(
      `npm installed the packages, but not the Node that belongs to them (${pinnedNode()}).`,
      'Allow install scripts (npm config delete ignore-scripts), remove node_modules, and try again.',
    );
  }
  say(`Packages are there (${Math.round((Date.now() - began) / 1000)} s).`);
}

/**
 * npm's output as one sentence and a cure.
 * @param {string} output
 */
export function explainNpm(output) {
  const has = (/** @type {RegExp} */ pattern) => pattern.test(output);
  if (has(/\bENOSPC\b/)) {
    return new SetupError(
      'The packages could not be installed: the disk is full.',
      'Free 2 GB and try again.',
    );
  }
  if (
    has(/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EIDLETIMEOUT|FETCH_ERROR)\b/i)
  ) {
    return new SetupError(
      'The packages could not be installed: the npm registry cannot be reached.',
      'Connect to the internet, or set your proxy or mirror (npm config set registry URL), and try again.',
    );
  }
  if (has(/can only install packages when your package\.json and package-lock\.json/)) {
    return new SetupError(
      'The packages could not be installed: package-lock.json does not fit package.json.',
      'Run "npm install" and commit package-lock.json, or take back your change of package.json.',
    );
  }
  if (has(/\b(EACCES|EPERM|EROFS|EBUSY)\b/)) {
    return new SetupError(
      `The packages could not be installed: ${modules} cannot be written or is in use.`,
      'End programs that use this folder, make it writable for you, and try again.',
    );
  }
  if (has(/npm.*(ENOENT|not found|not recognized)/) && !has(/npm (error|ERR!)/)) {
    return new SetupError('npm was not found.', 'Install Node with npm (https://nodejs.org) and try again.');
  }
  const lines = output.split(/\r?\n/).filter((line) => /^npm (error|ERR!)/.test(line));
  const said = (
    lines.find((line) => !/code /.test(line)) ??
    lines[0] ??
    output.trim().split('\n').at(-1) ??
    ''
  ).trim();
  return new SetupError(
    `The packages could not be installed. npm says: ${said}`,
    'Run "npm ci" in this folder to see everything that npm says.',
  );
}

/** Path of the Node that the npm package `node` brought; it need not be there yet. */
export const pinnedNode = () =>
  join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * The Node to run the project with: this one if it is as new as the pinned one, else the pinned one, which
 * `ensureInstalled` brought.
 * @returns {string} path of the program
 */
export function ensureNode() {
  if (compareVersions(process.versions.node, packageFile().devDependencies.node ?? '24') >= 0) {
    return process.execPath;
  }
  const node = pinnedNode();
  if (existsSync(node)) return node;
  throw new SetupError(
    `The pinned Node is missing (${node}).`,
    'Remove the folder node_modules and try again: it is then installed anew.',
  );
}

/**
 * @param {string} a such as 24.21.0
 * @param {string} b
 * @returns {number} below 0 when a is older than b
 */
export function compareVersions(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map((part) => Number.parseInt(part, 10)));
  for (let at = 0; at < 3; at += 1) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
