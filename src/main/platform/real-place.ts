import { basename, dirname, join, resolve } from 'node:path';
import type { Disk } from './disk.ts';

/** Links followed, also those of the folder of a file that is not there (any more): it may have backups. */
export async function realPlaceOf(path: string, disk: Pick<Disk, 'realPath'>): Promise<string> {
  const asked = resolve(path);
  const real = await disk.realPath(asked);
  if (real !== null) return real;
  const folder = await disk.realPath(dirname(asked));
  return folder === null ? asked : join(folder, basename(asked));
}
