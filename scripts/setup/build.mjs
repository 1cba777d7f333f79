import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, root, SetupError, say, sha256 } from './basics.mjs';
import { runQuietly } from './command.mjs';
import { ensureNode, setupLock } from './install.mjs';
import { withLock } from './lock.mjs';

const out = join(root, 'out');
const stampFile = join(out, '.flowdeck-built');
const results = [
  'main/index.js',
  'main/host.js',
  'main/cli.js',
  'main/simulator.js',
  'main/simulated-cloudflared.js',
  'preload/index.cjs',
  'renderer/index.html',
];
const inputs = [
  'src',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'tsconfig.json',
  'tsconfig.web.json',
];

/** Builds out/ (electron-vite) unless it was built from the sources as they are now. */
export async function ensureBuilt() {
  if (isBuilt(sourceStamp(root))) return;
  await withLock(setupLock, async () => {
    // Taken before the build: a change made during it must make the result stale.
    const stamp = sourceStamp(root);
    if (isBuilt(stamp)) return;
    say('Building.');
    const { code, output } = await runQuietly(
      ensureNode(),
      [join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn'],
      { cwd: root, env: { ...process.env, NODE_ENV: 'production' } },
    );
    const missing = results.filter((file) => !existsSync(join(out, file)));
    if (code !== 0 || missing.length > 0) {
      say(output);
      throw new SetupError(
        missing.length > 0 && code === 0
          ? `The build did not make ${missing.join(', ')}.`
          : 'The build failed; what it said stands above.',
        'Mend the source, or go back to a commit that builds, and try again.',
      );
    }
    mkdirSync(out, { recursive: true });
    writeFileSync(stampFile, stamp);
  });
}

/** @param {string} stamp */
const isBuilt = (stamp) =>
  readIfThere(stampFile) === stamp && results.every((file) => existsSync(join(out, file)));

/**
 * One hash over path, size and time of every file the build reads; tests and their fixtures are not among them.
 * @param {string} folder the clone
 */
export function sourceStamp(folder) {
  const lines = inputs.flatMap((input) => filesBelow(folder, input)).sort();
  return `${sha256(lines.join('\n'))}\n`;
}

/**
 * @param {string} folder
 * @param {string} path relative to folder
 * @returns {string[]} a line for each file
 */
function filesBelow(folder, path) {
  const stats = statSync(join(folder, path), { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (stats.isDirectory()) {
    if (path.endsWith('fixtures')) return [];
    return readdirSync(join(folder, path)).flatMap((name) => filesBelow(folder, `${path}/${name}`));
  }
  return /\.test\.tsx?$/.test(path) ? [] : [`${path} ${stats.size} ${stats.mtimeMs}`];
}
