import { basename, dirname, join } from 'node:path';
import { fail, toFailure } from '../../shared/failure.ts';
import type { Disk } from '../platform/disk.ts';
import { realPathOf } from '../platform/held-file.ts';
import { findProjectFolder } from '../platform/project-folder.ts';
import { type BackupDeps, localDay } from './backup.ts';
import { type ChangeFileDeps, changeFile, textOf } from './change-file.ts';
import { newTable, printTable, readTable, type Table } from './csv-table.ts';
import { projectPlace } from './project-place.ts';
import { entryOf, findRegistry, readRegistry } from './registry.ts';
import { entriesOf } from './registry-entries.ts';
import { fromNames, fromRegistry, type Tracked, tabOf } from './tracker-facts.ts';
import { namedWorkflow, versionsOnDisk } from './tracker-names.ts';
import {
  HISTORY_COLUMNS,
  KEY,
  OVERVIEW_COLUMNS,
  ownCells,
  withHistory,
  withoutRows,
  withRow,
} from './tracker-rows.ts';

export type TrackerDeps = ChangeFileDeps & Pick<BackupDeps, 'clock'>;

export interface TrackerWish {
  /** Path of the workflow whose rows are brought up to date. */
  workflow: string;
  /** For a workflow without a registry: what is to be said of the version it has now. */
  note?: string;
}

export interface TrackerWritten {
  folder: string;
  /** The files that are up to date now. */
  files: string[];
  /** One sentence for each file that is not, with what to do. */
  problems: string[];
}

/** A file for each tab of the sheet. */
const FILES = {
  approved: 'Approved Workflows.csv',
  testing: 'Testing Workflows.csv',
  history: 'Version History.csv',
};

/** `tracker/` beside `reference/`; in the project folder where there is no registry. It need not be there. */
export async function trackerFolder(workflow: string, disk: Disk): Promise<string> {
  return folderFor(workflow, await findRegistry(workflow, disk), disk);
}

/**
 * Brings the rows of one workflow in the three files of the tracker up to date, by the registry, else by the names of its
 * files. Other rows and the columns people added stay byte for byte. A file that is not there is made, with all workflows
 * of the registry. What keeps a file from being written (a sheet program that holds it, rows that cannot be read) is
 * told in `problems`; the others are written. Twice is once. Rejects with `folder` for a registry that cannot be read.
 */
export async function writeTracker(wish: TrackerWish, deps: TrackerDeps): Promise<TrackerWritten> {
  const { disk } = deps;
  const workflow = await realPathOf(wish.workflow, disk);
  const registry = await findRegistry(workflow, disk);
  const folder = await folderFor(workflow, registry, disk);
  const { own, others } = await factsFor({ ...wish, workflow }, registry, deps);
  const done: TrackerWritten = { folder, files: [], problems: [] };

  const attempt = async (
    name: string,
    change: (table: Table) => Promise<Table> | Table,
    made: () => Table,
  ): Promise<boolean> => {
    const file = join(folder, name);
    try {
      await changeFile(
        file,
        'tracker',
        async (now) => {
          const text = now === null ? '' : textOf(now, file);
          const next = printTable(await change(isBlank(text) ? made() : readTable(text, KEY, file)));
          return next === text ? null : next;
        },
        deps,
      );
      done.files.push(file);
      return true;
    } catch (error) {
      const { code, message, cure } = toFailure(error);
      if (code === 'internal') throw error;
      const what = message.startsWith(name) ? message : `${name}: ${message}`;
      done.problems.push(cure === undefined ? what : `${what} ${cure}`);
      return false;
    }
  };
  const made = (columns: readonly string[], rows: (facts: Tracked, empty: Table) => Table, of = others) => {
    const empty = newTable(columns);
    return { ...empty, rows: of.flatMap((facts) => rows(facts, empty).rows) };
  };
  const overview = (tab: 'testing' | 'approved') => (): Table =>
    made(
      OVERVIEW_COLUMNS,
      (facts, empty) => withRow(empty, facts, new Map()),
      others.filter((facts) => tabOf(facts) === tab),
    );

  const tab = tabOf(own);
  const otherTab = tab === 'testing' ? 'approved' : 'testing';
  const [here, there] = [join(folder, FILES[tab]), join(folder, FILES[otherTab])];
  // First where it belongs, then away from where it was: whatever happens in between, what people wrote stands in one.
  const isHere = await attempt(
    FILES[tab],
    async (table) => withRow(table, own, ownCells((await tableAt(there, disk)) ?? newTable([KEY]), own)),
    overview(tab),
  );
  await attempt(
    FILES[otherTab],
    async (table) => {
      const target = isHere ? await tableAt(here, disk) : null;
      if (target === null) return table;
      const { table: without, left } = withoutRows(table, own, target);
      if (left > 0) throw doubled(there, own.code, basename(here));
      return without;
    },
    overview(otherTab),
  );
  await attempt(
    FILES.history,
    (table) => withHistory(table, own),
    () => made(HISTORY_COLUMNS, (facts, empty) => withHistory(empty, facts)),
  );
  return done;
}

async function folderFor(workflow: string, registry: string | null, disk: Disk): Promise<string> {
  const beside =
    registry === null
      ? await findProjectFolder(await realPathOf(workflow, disk), disk)
      : dirname(dirname(registry));
  return join(beside, 'tracker');
}

async function factsFor(
  { workflow, note }: TrackerWish,
  registry: string | null,
  { disk, clock }: TrackerDeps,
): Promise<{ own: Tracked; others: Tracked[] }> {
  const place = projectPlace(workflow);
  const named = namedWorkflow(workflow);
  const content = registry === null ? {} : await readRegistry(registry, disk);
  const entry = registry === null ? null : entryOf(content, named.code, place, registry);
  const others = entriesOf(content)
    .filter(({ code }) => code.toLowerCase() !== named.code.toLowerCase())
    .map((other) => fromRegistry(other, null));
  if (entry !== null) return { own: fromRegistry(entry, named.folder), others };
  const today = localDay(clock.now());
  const found = await versionsOnDisk(workflow, disk);
  return { own: fromNames(named, place, found, { note, today }), others };
}

/** Null for one that is not there or cannot be read: its own turn tells of that. */
async function tableAt(file: string, disk: Disk): Promise<Table | null> {
  try {
    const bytes = await disk.read(file);
    const text = bytes === null ? '' : textOf(bytes, file);
    return isBlank(text) ? null : readTable(text, KEY, file);
  } catch (error) {
    if (toFailure(error).code === 'internal') throw error;
    return null;
  }
}

const isBlank = (text: string): boolean => text.trim() === '';

const doubled = (file: string, code: string, other: string) =>
  fail('folder', `${basename(file)} still has a row of ${code} that says more than the one in ${other}.`, {
    where: file,
    cure: 'Copy what you need of it there, then remove it.',
  });
