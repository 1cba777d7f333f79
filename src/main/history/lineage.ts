import { basename, dirname, join } from 'node:path';
import { codeOf } from '../../shared/version.ts';
import { backupFolder } from './backup.ts';

/** All versions of one workflow: files of one code in one group folder, be they in `testing/`, `approved/` or backups. */
export interface Lineage {
  /** The folder that has `backups/`. */
  group: string;
  /** `XYZG3`; the whole name where that does not follow the scheme. */
  code: string;
}

/** Of a workflow's path, be it there or not. Pure. */
export function lineageOf(workflow: string): Lineage {
  return { group: dirname(backupFolder(workflow)), code: codeOf(nameOf(workflow)) };
}

/** File name without `.nbflow`. */
export const nameOf = (workflow: string): string => basename(workflow).replace(/\.nbflow$/i, '');

export const isOf = (workflow: string, { group, code }: Lineage): boolean => {
  const other = lineageOf(workflow);
  return other.group === group && other.code === code;
};

/** Where files of its versions may lie, `backups/` left out. */
export const versionFolders = ({ group }: Lineage): string[] => [
  group,
  join(group, 'testing'),
  join(group, 'approved'),
];
