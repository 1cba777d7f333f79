import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, say } from './setup/basics.mjs';

// node scripts/complete-lock.mjs: after `npm install` on a registry that does not carry the packages of other
// systems. npm leaves those out of package-lock.json then, and `npm ci` refuses such a file everywhere. This puts
// them in, by what their names say. They have no checksum: npm takes the registry's.

/**
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[], optionalDependencies?: Record<string, string> }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages
 */

const systems = [
  'android',
  'aix',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
/** @type {readonly (readonly [RegExp, string])[]} */
const processors = [
  [/\b(wasm32|wasm)\b/, 'wasm32'],
  [/\b(arm64|aarch64)\b/, 'arm64'],
  [/\b(x64|x86_64|universal)\b/, 'x64'],
  [/\b(ia32|x86)\b/, 'ia32'],
  [/\b(arm|armv7|armv6)\b/, 'arm'],
  [/\b(ppc64|ppc64le)\b/, 'ppc64'],
  [/\bs390x\b/, 's390x'],
  [/\briscv64\b/, 'riscv64'],
  [/\b(loong64|loongarch64)\b/, 'loong64'],
  [/\b(mips64el|mipsel)\b/, 'mips64el'],
];

/**
 * Packages for other systems that the lock file names but does not hold, as entries for it.
 * @param {LockedPackages} packages `packages` of package-lock.json
 * @returns {LockedPackages}
 */
export function missingPackages(packages) {
  /** @type {LockedPackages} */
  const missing = {};
  for (const [place, { dev, optionalDependencies }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
      if (isLocked(packages, place, name)) continue;
      missing[`node_modules/${name}`] = {
        version,
        ...(dev ? { dev } : {}),
        optional: true,
        ...systemOf(name),
      };
    }
  }
  return missing;
}

/**
 * @param {LockedPackages} packages
 * @param {string} place of the package that wants it
 * @param {string} name
 */
function isLocked(packages, place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}

/**
 * The system a package is for, by its name: `@img/sharp-linuxmusl-x64`, `@swc/core-win32-arm64-msvc`.
 * @param {string} name
 * @returns {Pick<LockedPackage, 'os' | 'cpu' | 'libc'>}
 */
export function systemOf(name) {
  const words = name.slice(name.indexOf('/') + 1).replace(/eabihf|eabi/, ' ');
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find(([pattern]) => pattern.test(words.replaceAll('_', '-')))?.[1];
  const libc =
    os !== 'linux'
      ? undefined
      : words.includes('musl')
        ? 'musl'
        : words.includes('gnu')
          ? 'glibc'
          : undefined;
  return {
    ...(os === undefined ? {} : { os: [os] }),
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
  };
}

if (process.argv[1] === import.meta.filename) {
  const file = join(root, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingPackages(lock.packages);
  lock.packages = Object.fromEntries(
    Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, 'en')),
  );
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  say(`${Object.keys(missing).length} packages of other systems were put into package-lock.json.`);
}
