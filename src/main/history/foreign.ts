import { basename, dirname, join } from 'node:path';
import { versionIn } from '../../shared/version.ts';
import type { Folders } from '../platform/folders.ts';
import { type CopyName, codeOfCopy, readCopyName, timeOfCopy } from './foreign-names.ts';
import { type Lineage, versionFolders } from './lineage.ts';
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

async function homeOf(named: CopyName, lineage: Lineage, folders: Folders): Promise<string> {
  const names = new Map<string, readonly string[] | null>();
  for (const folder of versionFolders(lineage)) names.set(folder, await folders.names(folder));
  return homeAmong(named, lineage, names);
}

/**
 * Where the workflow of a copy lies; of one that is gone, where its version stands if there are folders for that.
 * `names`: what lies in the folders of versions, null where there is no such folder. Pure.
 */
export function homeAmong(
  { file }: CopyName,
  { group }: Lineage,
  names: ReadonlyMap<string, readonly string[] | null>,
): string {
  for (const [folder, there] of names) if (there?.includes(file)) return join(folder, file);
  const standing = standingOf(versionIn(file.replace(/\.nbflow$/i, '')) ?? '');
  const folder = standing === null ? group : join(group, standing);
  return join((names.get(folder) ?? null) === null ? group : folder, file);
}
