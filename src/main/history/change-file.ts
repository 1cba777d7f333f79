import { basename } from 'node:path';
import { fail } from '../../shared/failure.ts';
import type { Disk } from '../platform/disk.ts';
import { asOneWrite, type FileLocks, realPathOf, sameFile } from '../platform/held-file.ts';
import { firstBadByte, utf16Name } from '../workflow/utf8.ts';

export interface ChangeFileDeps extends Pick<FileLocks, 'alone'> {
  disk: Disk;
}

/** What a file is to become: its whole new text; null leaves it as it is. */
export type FileChange = (now: Uint8Array | null, real: string) => Promise<string | null> | string | null;

const MOST_TRIES = 20;

/**
 * Changes a file that people and other programs write too, whole or not at all. No other process of ours is at it
 * meanwhile; what somebody else saves in between is read again and changed, not overwritten. True when it was written.
 * Rejects with `locked` when somebody saves it all the time, with `folder` or `store-unreachable` where the disk
 * refuses, and with what `change` throws; the file is as it was then.
 */
export async function changeFile(
  file: string,
  what: string,
  change: FileChange,
  { disk, alone }: ChangeFileDeps,
): Promise<boolean> {
  const real = await realPathOf(file, disk);
  return asOneWrite(
    real,
    what,
    async () => {
      for (let attempt = 1; attempt <= MOST_TRIES; attempt++) {
        const seen = await disk.stat(real);
        const now = await disk.read(real);
        const next = await change(now, real);
        if (next === null) return false;
        const still = await disk.stat(real);
        if (!(sameFile(seen, still) || (now === null && still === null))) continue;
        await disk.write(real, next);
        return true;
      }
      throw fail('locked', `${basename(real)} is saved by another program again and again.`, {
        where: real,
        cure: 'Close that program, then try again.',
      });
    },
    { alone },
  );
}

/** A person's file as text, its byte order mark kept. Throws `folder` for what is not UTF-8. */
export function textOf(bytes: Uint8Array, file: string): string {
  const cure = 'Save it as UTF-8. It was left as it is.';
  const utf16 = utf16Name(bytes);
  if (utf16 !== null) {
    throw fail('folder', `${basename(file)} is written in ${utf16}, not in UTF-8.`, { where: file, cure });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const where = `${file}, byte ${firstBadByte(bytes)}`;
    throw fail('folder', `${basename(file)} is not UTF-8 text.`, { where, cure, cause });
  }
}
