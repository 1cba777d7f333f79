import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { errorCode } from '../../platform/error-code.ts';
import { makeFolder } from '../../platform/make-folder.ts';

/** Keeps what a file was before it is changed. `real`: its path without links. */
export type KeepOriginal = (real: string, content: Uint8Array) => Promise<void>;

/**
 * Keeps two contents of each file, in a folder named after it: `first`, from before our first change, and `last`, from
 * before the newest one. So there is a way back, and nothing piles up. They lie in the data folder, for its owner
 * only: beside a file of secrets a copy might be published with the project.
 */
export function keepOriginalsIn(folder: string): KeepOriginal {
  return async (real, content) => {
    const place = path.join(folder, originalsName(real));
    await makeFolder(place, { mode: 0o700 });
    const write = (name: string, data: string | Uint8Array) =>
      writeFileAtomic(path.join(place, name), data, { mode: 0o600 });
    if (!(await isThere(path.join(place, 'first')))) {
      await write('where.txt', `${real}\n`);
      await write('first', content);
    }
    await write('last', content);
  };
}

/** For people, and no two files share one: `.env-3f2a90c1b7de`. */
export function originalsName(real: string): string {
  const key = createHash('sha256').update(real).digest('hex').slice(0, 12);
  return `${Array.from(path.basename(real)).slice(0, 60).join('')}-${key}`;
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
