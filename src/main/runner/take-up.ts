import { z } from 'zod';
import type { ResultFile } from '../backend/backend.ts';
import type { Intent, JournalRow } from '../db/journal.ts';
import { parkedMessage, type Started, type SubmissionDeps, settle } from './submission.ts';

export interface TakeUpDeps extends SubmissionDeps {
  /** Is this file there with this content? */
  intact: (file: string, sha256: string) => Promise<boolean>;
}

const StoredResults = z.array(z.url());

/** Takes up what an earlier attempt left, by the state its row reached. */
export async function takeUp(
  row: JournalRow,
  place: Omit<Intent, 'attempt'>,
  deps: TakeUpDeps,
): Promise<Started> {
  const { db, clock, counts } = deps;
  switch (row.state) {
    case 'intent': {
      // With the prompt held: else a request on its way for another place could be taken for this one's task.
      const fate = await deps.dispatch.posting(row.prompt, () =>
        settle(row.id, { prompt: row.prompt, intentAt: row.intentAt, knownStart: null }, deps),
      );
      if (fate.kind === 'again') return { kind: 'nothing' };
      if (fate.kind !== 'task') return fate;
      deps.onTask(fate.taskId, 'reattached', row.attempt);
      return { ...fate, reattached: true };
    }
    case 'submitted':
    case 'timeout': {
      if (row.taskId === null) return { kind: 'nothing' };
      counts.reattached++;
      deps.onTask(row.taskId, 'reattached', row.attempt);
      await db.commits.write(() => db.journal.step(row.id, { state: 'submitted' }, clock.now()));
      return { kind: 'task', journalId: row.id, taskId: row.taskId, reattached: true };
    }
    case 'completed':
      return takeUpResults(row, deps);
    case 'downloaded':
    case 'stored': {
      const { id, file, sha256, url } = row;
      if (file === null || sha256 === null) return takeUpResults(row, deps);
      // Where it was put, else the store's own copy.
      for (const at of [file, db.objects.bySha(sha256)?.file]) {
        if (at !== undefined && (await deps.intact(at, sha256)))
          return { kind: 'salvaged', journalId: id, file: at, sha256, url };
      }
      return takeUpResults(row, deps);
    }
    case 'parked':
      return { kind: 'parked', message: row.message ?? parkedMessage(place.prompt) };
    default:
      return { kind: 'nothing' };
  }
}

/** A task that had completed: its results are fetched (again). */
async function takeUpResults(row: JournalRow, deps: TakeUpDeps): Promise<Started> {
  const urls = StoredResults.safeParse(JSON.parse(row.results ?? '[]'));
  if (!urls.success || urls.data.length === 0) {
    // They came in the answer itself (glabs-api.md A9), and went with the process: paid for and gone.
    const { db, clock, counts } = deps;
    counts.lost++;
    await db.commits.write(() =>
      db.journal.step(
        row.id,
        { state: 'lost', message: 'The result was lost with the program.' },
        clock.now(),
      ),
    );
    return { kind: 'nothing' };
  }
  deps.counts.reattached++;
  if (row.taskId !== null) deps.onTask(row.taskId, 'reattached', row.attempt);
  const results = urls.data.map((url): ResultFile => ({ url, bytes: null }));
  return { kind: 'results', journalId: row.id, taskId: row.taskId, results, reattached: true };
}
