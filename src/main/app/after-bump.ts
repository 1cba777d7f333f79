import { basename, dirname } from 'node:path';
import { type Failure, toFailure } from '../../shared/failure.ts';
import type { Database } from '../db/database.ts';
import type { VersionRow } from '../db/versions.ts';
import { localDay } from '../history/backup.ts';
import { findRegistry, type Registration, type RegistryDeps, registerVersion } from '../history/registry.ts';
import { trackerFolder, writeTracker } from '../history/tracker.ts';

/**
 * Tells registry and tracker what became of versions, as far as they have not heard: in the order in which versions were
 * made, also those of a process that died before it came to its books. Never rejects: a version is there, whatever becomes
 * of the books. Gives what could not be done, one sentence each.
 *
 * `asked`: path of the version a person asked for just now. For this one a tracker is begun where files lie in `testing/`
 * and `approved/`, and that the registry does not know it is told; others go where books are kept already.
 */
export type KeepBooks = (asked?: string) => Promise<string[]>;

export interface BooksDeps extends RegistryDeps {
  db: Database;
}

export function createBooks(deps: BooksDeps): KeepBooks {
  const { db, disk, alone } = deps;

  const settle = async ({ id }: VersionRow, books: NonNullable<VersionRow['books']>) => {
    await db.commits.write(() => db.versions.setBooks(id, books));
  };

  const tell = async (row: VersionRow, begin: boolean): Promise<string[]> => {
    const { note, ...news } = newsOf(row);
    const registry = await failureOf(async () =>
      (await registerVersion({ ...news, note }, deps)) === null ? 'none' : 'written',
    );
    const isUnknown = typeof registry !== 'string' && registry.code === 'not-found';
    const problems =
      typeof registry === 'string' || (isUnknown && !begin)
        ? []
        : [told('The version registry was not written', registry)];
    const wanted =
      registry === 'written' ||
      ((registry === 'none' || isUnknown) && (await isTracked(news.workflow, begin)));
    if (wanted) {
      const tracker = await failureOf(() => writeTracker({ workflow: news.workflow, note }, deps));
      if ('problems' in tracker) problems.push(...tracker.problems);
      else problems.push(told('The tracker was not written', tracker));
    }
    await settle(row, problems.length > 0 ? 'refused' : wanted ? 'written' : 'none');
    return problems;
  };

  /** Whether there is a tracker of a workflow that is in no registry. */
  const isTracked = async (workflow: string, begin: boolean): Promise<boolean> => {
    if (begin && ['testing', 'approved'].includes(basename(dirname(workflow)).toLowerCase())) return true;
    if ((await findRegistry(workflow, disk)) !== null) return false;
    return (await disk.stat(await trackerFolder(workflow, disk))) !== null;
  };

  return async (asked) => {
    const done = await failureOf(() =>
      // One at a time, over all processes: what is written later is what counts.
      alone(`${db.file}#books`, 'books', async () => {
        const problems: string[] = [];
        for (const row of db.versions.unbooked()) {
          const { workflow, undoneAt } = row;
          const after =
            undoneAt === null ? db.versions.successorOf(workflow) : db.versions.madeLast(workflow);
          // The books are further already: to write this one now would set them back.
          if (after !== null && after.books !== null) await settle(row, 'refused');
          else problems.push(...(await tell(row, workflow === asked)));
        }
        return problems;
      }),
    );
    return Array.isArray(done) ? done : [told('Registry and tracker were not written', done)];
  };
}

async function failureOf<T>(work: () => Promise<T>): Promise<T | Failure> {
  try {
    return await work();
  } catch (error) {
    return toFailure(error);
  }
}

/** What the books are to say. Pure. */
function newsOf(row: VersionRow): Registration & { note: string } {
  const { workflow, version, fromPath, fromVersion, how, undoneAt } = row;
  const note = bookNote(row);
  if (undoneAt === null) {
    const date = localDay(row.at);
    return { workflow, version, date, note, ...(how === 'graduation' ? { status: 'approved' } : {}) };
  }
  const status = how === 'graduation' ? { status: 'testing' } : {};
  return {
    workflow: fromPath,
    version: fromVersion,
    date: localDay(undoneAt),
    note,
    instead: version,
    ...status,
  };
}

/** `V2-0-4 → V2 graduated on 2026-05-12, all scenes clean`: the line of a version in the books. Pure. */
export function bookNote({ version, fromVersion, how, note, at, undoneAt }: VersionRow): string {
  if (undoneAt !== null) return `${version} was undone, back at ${fromVersion}`;
  if (how === 'bump') return note === '' ? `${fromVersion} → ${version}` : note;
  const graduated = `${fromVersion} → ${version} graduated on ${localDay(at)}`;
  return note === '' ? graduated : `${graduated}, ${note}`;
}

const MOST_NAMED = 3;

/** `V0-2: prompt edited in Scene 3 prompt`. `titles`: of the nodes whose text is another now. Pure. */
export function editNote(version: string, titles: readonly string[]): string {
  const named = titles.slice(0, MOST_NAMED).join(', ');
  const more = titles.length - MOST_NAMED;
  return `${version}: prompt edited in ${named}${more > 0 ? ` and ${more} more` : ''}`;
}

const told = (what: string, { message, cure }: Failure): string =>
  `${what}: ${message}${cure === undefined ? '' : ` ${cure}`}`;
