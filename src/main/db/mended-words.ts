import { basename } from 'node:path';
import type { Carried } from './carry-over.ts';
import type { Mended } from './mend.ts';

/** What people call the tables; others they need not know of. */
const names: Record<string, string> = {
  journal: 'the journal',
  runs: 'the runs',
  backups: 'the backups',
  blobs: 'the backups',
  versions: 'the versions',
  restores: 'the restores',
  annotations: 'the pins and notes',
  uploads: 'the waiting uploads',
  queue: 'the queue',
  objects: 'the pictures and clips',
  object_urls: 'the pictures and clips',
  fingerprints: 'what outputs were made from',
};

/** What a person is told once of a database that was mended. Pure. */
export function mendedWords({ aside, report }: Mended): string {
  const where = `It was set aside as ${basename(aside)}, and a new one was made of what could be read of it`;
  if (report === null) return `The database was damaged. ${where}.`;
  const { damage, carried, refilled } = report;
  const said = [`The database was damaged (${damage}). ${where}: ${counts(carried)}.`];
  const broken = carried.filter(({ whole }) => !whole).map(({ table }) => names[table] ?? 'smaller things');
  said.push(
    broken.length === 0
      ? 'Nothing is missing.'
      : `Not all could be read of: ${[...new Set(broken)].join(', ')}.`,
  );
  if (refilled > 0) said.push(`Pictures and clips found again on this machine: ${refilled}.`);
  if (carried.some(({ table, whole }) => table === 'journal' && !whole))
    said.push(
      'Requests may be missing from the journal: before you run a workflow again that was interrupted, look at it with Recover, so that nothing is paid for twice.',
    );
  return said.join(' ');
}

function counts(carried: readonly Carried[]): string {
  const rows = (table: string) => carried.find((each) => each.table === table)?.rows ?? 0;
  const of = (count: number, one: string, many: string) =>
    `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
  return [
    of(rows('journal'), 'entry of the journal', 'entries of the journal'),
    of(rows('runs'), 'run', 'runs'),
    of(rows('backups'), 'backup', 'backups'),
  ].join(', ');
}
