import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the clone. Everything in scripts/ runs on Node 20.19 with no package installed. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Why the set-up cannot go on: one sentence and its cure, shown without a stack. */
export class SetupError extends Error {
  /**
   * @param {string} message what is wrong, one sentence
   * @param {string} cure what a person can do
   */
  constructor(message, cure) {
    super(message);
    this.name = 'SetupError';
    this.cure = cure;
  }
}

/**
 * Words for a person go to standard error: standard output belongs to the command that was asked for.
 * @param {string} text
 */
export const say = (text) => {
  process.stderr.write(`${text}\n`);
};

/**
 * Ends the process with the sentence of a SetupError; a fault of ours keeps its stack.
 * @param {unknown} error
 */
export function endWith(error) {
  if (error instanceof SetupError) {
    say(`${error.message}\n${error.cure}`);
    process.exitCode = 1;
    return;
  }
  throw error;
}

/** @param {string | Buffer} content */
export const sha256 = (content) => createHash('sha256').update(content).digest('hex');

/**
 * The text of a file, or null when there is no such file.
 * @param {string} file
 */
export function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** @typedef {{ name: string, version: string, devDependencies: Record<string, string> }} PackageFile */

/** @returns {PackageFile} */
export const packageFile = () => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Where bootstraps keep what they found out; gone with node_modules. */
export const memoFolder = join(root, 'node_modules', '.cache', 'flowdeck');
