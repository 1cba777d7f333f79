import * as nodeFs from 'node:fs/promises';
import { type FlowdeckError, fail } from '../../../shared/failure.ts';
import { removeLeftTemporaries, writeFileAtomic } from '../../platform/atomic-file.ts';
import { errorCode } from '../../platform/error-code.ts';
import { fileFailure } from '../../platform/file-failure.ts';
import { firstBadByte, utf16Name } from '../../workflow/utf8.ts';
import type { KeepOriginal } from './keep-original.ts';

export interface RewriteDeps {
  keepOriginal: KeepOriginal;
}

/** A file with an address in it is small; a bigger one is a mistake in the settings. */
const MAX_BYTES = 5 * 1024 * 1024;

/** The path without links. Rejects with `folder` when nothing is there: a person's file is not ours to make. */
export async function realPathOf(file: string): Promise<string> {
  try {
    return await nodeFs.realpath(file);
  } catch (error) {
    throw readFailure(error, file);
  }
}

/**
 * A file as text, its byte order mark kept. Rejects with `usage` for what is no text file in UTF-8 of at most 5 MB,
 * with `folder` for what cannot be read.
 */
export async function readText(file: string): Promise<{ bytes: Uint8Array; text: string }> {
  try {
    const found = await nodeFs.stat(file);
    if (!found.isFile()) {
      throw fail('usage', 'This is no file.', { where: file, cure: 'Correct the path of this consumer.' });
    }
    if (found.size > MAX_BYTES) throw tooBig(file);
    const bytes = await nodeFs.readFile(file);
    return { bytes, text: decoded(bytes, file) };
  } catch (error) {
    throw readFailure(error, file);
  }
}

/**
 * Replaces the content of a file, keeping what was there. False when it was no longer `before` at the last moment:
 * nothing was changed then. Mode, owner and links stay; whoever reads sees the old content or the new one. For who has
 * the lock of the file's writes.
 */
export async function replaceContent(
  real: string,
  before: Uint8Array,
  text: string,
  { keepOriginal }: RewriteDeps,
): Promise<boolean> {
  // Beside a file of secrets they would be copies of them that nobody knows of.
  await removeLeftTemporaries(real);
  await keepOriginal(real, before);
  const rename: typeof nodeFs.rename = async (from, to) => {
    const now = await nodeFs.readFile(real);
    if (!now.equals(before)) throw new ChangedMeanwhile();
    await nodeFs.rename(from, to);
  };
  try {
    await writeFileAtomic(real, text, { fs: { ...nodeFs, rename } });
    return true;
  } catch (error) {
    if (error instanceof ChangedMeanwhile) return false;
    throw error;
  }
}

class ChangedMeanwhile extends Error {}

function decoded(bytes: Uint8Array, file: string): string {
  const cure = 'Save it as UTF-8 in your editor.';
  const utf16 = utf16Name(bytes);
  if (utf16 !== null) throw fail('usage', `The file is ${utf16}, not UTF-8.`, { where: file, cure });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const where = `${file}, byte ${firstBadByte(bytes)}`;
    throw fail('usage', 'The file is not UTF-8.', { where, cure, cause: error });
  }
}

const tooBig = (file: string): FlowdeckError =>
  fail('usage', 'The file is bigger than 5 MB; an address is looked for in small files only.', {
    where: file,
    cure: 'Correct the path of this consumer.',
  });

function readFailure(error: unknown, file: string): unknown {
  if (errorCode(error) === 'ENOENT') {
    return fail('folder', 'The file is not there.', {
      where: file,
      cure: 'Make the file, or correct its path in tunnel.consumers; it is told as soon as it is there.',
      cause: error,
    });
  }
  return fileFailure(error, file) ?? error;
}
