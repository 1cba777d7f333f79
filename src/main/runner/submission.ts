import type { ErrorClass, RunCounts } from '../../shared/domain.ts';
import { fail } from '../../shared/failure.ts';
import { type Backend, BackendError, type GenerationRequest, type ResultFile } from '../backend/backend.ts';
import type { Database } from '../db/database.ts';
import type { Intent, JournalStep } from '../db/journal.ts';
import type { Clock } from '../platform/clock.ts';
import type { Dispatch } from './dispatch.ts';
import { settleUnanswered } from './unanswered.ts';

/** What to do after a task did not end well. */
export interface Verdict {
  class: ErrorClass;
  /** HTTP status or task code, 0 if there was none. */
  code: number;
  message: string;
  again: boolean;
  /** Whether another try uses up a retry. */
  budget: boolean;
}

export interface SubmissionDeps {
  db: Database;
  backend: Backend;
  dispatch: Dispatch;
  clock: Clock;
  counts: RunCounts;
  signal: AbortSignal;
  /** Aborted a little after `signal`: an answer on its way names a task that can then be stopped. */
  answerSignal: AbortSignal;
  /** When the backend began, in ms since the epoch, as last seen; null when it does not say. */
  backendStart: () => number | null;
  onState: (state: 'submitting' | 'generating') => void;
  onTask: (taskId: string, how: 'submitted' | 'reattached', attempt: number) => void;
}

/** How far the making of a candidate got. */
export type Started =
  | { kind: 'task'; journalId: number; taskId: string; reattached: boolean }
  | { kind: 'results'; journalId: number; taskId: string | null; results: ResultFile[]; reattached: boolean }
  | { kind: 'salvaged'; journalId: number; file: string; sha256: string; url: string | null }
  | { kind: 'lost' }
  | { kind: 'parked'; message: string }
  /** Did not go out, through no fault of the node. */
  | { kind: 'again'; message: string }
  /** An earlier row that holds nothing to take up. */
  | { kind: 'nothing' }
  | ({ kind: 'failed' } & Verdict);

/** Intent, then one POST. At most one unanswered submission per prompt, so that its prompt identifies its task. */
export async function submit(
  place: Omit<Intent, 'attempt'>,
  request: GenerationRequest,
  attempt: number,
  deps: SubmissionDeps,
): Promise<Started> {
  const { db, backend, clock, dispatch, signal } = deps;
  return dispatch.posting(place.prompt, async (): Promise<Started> => {
    deps.onState('submitting');
    const intentAt = clock.now();
    const knownStart = deps.backendStart();
    const journalId = await db.commits.write(() => db.journal.intend({ ...place, attempt }, intentAt));
    const step = (change: JournalStep) =>
      db.commits.write(() => db.journal.step(journalId, change, clock.now()));
    try {
      const answer = await backend.submit(request, deps.answerSignal);
      deps.counts.submitted++;
      if (answer.results === null) {
        await step({ state: 'submitted', taskId: answer.taskId });
        deps.onTask(answer.taskId, 'submitted', attempt);
        return { kind: 'task', journalId, taskId: answer.taskId, reattached: false };
      }
      const urls = answer.results.flatMap((result) => (result.url === null ? [] : [result.url]));
      await step({
        state: 'completed',
        ...(answer.taskId === null ? {} : { taskId: answer.taskId }),
        results: JSON.stringify(urls),
      });
      deps.onTask(answer.taskId ?? `at-once-${journalId}`, 'submitted', attempt);
      return {
        kind: 'results',
        journalId,
        taskId: answer.taskId,
        results: answer.results,
        reattached: false,
      };
    } catch (error) {
      // Aborted while the answer was awaited: the row stays an intent, and the next run settles it.
      signal.throwIfAborted();
      if (!(error instanceof BackendError)) throw error;
      if (error.arrived === 'unknown') {
        const fate = await settle(journalId, { prompt: place.prompt, intentAt, knownStart }, deps);
        if (fate.kind !== 'again') deps.counts.submitted++;
        if (fate.kind === 'task') deps.onTask(fate.taskId, 'submitted', attempt);
        // It answers, but not as a G-Labs does: that is no outage to be waited out.
        if (fate.kind === 'again' && error.kind !== 'unreachable' && error.kind !== 'no-answer') {
          const { class: errorClass, code, message } = error;
          return { kind: 'failed', class: errorClass, code, message, again: true, budget: true };
        }
        return fate;
      }
      if (error.arrived === 'yes') deps.counts.submitted++;
      const refused: JournalStep = {
        state: error.arrived === 'no' ? 'unsent' : 'failed',
        errorClass: error.class,
        errorCode: error.code,
        message: error.message,
      };
      await step(refused);
      if (error.kind === 'unreachable' || error.kind === 'wrong-service') {
        await dispatch.outage(error);
        return { kind: 'again', message: error.message };
      }
      if (error.kind === 'refused') throw refusal(error, backend);
      if (error.kind === 'quota') {
        await dispatch.quota(error, intentAt);
        return { kind: 'again', message: error.message };
      }
      const { class: errorClass, code, message } = error;
      return {
        kind: 'failed',
        class: errorClass,
        code,
        message,
        again: error.kind === 'upstream',
        budget: true,
      };
    }
  });
}

/** Finds out what became of an unanswered submission and writes it down. Its prompt must be held (`posting`). */
export async function settle(
  journalId: number,
  request: { prompt: string; intentAt: number; knownStart: number | null },
  deps: SubmissionDeps,
): Promise<Extract<Started, { kind: 'task' | 'lost' | 'again' | 'parked' }>> {
  const { db, clock, counts } = deps;
  const step = (change: JournalStep) =>
    db.commits.write(() => db.journal.step(journalId, change, clock.now()));
  const fate = await settleUnanswered(request, {
    backend: deps.backend,
    clock,
    owned: db.journal.ownsTask,
    outage: deps.dispatch.outage,
    signal: deps.signal,
  }).catch((error: unknown) => {
    throw error instanceof BackendError ? refusal(error, deps.backend) : error;
  });
  switch (fate.kind) {
    case 'found':
      counts.adopted++;
      await step({ state: 'submitted', taskId: fate.taskId });
      return { kind: 'task', journalId, taskId: fate.taskId, reattached: false };
    case 'never-arrived':
      await step({ state: 'unsent', message: 'It never arrived.' });
      return { kind: 'again', message: 'The connection broke before G-Labs had the request.' };
    case 'lost':
      counts.lost++;
      await step({ state: 'lost', message: 'G-Labs was restarted before it answered.' });
      return { kind: 'lost' };
    case 'undecided': {
      const message = `${parkedMessage(request.prompt)} (${fate.why})`;
      await step({ state: 'parked', message });
      return { kind: 'parked', message };
    }
  }
}

export const parkedMessage = (prompt: string): string =>
  `Whether G-Labs received the request "${prompt.slice(0, 40)}…" cannot be told, so it is not repeated. Look in G-Labs.`;

/** A refusal of the key or the plan ends the run. */
export const refusal = (error: BackendError, backend: Backend) =>
  fail('backend-refused', error.message, { where: backend.server, cure: error.cure, cause: error });
