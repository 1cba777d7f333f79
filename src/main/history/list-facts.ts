import { basename, join, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FlowdeckError } from '../../shared/failure.ts';
import { codeOf, versionIn } from '../../shared/version.ts';
import type { BackupRow } from '../db/backups.ts';
import type { Database } from '../db/database.ts';
import type { ListedRun } from '../db/history-pages.ts';
import type { RestoreRow } from '../db/restores.ts';
import type { VersionRow } from '../db/versions.ts';
import type { Folders } from '../platform/folders.ts';
import { homeAmong } from './foreign.ts';
import { readCopyName } from './foreign-names.ts';
import { isOf, type Lineage, nameOf, versionFolders } from './lineage.ts';
import type { ForeignFile, LiveFile } from './list-entries.ts';

/** All that disk and database know of a lineage; rows are in the order they came. */
export interface ListFacts {
  backups: BackupRow[];
  runs: ListedRun[];
  restores: RestoreRow[];
  /** How files of versions came to be, by their paths; undone ones left out. */
  made: ReadonlyMap<string, VersionRow>;
  live: LiveFile[];
  foreign: ForeignFile[];
  /** Whether the copy of a backup lies there. */
  isOnDisk(path: string): boolean;
  /** What cannot be read, one sentence each. */
  problems: string[];
}

interface FactsDeps {
  db: Database;
  folders: Folders;
  /** Milliseconds. */
  now(): number;
}

/**
 * Reads what there is of a lineage: three folders and `backups/` once each, rows page by page so that nobody waits. Of
 * the copies only those are looked at whose name has no day that is over.
 */
export async function listFacts(lineage: Lineage, deps: FactsDeps): Promise<ListFacts> {
  const { db } = deps;
  const isOurs = rememberedBy((workflow: string) => isOf(workflow, lineage));
  const [shelf, disk] = await Promise.all([shelfOf(lineage, deps.folders), liveFiles(lineage, deps.folders)]);
  const { historyPages: pages } = db;
  const all = await everyPage(pages.backupRows(lineage.group), pages.backups);
  const runs = await everyPage(pages.runRows(lineage.group), pages.runs);
  await setImmediate();
  const known = new Set(all.map(({ path }) => path));
  const foreign = await foreignFiles(lineage, shelf, known, disk.names, deps);
  await setImmediate();
  const made = db.versions.below(lineage.group).filter(({ undoneAt }) => undoneAt === null);
  return {
    backups: all.filter(({ workflow }) => isOurs(workflow)),
    runs: runs.filter(({ workflow }) => isOurs(workflow)),
    restores: db.restores.below(lineage.group).filter(({ workflow }) => isOurs(workflow)),
    made: new Map(made.map((row) => [row.workflow, row])),
    live: disk.files,
    foreign,
    isOnDisk: (path) => path.startsWith(shelf.prefix) && shelf.names.has(path.slice(shelf.prefix.length)),
    problems: [...shelf.problems, ...disk.problems, ...claimedTwice(lineage, disk.files, shelf.names)],
  };
}

/** Rows of one page: read in a few milliseconds, so that nobody waits for a long history. */
const PAGE = 1000;

async function everyPage<T>(rows: readonly number[], read: (rows: readonly number[]) => T[]): Promise<T[]> {
  const all: T[] = [];
  for (let at = 0; at < rows.length; at += PAGE) {
    for (const row of read(rows.slice(at, at + PAGE))) all.push(row);
    await setImmediate();
  }
  return all;
}

async function shelfOf({ group }: Lineage, folders: Folders) {
  const folder = join(group, 'backups');
  const { names, problems } = await namesIn(folder, folders);
  return { prefix: `${folder}${sep}`, names: new Set(names ?? []), problems };
}

async function liveFiles(lineage: Lineage, folders: Folders) {
  const names = new Map<string, readonly string[] | null>();
  const files: LiveFile[] = [];
  const problems: string[] = [];
  const reading = versionFolders(lineage).map(async (folder) => ({
    folder,
    ...(await namesIn(folder, folders)),
  }));
  for (const { folder, ...read } of await Promise.all(reading)) {
    names.set(folder, read.names);
    problems.push(...read.problems);
    for (const name of read.names ?? []) {
      const path = join(folder, name);
      if (!isVersionOf(name, lineage)) continue;
      const { file, problem } = await fileAt(path, folders);
      if (file !== null) files.push({ path, ...file });
      if (problem !== null) problems.push(problem);
    }
  }
  return { names, files, problems };
}

/** A file of the lineage at a version's place; what a run wrote beside it is none. */
function isVersionOf(file: string, { code }: Lineage): boolean {
  if (!/\.nbflow$/i.test(file)) return false;
  const name = nameOf(file);
  return codeOf(name) === code && (versionIn(name) !== null || name === code);
}

async function namesIn(folder: string, folders: Folders) {
  try {
    return { names: await folders.names(folder), problems: [] };
  } catch (error) {
    if (!(error instanceof FlowdeckError)) throw error;
    return { names: null, problems: [`${folder} cannot be read: ${error.failure.message}`] };
  }
}

/** How many files are looked at side by side. */
const AT_ONCE = 32;

async function foreignFiles(
  lineage: Lineage,
  shelf: { names: ReadonlySet<string>; prefix: string },
  known: ReadonlySet<string | null>,
  names: ReadonlyMap<string, readonly string[] | null>,
  { folders, now }: FactsDeps,
): Promise<ForeignFile[]> {
  const found: ForeignFile[] = [];
  const undated: ForeignFile[] = [];
  const latest = now();
  for (const file of shelf.names) {
    const path = `${shelf.prefix}${file}`;
    const named = known.has(path) ? null : readCopyName(file, lineage.code);
    if (named === null) continue;
    const end = named.day === null ? Number.NaN : new Date(`${named.day}T23:59:59.999`).getTime();
    const workflow = homeAmong(named, lineage, names);
    // A day that is not over says nothing yet of when.
    const dated = end <= latest;
    (dated ? found : undated).push({
      path,
      named,
      workflow,
      at: dated ? end : 0,
      size: null,
    });
  }
  for (let at = 0; at < undated.length; at += AT_ONCE) {
    const looked = undated.slice(at, at + AT_ONCE).map((copy) => lookedAt(copy, folders));
    found.push(...(await Promise.all(looked)).filter((copy) => copy !== null));
  }
  return found.sort((a, b) => a.at - b.at || (a.path < b.path ? -1 : 1));
}

/** A foreign copy with what the file tells, which is never later than its name says. Null: it is gone, or no file. */
export async function lookedAt(copy: ForeignFile, folders: Folders): Promise<ForeignFile | null> {
  if (copy.size !== null) return copy;
  const { file } = await fileAt(copy.path, folders);
  if (file === null) return null;
  const time = Math.round(file.mtimeMs);
  return { ...copy, size: file.size, at: copy.at === 0 ? time : Math.min(copy.at, time) };
}

/** What may not be looked at is told, and the list goes on without it. */
async function fileAt(path: string, folders: Folders) {
  try {
    return { file: await folders.file(path), problem: null };
  } catch (error) {
    if (!(error instanceof FlowdeckError)) throw error;
    return { file: null, problem: `${path} cannot be read: ${error.failure.message}` };
  }
}

/** Two files of one version: nobody can tell which is meant. Pure. */
function claimedTwice({ group }: Lineage, live: readonly LiveFile[], shelf: ReadonlySet<string>): string[] {
  const claims = Map.groupBy(live, ({ path }) => nameOf(path).toUpperCase());
  return [...claims.values()].flatMap((files) => {
    const paths = files.map(({ path }) => path);
    const first = paths[0] ?? '';
    const aside = shelf.has(basename(first)) ? [join(group, 'backups', basename(first))] : [];
    const all = [...paths, ...aside].map((path) => path.slice(group.length + 1));
    const version = versionIn(nameOf(first)) ?? nameOf(first);
    return all.length < 2 ? [] : [`${version} is claimed by ${all.length} files: ${all.join(', ')}.`];
  });
}

function rememberedBy<K, V>(of: (key: K) => V): (key: K) => V {
  const seen = new Map<K, V>();
  return (key) => {
    const known = seen.get(key);
    if (known !== undefined) return known;
    const value = of(key);
    seen.set(key, value);
    return value;
  };
}
