import { setImmediate } from 'node:timers/promises';
import type { HistoryEntry, HistorySpace, HistoryView, Kept } from '../../../shared/history.ts';
import { versionIn } from '../../../shared/version.ts';
import type { Database } from '../../db/database.ts';
import { lineageOf, nameOf } from '../../history/lineage.ts';
import { type Line, listLines, type RunsNow } from '../../history/list.ts';
import { type ListFacts, listFacts } from '../../history/list-facts.ts';
import { keptBackups, type RetentionRules } from '../../history/retention.ts';
import { type FileSizes, spaceOf } from '../../history/space.ts';
import type { Disk } from '../../platform/disk.ts';
import type { Folders } from '../../platform/folders.ts';
import type { Runner } from '../../runner/runner-api.ts';

export interface ReaderDeps {
  db: Database;
  disk: Disk;
  folders: Folders;
  sizes: FileSizes;
  hash(bytes: Uint8Array): Promise<string>;
  runner: Pick<Runner, 'runsOf'>;
  retention(): RetentionRules;
  now(): number;
}

/** A history as it was read: its newest entries at once, the rest when it is asked for. */
export interface Reading {
  /** Sums of space are not there yet, and the hash of the live file where it was not known already is empty. */
  first: HistoryView;
  /** With all its entries, which are made in pieces, with others' work in between. */
  entries(): Promise<HistoryView>;
  /** With its sums too. */
  whole(): Promise<HistoryView>;
}

/** Entries of the first page: more than a screen shows. */
const FIRST = 200;
/** Entries made in one go: a few milliseconds. */
const SOME = 1000;

/** Reads histories. What was hashed once is not hashed again while the file stays as it is. */
export function createHistoryReader(deps: ReaderDeps): (path: string) => Promise<Reading> {
  const hashes = new Map<string, { seen: string; sha256: string }>();

  const hashOfLive = async ({ path, size, mtimeMs }: LiveFile): Promise<string | null> => {
    const seen = `${size} ${mtimeMs}`;
    const known = hashes.get(path);
    if (known?.seen === seen) return known.sha256;
    const bytes = await deps.disk.read(path);
    if (bytes === null) return null;
    const sha256 = await deps.hash(bytes);
    hashes.set(path, { seen, sha256 });
    return sha256;
  };
  const knownHash = ({ path, size, mtimeMs }: LiveFile): string | null => {
    const known = hashes.get(path);
    return known?.seen === `${size} ${mtimeMs}` ? known.sha256 : null;
  };

  return async (path) => {
    const lineage = lineageOf(path);
    const facts = await listFacts(lineage, deps);
    const annotations = deps.db.annotations.all();
    const kept = keptBackups(
      facts.backups,
      claimsOf(annotations, deps.db.proofs.inUse(lineage.group)),
      deps.retention(),
    );
    // Each of these holds the thread for some milliseconds: others have their turn in between.
    await setImmediate();
    const runsNow = await openRuns(facts, deps.runner);
    const lines = listLines({ lineage, facts, annotations, kept, runsNow }, deps.folders);
    await setImmediate();
    const file = facts.live.find((one) => one.path === path) ?? null;
    const view = (entries: HistoryEntry[], sha256: string | null, space: HistorySpace): HistoryView => ({
      path,
      code: lineage.code,
      live: file && { sha256, size: file.size, version: versionIn(nameOf(path)) },
      entries: entries.map((entry) => (entry.id === path ? { ...entry, sha256 } : entry)),
      total: entries.length < FIRST ? entries.length : lines.length,
      space,
      problems: facts.problems,
    });
    const newest = await entriesOf(lines.slice(0, FIRST), deps.db);
    const rest = async (): Promise<HistoryEntry[]> => {
      const entries: HistoryEntry[] = [];
      for (let at = FIRST; at < lines.length; at += SOME) {
        await setImmediate();
        entries.push(...(await entriesOf(lines.slice(at, at + SOME), deps.db)));
      }
      return [...newest, ...entries];
    };
    let all: Promise<HistoryEntry[]> | null = null;
    const everything = (): Promise<HistoryEntry[]> => {
      all ??= rest();
      return all;
    };
    const complete = async (sha256: string | null, space: HistorySpace): Promise<HistoryView> => {
      const entries = await everything();
      return { ...view(entries, sha256, space), total: entries.length };
    };
    const sha256Now = file === null ? null : knownHash(file);
    const counts = countOf(facts, kept);
    return {
      first: view(newest, sha256Now, counts),
      entries: () => complete(sha256Now, counts),
      whole: async () => {
        await everything();
        const [sha256, space] = await Promise.all([
          file === null ? null : hashOfLive(file),
          spaceOf(facts.backups, kept, deps),
        ]);
        return complete(sha256, space);
      },
    };
  };
}

type LiveFile = ListFacts['live'][number];

const claimsOf = (
  annotations: ReadonlyMap<string, { pinned: boolean; note: string }>,
  inUse: ReadonlySet<string>,
) => {
  const said = [...annotations];
  return {
    pinned: new Set(said.flatMap(([id, { pinned }]) => (pinned ? [id] : []))),
    noted: new Set(said.flatMap(([id, { note }]) => (note === '' ? [] : [id]))),
    inUse,
  };
};

/** What is gone by the time one looks is left out. */
async function entriesOf(
  lines: readonly Line[],
  { historyPages }: Pick<Database, 'historyPages'>,
): Promise<HistoryEntry[]> {
  const sizes = historyPages.sizes(lines.flatMap(({ sha256 }) => sha256 ?? []));
  const sizeOf = ({ sha256 }: Line) => (sha256 === null ? null : (sizes.get(sha256) ?? null));
  const entries = await Promise.all(lines.map((line) => line.entry(sizeOf(line))));
  return entries.filter((entry) => entry !== null);
}

/** What can be said of the space before anything is asked of the disk. */
function countOf({ backups }: ListFacts, kept: ReadonlyMap<string, Kept | null>): HistorySpace {
  const thinnable = backups.filter(({ id }) => kept.get(id) === null).length;
  return { backups: backups.length, onDisk: 0, inDatabase: 0, thinnable };
}

/** Runs without an end of their own: one whose process is gone did not go on. */
async function openRuns({ runs }: ListFacts, runner: Pick<Runner, 'runsOf'>): Promise<RunsNow> {
  const now = new Map<string, { status: string; finishedAt: string | null }>();
  const open = runs.filter(({ finishedAt }) => finishedAt === null);
  for (const workflow of new Set(open.map((run) => run.workflow))) {
    const own = runs.filter((run) => run.workflow === workflow);
    const since = own.length - own.findIndex(({ finishedAt }) => finishedAt === null);
    for (const { runId, status, finishedAt } of await runner.runsOf(workflow, since)) {
      now.set(runId, { status, finishedAt });
    }
  }
  return now;
}
