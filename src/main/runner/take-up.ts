import { z } from 'zod';
import type { ResultFile } from '../backend/backend.ts';
import type { JournalRow } from '../db/journal.ts';
import { adopt, fateOf, type Started, type SubmissionDeps, settle, type Unanswered } from './submission.ts';

export interface TakeUpDeps extends SubmissionDeps {
  /** Is this file there with this content? */
  intact: (file: string, sha256: string) => Promise<boolean>;
  /** Addresses that lead nowhere any more. */
  gone: ReadonlySet<string>;
  /** A person asked for exactly this: a request whose fate nobody can tell is given up, and made anew. */
  asked: boolean;
}

const StoredResults = z.array(z.url());

/** Takes up what an earlier attempt left, by the state its row reached. */
export async function takeUp(row: JournalRow, deps: TakeUpDeps): Promise<Started> {
  switch (row.state) {
    case 'intent': {
      // With the prompt held: else a request on its way for another place could be taken for this one's task.
      const fate = await deps.dispatch.posting(row.prompt, () => settle(row.id, unansweredOf(row), deps));
      if (fate.kind === 'again') return { kind: 'nothing' };
      return fate.kind === 'task' ? tookUp(row, fate, deps) : fate;
    }
    case 'submitted':
    case 'timeout':
      return askAgain(row, deps);
    case 'completed':
      return takeUpResults(row, deps);
    case 'downloaded':
    case 'stored':
      return (
        (await takeUpFile(row, deps)) ?? (row.attempt === 0 ? forget(row, deps) : takeUpResults(row, deps))
      );
    case 'written':
      // Made anew on purpose, unless its address is gone: then its file is put in the store again.
      return row.url !== null && deps.gone.has(row.url)
        ? ((await takeUpFile(row, deps)) ?? { kind: 'nothing' })
        : { kind: 'nothing' };
    case 'parked': {
      // It may be found by now; that it is not proves nothing after so long, so it goes on waiting for a person.
      const fate = await deps.dispatch.posting(row.prompt, () => fateOf(row.id, unansweredOf(row), deps));
      if (fate.kind === 'found') return tookUp(row, await adopt(row.id, fate.taskId, deps), deps);
      if (deps.asked) return giveUp(row, 'A person had it made anew.', deps);
      return { kind: 'parked', message: row.message ?? 'What became of the request cannot be told.' };
    }
    default:
      return { kind: 'nothing' };
  }
}

/** What an earlier process knew of the backend went with it. */
const unansweredOf = ({ prompt, intentAt, server, boot, upMs }: JournalRow): Unanswered => ({
  prompt,
  intentAt,
  server,
  knownStart: null,
  up: boot === null || upMs === null ? null : { boot, ms: upMs },
});

/** An output that is on this machine: where it was put, else the store's own copy. */
async function takeUpFile({ id, file, sha256, url }: JournalRow, deps: TakeUpDeps): Promise<Started | null> {
  if (file === null || sha256 === null) return null;
  for (const at of [file, deps.db.objects.bySha(sha256)?.file]) {
    if (at === undefined || !(await deps.intact(at, sha256))) continue;
    return {
      kind: 'salvaged',
      journalId: id,
      file: at,
      sha256,
      url: url !== null && deps.gone.has(url) ? null : url,
    };
  }
  return null;
}

/** A task with an id is asked for, at the address of now: a tunnel has a new one after each start. */
async function askAgain(row: JournalRow, deps: TakeUpDeps): Promise<Started> {
  const { db, clock, counts, backend } = deps;
  const { id, taskId, server, prompt } = row;
  if (taskId === null) return { kind: 'nothing' };
  counts.reattached++;
  await db.commits.write(() => db.journal.step(id, { state: 'submitted' }, clock.now()));
  const elsewhere = backend.knows(server) ? null : { server, prompt };
  return tookUp(row, { kind: 'task', journalId: id, taskId, reattached: true, elsewhere }, deps);
}

function tookUp(row: JournalRow, task: Extract<Started, { kind: 'task' }>, deps: TakeUpDeps): Started {
  deps.onTask(task.taskId, 'reattached', row.attempt);
  return { ...task, reattached: true };
}

/** A task that had completed: its results are fetched (again). */
async function takeUpResults(row: JournalRow, deps: TakeUpDeps): Promise<Started> {
  const urls = StoredResults.safeParse(JSON.parse(row.results ?? '[]'));
  if (!urls.success || urls.data.length === 0) {
    // They came in the answer itself (glabs-api.md A9), and went with the process: paid for and gone.
    return giveUp(row, 'The result was lost with the program.', deps);
  }
  // They lay with a backend that is elsewhere now: asked for again, it says where.
  if (
    row.taskId !== null &&
    !deps.backend.knows(row.server) &&
    urls.data.some((url) => liesAt(row.server, url))
  )
    return askAgain(row, deps);
  deps.counts.reattached++;
  if (row.taskId !== null) deps.onTask(row.taskId, 'reattached', row.attempt);
  const results = urls.data.map((url): ResultFile => ({ url, bytes: null }));
  return { kind: 'results', journalId: row.id, taskId: row.taskId, results, reattached: true };
}

/** A file that was found and is not there any more: no request stands behind it. */
async function forget({ id }: JournalRow, { db, clock }: TakeUpDeps): Promise<Started> {
  const message = 'The file that was found is not there any more.';
  await db.commits.write(() => db.journal.step(id, { state: 'unsent', message }, clock.now()));
  return { kind: 'nothing' };
}

/** It may have been paid for, and nothing more can come of it. */
async function giveUp(
  { id }: JournalRow,
  message: string,
  { db, clock, counts }: TakeUpDeps,
): Promise<Started> {
  counts.lost++;
  await db.commits.write(() => db.journal.step(id, { state: 'lost', message }, clock.now()));
  return { kind: 'nothing' };
}

const liesAt = (server: string, url: string): boolean => new URL(url).origin === new URL(server).origin;
