import { z } from 'zod';
import type { ErrorClass, RunCounts } from '../../shared/domain.ts';
import { fail } from '../../shared/failure.ts';
import {
  type Backend,
  BackendError,
  type BackendErrorKind,
  type GenerationRequest,
  type ResultFile,
  type TaskReport,
} from '../backend/backend.ts';
import type { Database } from '../db/database.ts';
import type { Intent, JournalRow, JournalStep } from '../db/journal.ts';
import type { Clock, Random } from '../platform/clock.ts';
import type { Dispatch } from './dispatch.ts';
import { settleUnanswered } from './unanswered.ts';

/** A result of a task, not yet fetched, and the journal row it belongs to. */
export interface Generated {
  kind: 'generated';
  journalId: number;
  taskId: string | null;
  result: ResultFile;
  /** Further files of the same task (glabs-api.md A4): they serve places not yet submitted. */
  more: ResultFile[];
  attempts: number;
}

/** An output an earlier run had already fetched. */
export interface Salvaged {
  kind: 'salvaged';
  journalId: number;
  file: string;
  sha256: string;
  url: string | null;
  attempts: number;
}

export interface NotGenerated {
  kind: 'failed';
  class: ErrorClass;
  /** HTTP status or task code, 0 if there was none. */
  code: number;
  message: string;
  attempts: number;
}

export type CandidateOutcome = Generated | Salvaged | NotGenerated;

export interface CandidateDeps {
  db: Database;
  backend: Backend;
  dispatch: Dispatch;
  clock: Clock;
  random: Random;
  counts: RunCounts;
  signal: AbortSignal;
  pollMs: number;
  timeoutMs: number;
  retries: number;
  /** May an output of an earlier run be taken? Not for nodes that are to be made anew. */
  reuse: boolean;
  /** When the backend began, in ms since the epoch, as last seen; null when it does not say. */
  backendStart: () => number | null;
  /** Is this file there with this content? */
  intact: (file: string, sha256: string) => Promise<boolean>;
  onState: (state: 'submitting' | 'generating') => void;
  onTask: (taskId: string, how: 'submitted' | 'reattached', attempt: number) => void;
  onNotice: (message: string) => void;
  /** Tasks that are at the backend now, so that a cancel can stop them. */
  inFlight: Set<string>;
}

/** What to do after a task did not end well. */
type Verdict = { again: boolean; budget: boolean } & Pick<NotGenerated, 'class' | 'code' | 'message'>;

const LOST_TRIES = 3;
/** A request that bounces this often in a row, though the backend says it is well, will not get through. */
const BOUNCES = 20;
const RETRY_MS = 1000;
const StoredResults = z.array(z.url());

/**
 * Makes one candidate, from the intent to a completed task, every step committed before the next begins
 * (behaviour.md §7): intent → submit once → task id → completed. Retries by behaviour.md §5. Rejects only when the
 * run as a whole is aborted.
 */
export async function makeCandidate(
  place: Omit<Intent, 'attempt'>,
  request: GenerationRequest,
  deps: CandidateDeps,
): Promise<CandidateOutcome> {
  const { db, clock, signal } = deps;
  let attempts = 0;
  let lost = 0;
  let bounces = 0;
  let earlier = deps.reuse
    ? db.journal.latest(place.workflow, place.nodeId, place.row, place.candidate, place.fingerprint)
    : null;

  for (;;) {
    signal.throwIfAborted();
    const started: Started = earlier
      ? await takeUp(earlier, place, deps)
      : await submit(place, request, attempts + 1, deps);
    earlier = null;
    if (started.kind === 'nothing') continue;
    if (started.kind === 'salvaged') return { ...started, attempts };
    if (started.kind === 'again') {
      if (++bounces > BOUNCES) return failed('connection refused', started.message, attempts);
      continue;
    }
    bounces = 0;
    if (started.kind === 'task' || started.kind === 'results') attempts += started.reattached ? 0 : 1;
    if (started.kind === 'lost') {
      attempts++;
      if (++lost > LOST_TRIES) return failed('api_error', 'G-Labs lost this task again and again.', attempts);
      continue;
    }
    if (started.kind === 'failed') {
      attempts++;
      if (!(await mayRetry(started, attempts)))
        return failed(started.class, started.message, attempts, started.code);
      continue;
    }
    if (started.kind === 'parked') return failed('api_error', started.message, attempts + 1);
    if (started.kind === 'results') return generated(started.journalId, started.taskId, started.results);

    const ended = await follow(started.journalId, started.taskId, deps);
    if (ended.kind === 'completed') return generated(started.journalId, started.taskId, ended.results);
    if (ended.kind === 'lost') {
      deps.counts.lost++;
      if (++lost > LOST_TRIES) return failed('api_error', 'G-Labs lost this task again and again.', attempts);
      continue;
    }
    // A task of an earlier run that failed there: asked for anew, as if it had never been. One that still runs is not.
    if (started.reattached && ended.class !== 'timeout') continue;
    if (!(await mayRetry(ended, attempts))) return failed(ended.class, ended.message, attempts, ended.code);
  }

  async function mayRetry(verdict: Verdict, used: number): Promise<boolean> {
    if (!verdict.again) return false;
    if (!verdict.budget) {
      attempts--;
      return true;
    }
    if (used > deps.retries) return false;
    await clock.sleep(RETRY_MS * 2 ** (used - 1) * (0.75 + deps.random() * 0.5), signal);
    return true;
  }

  function generated(journalId: number, taskId: string | null, results: ResultFile[]): CandidateOutcome {
    const [result, ...more] = results;
    if (!result) return failed('api_error', 'G-Labs completed the task without a result.', attempts);
    deps.dispatch.progress();
    return { kind: 'generated', journalId, taskId, result, more, attempts: Math.max(1, attempts) };
  }
}

const failed = (errorClass: ErrorClass, message: string, attempts: number, code = 0): NotGenerated => ({
  kind: 'failed',
  class: errorClass,
  code,
  message,
  attempts,
});

type Started =
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

/** Takes up what an earlier attempt left, by the state its row reached. */
async function takeUp(
  row: JournalRow,
  place: Omit<Intent, 'attempt'>,
  deps: CandidateDeps,
): Promise<Started> {
  const { db, clock, counts } = deps;
  switch (row.state) {
    case 'intent': {
      const fate = await settle(
        row.id,
        { prompt: row.prompt, intentAt: row.intentAt, knownStart: null },
        deps,
      );
      return fate.kind === 'task'
        ? { ...fate, reattached: true }
        : fate.kind === 'again'
          ? { kind: 'nothing' }
          : fate;
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
      if (file === null || sha256 === null || !(await deps.intact(file, sha256)))
        return takeUpResults(row, deps);
      return { kind: 'salvaged', journalId: id, file, sha256, url };
    }
    case 'parked':
      return { kind: 'parked', message: row.message ?? parkedMessage(place.prompt) };
    default:
      return { kind: 'nothing' };
  }
}

/** A task that had completed: its results are fetched (again). */
function takeUpResults(row: JournalRow, deps: CandidateDeps): Started {
  const urls = StoredResults.safeParse(JSON.parse(row.results ?? '[]'));
  if (!urls.success || urls.data.length === 0) return { kind: 'nothing' };
  deps.counts.reattached++;
  if (row.taskId !== null) deps.onTask(row.taskId, 'reattached', row.attempt);
  const results = urls.data.map((url): ResultFile => ({ url, bytes: null }));
  return { kind: 'results', journalId: row.id, taskId: row.taskId, results, reattached: true };
}

/** Intent, then one POST. At most one unanswered submission per prompt, so that its prompt identifies its task. */
async function submit(
  place: Omit<Intent, 'attempt'>,
  request: GenerationRequest,
  attempt: number,
  deps: CandidateDeps,
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
      const answer = await backend.submit(request, signal);
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

/** Finds out what became of an unanswered submission and writes it down. */
async function settle(
  journalId: number,
  request: { prompt: string; intentAt: number; knownStart: number | null },
  deps: CandidateDeps,
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
  });
  switch (fate.kind) {
    case 'found':
      counts.submitted++;
      counts.adopted++;
      await step({ state: 'submitted', taskId: fate.taskId });
      return { kind: 'task', journalId, taskId: fate.taskId, reattached: false };
    case 'never-arrived':
      await step({ state: 'unsent', message: 'It never arrived.' });
      return { kind: 'again', message: 'The connection broke before G-Labs had the request.' };
    case 'lost':
      counts.submitted++;
      counts.lost++;
      await step({ state: 'lost', message: 'G-Labs was restarted before it answered.' });
      return { kind: 'lost' };
    case 'undecided': {
      counts.submitted++;
      const message = `${parkedMessage(request.prompt)} (${fate.why})`;
      await step({ state: 'parked', message });
      return { kind: 'parked', message };
    }
  }
}

const parkedMessage = (prompt: string): string =>
  `Whether G-Labs received the request "${prompt.slice(0, 40)}…" cannot be told, so it is not repeated. Look in G-Labs.`;

const AWAY: ReadonlySet<BackendErrorKind> = new Set(['unreachable', 'no-answer', 'wrong-service']);

/** Looks at a task until it ends. Time during which the backend was away does not count against it. */
async function follow(
  journalId: number,
  taskId: string,
  deps: CandidateDeps,
): Promise<{ kind: 'completed'; results: ResultFile[] } | { kind: 'lost' } | ({ kind: 'failed' } & Verdict)> {
  const { db, backend, clock, dispatch, signal } = deps;
  const step = (change: JournalStep) =>
    db.commits.write(() => db.journal.step(journalId, change, clock.now()));
  const began = clock.monotonic();
  const since = clock.now();
  let deadline = began + deps.timeoutMs;
  let running = false;
  deps.inFlight.add(taskId);
  try {
    for (;;) {
      await clock.sleep(pollDelay(clock.monotonic() - began, deps.pollMs, deps.random), signal);
      let report: TaskReport | null;
      try {
        report = await backend.poll(taskId, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof BackendError)) throw error;
        if (error.kind === 'refused') throw refusal(error, backend);
        // An answer that makes no sense is no outage: the task is looked at again until its time is up.
        if (!AWAY.has(error.kind)) {
          if (clock.monotonic() < deadline) continue;
          const message = `G-Labs answers nonsense about task ${taskId}: ${error.message}`;
          await step({ state: 'timeout', errorClass: 'timeout', message });
          return { kind: 'failed', class: 'timeout', code: error.code, message, again: false, budget: true };
        }
        deadline += await dispatch.outage(error);
        continue;
      }
      if (report === null) {
        await step({ state: 'lost', message: 'G-Labs does not know the task any more.' });
        return { kind: 'lost' };
      }
      if (report.status === 'completed') {
        const urls = report.results.flatMap((result) => (result.url === null ? [] : [result.url]));
        await step({ state: 'completed', results: JSON.stringify(urls) });
        return { kind: 'completed', results: report.results };
      }
      if (report.status === 'failed') return await taskFailed(report, since, step, deps);
      if (report.status === 'running' && !running) {
        // Waiting in the backend's own queue is not the task's fault: its time begins when it does.
        running = true;
        deadline = clock.monotonic() + deps.timeoutMs;
        deps.onState('generating');
      }
      if (clock.monotonic() >= deadline) {
        const message = `No result within ${Math.round(deps.timeoutMs / 1000)} s (task ${taskId}).`;
        await step({ state: 'timeout', errorClass: 'timeout', message });
        return { kind: 'failed', class: 'timeout', code: 0, message, again: false, budget: true };
      }
    }
  } finally {
    // After a cancel it stays listed: the run asks the backend to stop it.
    if (!signal.aborted) deps.inFlight.delete(taskId);
  }
}

async function taskFailed(
  report: TaskReport,
  since: number,
  step: (change: JournalStep) => Promise<void>,
  deps: CandidateDeps,
): Promise<{ kind: 'failed' } & Verdict> {
  const error = report.error ?? { class: 'api_error' as const, code: 0, message: 'G-Labs gives no reason.' };
  await step({ state: 'failed', errorClass: error.class, errorCode: error.code, message: error.message });
  const verdict = { kind: 'failed' as const, ...error };
  if (error.class === 'content_policy') return { ...verdict, again: true, budget: true };
  if (error.class === 'api_error' && (error.code === 403 || error.code === 429)) {
    await deps.dispatch.quota({ message: error.message, cure: quotaCure(error.code) }, since);
    return { ...verdict, again: true, budget: false };
  }
  if (error.class === 'api_error' && error.code === 401) throw refusalOf(error.message, deps.backend);
  return { ...verdict, again: error.class === 'api_error' && error.code === 500, budget: true };
}

const quotaCure = (code: number): string =>
  code === 429
    ? 'Wait until the quota is renewed, then run again: what is done is reused.'
    : 'Sign in to the Google account in G-Labs again, then run again: what is done is reused.';

const refusal = (error: BackendError, backend: Backend) =>
  fail('backend-refused', error.message, { where: backend.server, cure: error.cure, cause: error });
const refusalOf = (message: string, backend: Backend) =>
  fail('backend-refused', message, { where: backend.server, cure: 'Check the API key of G-Labs.' });

/**
 * Milliseconds until the next look: a twentieth of the time the task has taken so far, so that a result is seen
 * soon without a storm of requests; never longer than the setting, with jitter.
 */
export function pollDelay(elapsedMs: number, pollMs: number, random: Random): number {
  const wanted = Math.min(pollMs, Math.max(pollMs / 6, elapsedMs / 20));
  return wanted * (0.85 + random() * 0.3);
}
