import { basename, dirname, join } from 'node:path';
import type { Disk } from '../platform/disk.ts';
import { parseWorkflowName } from '../workflow/names.ts';
import { backupFolder, localDay } from './backup.ts';
import type { VersionEntry } from './tracker-facts.ts';

/** What the name and folder of a workflow say. */
export interface NamedWorkflow {
  code: string;
  version: string | null;
  /** `testing` or `approved` where it lies in one of those. */
  folder: string | null;
}

export function namedWorkflow(path: string): NamedWorkflow {
  const { code, version } = parseWorkflowName(basename(path).replace(/\.nbflow$/i, ''));
  const folder = basename(dirname(path)).toLowerCase();
  return { code, version, folder: GROUPS.includes(folder) ? folder : null };
}
const GROUPS = ['testing', 'approved'];

/** `XYZG3-V0-1.nbflow`, and what a backup adds to that. */
const FILE = /^(?<base>.+)\.nbflow(?:\.bak-(?<day>\d{4}-\d\d-\d\d)-.+)?$/is;

/**
 * The versions of a workflow that lie in its folders and in `backups/`, each with the first day it is known from. Null
 * notes: names tell none.
 */
export async function versionsOnDisk(workflow: string, disk: Disk): Promise<VersionEntry[]> {
  const { code } = namedWorkflow(workflow);
  const backups = backupFolder(workflow);
  const group = dirname(backups);
  const folders = new Set([dirname(workflow), ...GROUPS.map((name) => join(group, name)), backups]);
  const days = new Map<string, string>();
  for (const folder of folders) {
    for (const name of await disk.list(folder)) {
      const { base, day } = FILE.exec(name)?.groups ?? {};
      const found = base === undefined ? null : parseWorkflowName(base);
      if (found === null || found.version === null || found.code.toLowerCase() !== code.toLowerCase())
        continue;
      const at = day ?? (await dayOf(join(folder, name), disk));
      const before = days.get(found.versionKey);
      if (before === undefined || at < before) days.set(found.versionKey, at);
    }
  }
  return [...days].map(([version, date]) => ({ version, date, notes: '' }));
}

/** When it was last saved; empty for one that was moved away this instant. */
async function dayOf(file: string, disk: Disk): Promise<string> {
  const found = await disk.stat(file);
  return found === null ? '' : localDay(found.mtimeMs);
}
