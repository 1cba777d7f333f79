import { type Backend, BackendError, type BackendHealth, type TaskListing } from '../backend/backend.ts';
import type { Clock } from '../platform/clock.ts';

/** What became of a submission whose answer never came (behaviour.md §7). */
export type Fate =
  /** The backend has it: adopt this task. */
  | { kind: 'found'; taskId: string }
  /** It surely never arrived: submit. */
  | { kind: 'never-arrived' }
  /** The backend started anew since: it may have been paid for and is gone. */
  | { kind: 'lost' }
  /** The list cannot decide: a person must. */
  | { kind: 'undecided'; why: string }
  /** These tasks begin like it; only the whole prompt of each tells. */
  | { kind: 'confirm'; taskIds: string[] };

export interface Evidence {
  prompt: string;
  /** By the clock on the wall, milliseconds since the epoch: what tasks are stamped with. Somebody may have set it since. */
  intentAt: number;
  now: number;
  /** Milliseconds since the intent, by a clock that nobody sets where there is one. */
  elapsedMs: number;
  health: Pick<BackendHealth, 'uptimeS'>;
  /** How long the backend of before the intent would run by now; null when it did not say. */
  knownUptimeMs: number | null;
  tasks: readonly TaskListing[];
  owned: (taskId: string) => boolean;
  /** Whether our journal had this task before the intent. */
  before: (taskId: string) => boolean;
}

/** The list holds at most this many; a full one may have pushed the task out. */
export const LIST_LIMIT = 50;
/** Clocks of two processes on one machine agree; created_at is rounded to seconds by some. */
const CLOCK_SLACK_MS = 2000;
const UPTIME_SLACK_MS = 1100;

/** Pure: the fate of a submission by what the backend says of itself and its tasks. */
export function judgeUnanswered(evidence: Evidence): Fate {
  const { prompt, tasks, health } = evidence;
  const { earliest, latest } = stampOfIntent(evidence);
  const free = tasks.filter((task) => !evidence.owned(task.taskId));
  const since = (stamp: number) =>
    free.filter((task) => task.createdAt === null || task.createdAt >= stamp - CLOCK_SLACK_MS);
  const young = since(earliest);
  const isIt = (task: TaskListing) => task.promptWhole && task.promptStart === prompt;
  // Where the clock was set back, older tasks look young: one that is young by any clock goes first.
  const found = since(latest).findLast(isIt) ?? young.findLast(isIt);
  if (found) return { kind: 'found', taskId: found.taskId };
  const similar = young.filter((task) => !task.promptWhole && prompt.startsWith(task.promptStart));
  if (similar.length > 0) return { kind: 'confirm', taskIds: similar.map((task) => task.taskId) };

  const ranBefore = tasks.some((task) => evidence.before(task.taskId));
  if (!ranBefore) {
    if (health.uptimeS === null) return { kind: 'undecided', why: 'G-Labs does not say since when it runs' };
    const uptimeMs = health.uptimeS * 1000;
    // Uptime is told in whole seconds by some: the one we saw earlier is the same if it differs by less.
    const sameAsBefore =
      evidence.knownUptimeMs !== null && Math.abs(uptimeMs - evidence.knownUptimeMs) <= UPTIME_SLACK_MS;
    if (uptimeMs < evidence.elapsedMs && !sameAsBefore) return { kind: 'lost' };
  }
  const reachesBack =
    ranBefore ||
    tasks.length < LIST_LIMIT ||
    tasks.some((task) => task.createdAt !== null && task.createdAt < earliest);
  if (!reachesBack)
    return { kind: 'undecided', why: `its list of ${LIST_LIMIT} tasks does not reach back to the request` };
  return { kind: 'never-arrived' };
}

/**
 * What a task would be stamped with that was made at the intent: by the clock of then, or, if it was set since, of now.
 * How much it was set by is known from the clock that nobody sets.
 */
function stampOfIntent({ intentAt, now, elapsedMs }: Evidence): { earliest: number; latest: number } {
  const byNow = now - elapsedMs;
  return { earliest: Math.min(intentAt, byNow), latest: Math.max(intentAt, byNow) };
}

/** A submission without an answer. */
export interface UnansweredRequest {
  prompt: string;
  /** Milliseconds since the epoch. */
  intentAt: number;
  /** When the backend began, as seen before the intent, by `Clock.sinceBoot`; null when it did not say. */
  knownStart: number | null;
}

export interface UnansweredDeps {
  backend: Backend;
  clock: Clock;
  owned: (taskId: string) => boolean;
  /** Whether our journal had this task before the intent. */
  before: (taskId: string) => boolean;
  /** Milliseconds since the intent. */
  elapsed: () => number;
  /** Waits for the backend when it does not answer. */
  outage: (error: BackendError) => Promise<number>;
  signal: AbortSignal;
}

/** How often the list is looked at before "not there" is believed: a slow backend may still be reading the request. */
const LOOKS = 3;
const BETWEEN_LOOKS_MS = 700;
/** A backend that is there but gives no list this often has none, or none that can be read. */
const BLIND_LOOKS = 5;

/** Finds out what became of a submission; never submits anything itself. Rejects with the BackendError of a refused key. */
export async function settleUnanswered(
  request: UnansweredRequest,
  deps: UnansweredDeps,
): Promise<Exclude<Fate, { kind: 'confirm' }>> {
  let blind = 0;
  for (let look = 1; ; look++) {
    const fate = await lookOnce(request, deps);
    if (fate === 'again') {
      if (++blind >= BLIND_LOOKS) return { kind: 'undecided', why: 'its list of tasks cannot be had' };
      look--;
      continue;
    }
    if (fate.kind !== 'never-arrived' || look >= LOOKS) return fate;
    await deps.clock.sleep(BETWEEN_LOOKS_MS, deps.signal);
  }
}

async function lookOnce(
  request: UnansweredRequest,
  deps: UnansweredDeps,
): Promise<Exclude<Fate, { kind: 'confirm' }> | 'again'> {
  const { backend, clock, signal } = deps;
  try {
    const health = await backend.health(signal);
    const tasks = await backend.listTasks(signal);
    const evidence = {
      ...request,
      now: clock.now(),
      elapsedMs: deps.elapsed(),
      health,
      knownUptimeMs: request.knownStart === null ? null : clock.sinceBoot() - request.knownStart,
      tasks,
      owned: deps.owned,
      before: deps.before,
    };
    const fate = judgeUnanswered(evidence);
    if (fate.kind !== 'confirm') return fate;
    for (const taskId of fate.taskIds) {
      const report = await backend.poll(taskId, signal);
      if (report?.prompt === request.prompt) return { kind: 'found', taskId };
    }
    // None of them is it: judge again as if they were somebody's.
    const rest = judgeUnanswered({
      ...evidence,
      owned: (id) => deps.owned(id) || fate.taskIds.includes(id),
    });
    return rest.kind === 'confirm' ? 'again' : rest;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BackendError)) throw error;
    if (error.kind === 'refused') throw error;
    await deps.outage(error);
    return 'again';
  }
}
