import type { ErrorClass, RunCounts } from '../../shared/domain.ts';
import { fail } from '../../shared/failure.ts';
import {
  type Backend,
  BackendError,
  type BackendErrorKind,
  type GenerationRequest,
  type ResultFile,
} from '../backend/backend.ts';
import type { Database } from '../db/database.ts';
import type { Intent, JournalStep, UpTime } from '../db/journal.ts';
import { sameBoot } from '../platform/boot.ts';
import type { Clock } from '../platform/clock.ts';
import type { Dispatch } from './dispatch.ts';
import { settleUnanswered, type UnansweredRequest } from './unanswered.ts';

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
  /** When the backend began, by `clock.sinceBoot`, as last seen; null when it does not say. */
  backendStart: () => number | null;
  /** Which start of the machine this is; null: not known. */
  self: { boot: string | null };
  onState: (state: 'submitting' | 'generating') => void;
  onTask: (taskId: string, how: 'submitted' | 'reattached', attempt: number) => void;
}

export interface StartedTask {
  journalId: number;
  taskId: string;
  reattached: boolean;
  /** It was given at another address, which may lead to another backend: what it must have been asked for. */
  elsewhere: { server: string; prompt: string } | null;
}

/** How far the making of a candidate got. */
export type Started =
  | ({ kind: 'task' } & StartedTask)
  | { kind: 'results'; journalId: number; taskId: string | null; results: ResultFile[]; reattached: boolean }
  | { kind: 'salvaged'; journalId: number; file: string; sha256: string; url: string | null }
  | { kind: 'lost' }
  | { kind: 'parked'; message: string }
  /** Was not taken, through no fault of the node; `reached`: G-Labs itself said so. */
  | { kind: 'again'; message: string; reached: boolean }
  /** An earlier row that holds nothing to take up. */
  | { kind: 'nothing' }
  | ({ kind: 'failed'; reached: boolean } & Verdict);

/** Answers of the backend itself: the request left this machine and was read. Others never came so far. */
const saidNo: ReadonlySet<BackendErrorKind> = new Set([
  'refused',
  'quota',
  'rejected',
  'upstream',
  'nonsense',
]);

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
    const since = clock.monotonic();
    const up = upTime(deps);
    const knownStart = deps.backendStart();
    const journalId = await db.commits.write(() =>
      db.journal.intend({ ...place, server: backend.server, attempt }, intentAt, up),
    );
    const step = (change: JournalStep) =>
      db.commits.write(() => db.journal.step(journalId, change, clock.now()));
    try {
      const answer = await backend.submit(request, deps.answerSignal);
      deps.counts.submitted++;
      if (answer.results === null) {
        await step({ state: 'submitted', taskId: answer.taskId });
        deps.onTask(answer.taskId, 'submitted', attempt);
        return { kind: 'task', journalId, taskId: answer.taskId, reattached: false, elsewhere: null };
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
        const request = { prompt: place.prompt, intentAt, up, knownStart, server: backend.server };
        // It left this machine, also when the run ends before its fate is known.
        deps.counts.submitted++;
        const fate = await settle(journalId, request, deps);
        if (fate.kind === 'again') deps.counts.submitted--;
        if (fate.kind === 'task') deps.onTask(fate.taskId, 'submitted', attempt);
        // It answers, but not as a G-Labs does: that is no outage to be waited out.
        if (fate.kind === 'again' && error.kind !== 'unreachable' && error.kind !== 'no-answer') {
          const { class: errorClass, code, message } = error;
          return {
            kind: 'failed',
            class: errorClass,
            code,
            message,
            again: true,
            budget: true,
            reached: true,
          };
        }
        return fate;
      }
      const reached = error.arrived === 'yes' || (error.code !== 0 && saidNo.has(error.kind));
      if (reached) deps.counts.submitted++;
      const refused: JournalStep = {
        state: reached ? 'failed' : 'unsent',
        errorClass: error.class,
        errorCode: error.code,
        message: error.message,
      };
      await step(refused);
      if (error.kind === 'unreachable' || error.kind === 'wrong-service') {
        await dispatch.outage(error);
        return { kind: 'again', message: error.message, reached };
      }
      if (error.kind === 'refused') throw refusal(error, backend);
      if (error.kind === 'quota') {
        await dispatch.quota(error, since);
        return { kind: 'again', message: error.message, reached };
      }
      const { class: errorClass, code, message } = error;
      return {
        kind: 'failed',
        class: errorClass,
        code,
        message,
        again: error.kind === 'upstream',
        budget: true,
        reached,
      };
    }
  });
}

/** Now, by a clock that nobody sets. */
export const upTime = ({ self, clock }: Pick<SubmissionDeps, 'self' | 'clock'>): UpTime | null =>
  self.boot === null ? null : { boot: self.boot, ms: clock.sinceBoot() };

/** An unanswered submission. */
export interface Unanswered extends UnansweredRequest {
  /** The intent by a clock that nobody sets; null: not noted. */
  up: UpTime | null;
  /** The address it was sent to. */
  server: string;
}

/** Finds out what became of an unanswered submission and writes it down. Its prompt must be held (`posting`). */
export async function settle(
  journalId: number,
  request: Unanswered,
  deps: SubmissionDeps,
): Promise<Extract<Started, { kind: 'task' | 'lost' | 'again' | 'parked' }>> {
  const { db, clock, counts } = deps;
  const step = (change: JournalStep) =>
    db.commits.write(() => db.journal.step(journalId, change, clock.now()));
  const fate = await fateOf(journalId, request, deps);
  const lost = async (message: string) => {
    counts.lost++;
    await step({ state: 'lost', message });
    return { kind: 'lost' as const };
  };
  switch (fate.kind) {
    case 'found':
      return adopt(journalId, fate.taskId, deps);
    case 'never-arrived': {
      // Its own address may lead to another backend than this one, and that one cannot be asked.
      if (!deps.backend.knows(request.server))
        return lost(
          `It was sent to ${request.server}, and G-Labs at ${deps.backend.server} does not know it.`,
        );
      await step({ state: 'unsent', message: 'It never arrived.' });
      const message = 'The connection broke before G-Labs had the request.';
      return { kind: 'again', message, reached: false };
    }
    case 'lost':
      return lost('G-Labs was restarted before it answered.');
    case 'undecided': {
      const message = parkedMessage(request.prompt, fate.why);
      await step({ state: 'parked', message });
      return { kind: 'parked', message };
    }
  }
}

/** Looks at the backend for what became of a submission. Rejects with a Failure when the key is refused. */
export const fateOf = (journalId: number, request: Unanswered, deps: SubmissionDeps) =>
  settleUnanswered(request, {
    backend: deps.backend,
    clock: deps.clock,
    owned: deps.db.journal.ownsTask,
    before: (taskId) => deps.db.journal.hadBefore(taskId, journalId),
    elapsed: () => elapsedSince(request, deps),
    outage: deps.dispatch.outage,
    signal: deps.signal,
  }).catch((error: unknown) => {
    throw error instanceof BackendError ? refusal(error, deps.backend) : error;
  });

/** Milliseconds since an intent: known exactly within one start of the machine, else by the clock on the wall. */
function elapsedSince(
  { up, intentAt }: Pick<Unanswered, 'up' | 'intentAt'>,
  { clock, self }: SubmissionDeps,
): number {
  const ms = up !== null && sameBoot(up.boot, self.boot) ? clock.sinceBoot() - up.ms : clock.now() - intentAt;
  return Math.max(0, ms);
}

/** A task that was found in the backend's list becomes this row's. */
export async function adopt(
  journalId: number,
  taskId: string,
  { db, clock, counts }: SubmissionDeps,
): Promise<Extract<Started, { kind: 'task' }>> {
  counts.adopted++;
  await db.commits.write(() => db.journal.step(journalId, { state: 'submitted', taskId }, clock.now()));
  return { kind: 'task', journalId, taskId, reattached: false, elsewhere: null };
}

const parkedMessage = (prompt: string, why: string): string =>
  `Whether G-Labs received the request "${prompt.slice(0, 40)}…" cannot be told, so it is not repeated: ${why}.`;

/** What a person does about a parked request. */
export const PARKED_CURE =
  'Look in G-Labs. If the request is there, run again once it is through; if it is not, re-roll the node: then it is made anew.';

/** A refusal of the key or the plan ends the run. */
export const refusal = (error: BackendError, backend: Backend) =>
  fail('backend-refused', error.message, { where: backend.server, cure: error.cure, cause: error });
