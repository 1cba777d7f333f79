import { basename, dirname, join } from 'node:path';
import { versionIn } from '../../shared/version.ts';
import type { Folders } from '../platform/folders.ts';
import { type CopyName, codeOfCopy, readCopyName, timeOfCopy } from './foreign-names.ts';
import type { Lineage } from './lineage.ts';
import { standingOf } from './version-standing.ts';

/** A copy in `backups/` that the database does not know. */
export interface ForeignCopy {
  /** Absolute path. */
  path: string;
  named: CopyName;
  /** Absolute path of the workflow it is of, as far as one can tell. */
  workflow: string;
  /** When it was made, as far as one can tell. Milliseconds. */
  at: number;
  /** Bytes. */
  size: number;
}

/** What lies at `path`; null: no file, not in a `backups/`, or not of this lineage. */
export async function foreignCopyAt(
  path: string,
  lineage: Lineage | null,
  folders: Folders,
): Promise<ForeignCopy | null> {
  const of = lineage ?? lineageOfCopy(path);
  const named = of && isBeside(path, of) ? readCopyName(basename(path), of.code) : null;
  const stat = named && (await folders.file(path));
  if (of === null || named === null || stat === null) return null;
  const workflow = await homeOf(named, of, folders);
  return { path, named, workflow, at: timeOfCopy(named.day, stat.mtimeMs), size: stat.size };
}

const isBeside = (path: string, { group }: Lineage): boolean => dirname(path) === join(group, 'backups');

function lineageOfCopy(path: string): Lineage | null {
  const folder = dirname(path);
  const code = basename(folder) === 'backups' ? codeOfCopy(basename(path)) : null;
  return code === null ? null : { group: dirname(folder), code };
}

/** Where the workflow of a copy lies; of one that is gone, where its version stands if there are folders for that. */
async function homeOf({ file }: CopyName, { group }: Lineage, folders: Folders): Promise<string> {
  for (const folder of [join(group, 'testing'), join(group, 'approved'), group]) {
    if ((await folders.file(join(folder, file))) !== null) return join(folder, file);
  }
  const standing = standingOf(versionIn(file.replace(/\.nbflow$/i, '')) ?? '');
  const grouped = standing === null ? null : await folders.files(join(group, standing));
  return standing === null || grouped === null ? join(group, file) : join(group, standing, file);
}
