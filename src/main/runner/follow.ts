import { fail } from '../../shared/failure.ts';
import { BackendError, type BackendErrorKind, type ResultFile, type TaskReport } from '../backend/backend.ts';
import type { JournalStep } from '../db/journal.ts';
import type { Random } from '../platform/clock.ts';
import { overslept } from './overslept.ts';
import { refusal, type StartedTask, type SubmissionDeps, type Verdict } from './submission.ts';

export interface FollowDeps extends SubmissionDeps {
  random: Random;
  pollMs: number;
  timeoutMs: number;
  /** Tasks that are at the backend now, so that a cancel can stop them. */
  inFlight: Set<string>;
}

const AWAY: ReadonlySet<BackendErrorKind> = new Set(['unreachable', 'no-answer', 'wrong-service']);

/** The code of a task that was stopped because somebody said so (glabs-api.md A5). */
const STOPPED = 499;
/** Lists cut prompts at 50 characters; that much tells two tasks apart. */
const SAME_BEGINNING = 45;

/** How a task ended; `overdue`: it did not within its time, and may go on at the backend. */
type Followed =
  | { kind: 'completed'; results: ResultFile[] }
  | { kind: 'lost' }
  | ({ kind: 'failed' | 'overdue' } & Verdict);

/** Looks at a task until it ends. Time during which the backend was away does not count against it. */
export async function follow(task: StartedTask, deps: FollowDeps): Promise<Followed> {
  const { journalId, taskId } = task;
  const { db, backend, clock, dispatch, signal } = deps;
  const step = (change: JournalStep) =>
    db.commits.write(() => db.journal.step(journalId, change, clock.now()));
  const began = clock.monotonic();
  let deadline = began + deps.timeoutMs;
  let running = false;
  deps.inFlight.add(taskId);
  try {
    for (;;) {
      const now = clock.monotonic();
      const delay = pollDelay(now - began, deps.pollMs, deps.random);
      await clock.sleep(delay, signal);
      deadline += overslept(delay, clock.monotonic() - now);
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
          return { kind: 'overdue', class: 'timeout', code: error.code, message, again: false, budget: true };
        }
        deadline += await dispatch.outage(error);
        if (clock.monotonic() < deadline) continue;
        // The backend says it is well, and yet the task cannot be asked for.
        const message = `Task ${taskId} could not be asked for in its time: ${error.message}`;
        await step({ state: 'timeout', errorClass: 'timeout', message });
        return { kind: 'overdue', class: 'timeout', code: error.code, message, again: false, budget: true };
      }
      if (report === null || !isOurs(task, report)) {
        const message = task.elsewhere
          ? `It was given at ${task.elsewhere.server}, and G-Labs at ${backend.server} does not know it.`
          : 'G-Labs does not know the task any more.';
        await step({ state: 'lost', message });
        return { kind: 'lost' };
      }
      if (report.status === 'completed') {
        const urls = report.results.flatMap((result) => (result.url === null ? [] : [result.url]));
        await step({ state: 'completed', results: JSON.stringify(urls) });
        return { kind: 'completed', results: report.results };
      }
      if (report.status === 'failed') return await taskFailed(task, report, began, step, deps);
      if (report.status === 'running' && !running) {
        // The backend's own queue had its time; the work has one of its own, from here on.
        running = true;
        deadline = clock.monotonic() + deps.timeoutMs;
        deps.onState('generating');
      }
      if (clock.monotonic() >= deadline) {
        const message = `No result within ${Math.round(deps.timeoutMs / 1000)} s (task ${taskId}).`;
        await step({ state: 'timeout', errorClass: 'timeout', message });
        return { kind: 'overdue', class: 'timeout', code: 0, message, again: false, budget: true };
      }
    }
  } finally {
    // After a cancel it stays listed: the run asks the backend to stop it.
    if (!signal.aborted) deps.inFlight.delete(taskId);
  }
}

/** An id of another address may name another task here; the beginning of the prompt tells. Some builds say none. */
function isOurs({ elsewhere }: StartedTask, report: TaskReport): boolean {
  if (elsewhere === null || report.prompt === '') return true;
  const beginning = (text: string) => text.replaceAll(/\s+/g, ' ').trim().slice(0, SAME_BEGINNING);
  return beginning(report.prompt) === beginning(elsewhere.prompt);
}

async function taskFailed(
  { reattached }: StartedTask,
  report: TaskReport,
  since: number,
  step: (change: JournalStep) => Promise<void>,
  deps: FollowDeps,
): Promise<{ kind: 'failed' } & Verdict> {
  const error = report.error ?? { class: 'api_error' as const, code: 0, message: 'G-Labs gives no reason.' };
  await step({
    state: error.code === STOPPED ? 'cancelled' : 'failed',
    errorClass: error.class,
    errorCode: error.code,
    message: error.message,
  });
  const verdict = { kind: 'failed' as const, ...error };
  // What a task of an earlier run failed of may be mended since, such as a key: a new request finds out.
  if (reattached) return { ...verdict, again: true, budget: false };
  if (error.class === 'content_policy') return { ...verdict, again: true, budget: true };
  if (error.class === 'api_error' && (error.code === 403 || error.code === 429)) {
    await deps.dispatch.quota({ message: error.message, cure: quotaCure(error.code) }, since);
    return { ...verdict, again: true, budget: false };
  }
  if (error.class === 'api_error' && error.code === 401) throw keyRefused(error.message, deps.backend.server);
  return { ...verdict, again: error.class === 'api_error' && error.code === 500, budget: true };
}

const quotaCure = (code: number): string =>
  code === 429
    ? 'Wait until the quota is renewed, then run again: what is done is reused.'
    : 'Sign in to the Google account in G-Labs again, then run again: what is done is reused.';

const keyRefused = (said: string, server: string) =>
  fail('backend-refused', `A task was refused for want of a valid sign-in: ${said}`, {
    where: server,
    cure: 'Sign in to the Google account in G-Labs again, and check the API key, then run again.',
  });

/**
 * Milliseconds until the next look: a twentieth of the time the task has taken so far, so that a result is seen
 * soon without a storm of requests; never longer than the setting, with jitter.
 */
export function pollDelay(elapsedMs: number, pollMs: number, random: Random): number {
  const wanted = Math.min(pollMs, Math.max(pollMs / 6, elapsedMs / 20));
  return wanted * (0.85 + random() * 0.3);
}
