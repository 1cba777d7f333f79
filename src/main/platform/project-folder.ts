import { basename, dirname } from 'node:path';
import type { Disk } from './disk.ts';

/**
 * The project folder (behaviour.md §6): the nearest folder above the workflow with `Generations/` or `Assets/`;
 * else the parent of `testing/` or `approved/`; else the workflow's own folder.
 */
export async function findProjectFolder(workflow: string, disk: Pick<Disk, 'list'>): Promise<string> {
  const own = dirname(workflow);
  for (let folder = own; ; folder = dirname(folder)) {
    const names = await disk.list(folder);
    if (names.includes('Generations') || names.includes('Assets')) return folder;
    if (dirname(folder) === folder) break;
  }
  return ['testing', 'approved'].includes(basename(own).toLowerCase()) ? dirname(own) : own;
}
