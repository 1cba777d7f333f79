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
  /** Milliseconds since the epoch. */
  intentAt: number;
  now: number;
  health: Pick<BackendHealth, 'uptimeS'>;
  /** When the backend began, as seen before the intent; null when it did not say. */
  knownStart: number | null;
  tasks: readonly TaskListing[];
  owned: (taskId: string) => boolean;
}

/** The list holds at most this many; a full one may have pushed the task out. */
export const LIST_LIMIT = 50;
/** Clocks of two processes on one machine agree; created_at is rounded to seconds by some. */
const CLOCK_SLACK_MS = 2000;
const UPTIME_SLACK_MS = 1100;

/** Pure: the fate of a submission by what the backend says of itself and its tasks. */
export function judgeUnanswered(evidence: Evidence): Fate {
  const { prompt, intentAt, tasks, health } = evidence;
  const young = (task: TaskListing) => task.createdAt === null || task.createdAt >= intentAt - CLOCK_SLACK_MS;
  const candidates = tasks.filter((task) => young(task) && !evidence.owned(task.taskId));
  const whole = candidates.filter((task) => task.promptWhole && task.promptStart === prompt);
  const oldest = whole.at(-1);
  if (oldest) return { kind: 'found', taskId: oldest.taskId };
  const similar = candidates.filter((task) => !task.promptWhole && prompt.startsWith(task.promptStart));
  if (similar.length > 0) return { kind: 'confirm', taskIds: similar.map((task) => task.taskId) };

  if (health.uptimeS === null) return { kind: 'undecided', why: 'G-Labs does not say since when it runs' };
  const startedAt = evidence.now - health.uptimeS * 1000;
  // Uptime is told in whole seconds by some: the start we saw earlier is the same one if it differs by less.
  const sameAsBefore =
    evidence.knownStart !== null && Math.abs(startedAt - evidence.knownStart) <= UPTIME_SLACK_MS;
  if (startedAt > intentAt && !sameAsBefore) return { kind: 'lost' };
  const reachesBack =
    tasks.length < LIST_LIMIT || tasks.some((task) => task.createdAt !== null && task.createdAt < intentAt);
  if (!reachesBack)
    return { kind: 'undecided', why: `its list of ${LIST_LIMIT} tasks does not reach back to the request` };
  return { kind: 'never-arrived' };
}

export interface UnansweredDeps {
  backend: Backend;
  clock: Clock;
  owned: (taskId: string) => boolean;
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
  request: { prompt: string; intentAt: number; knownStart: number | null },
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
  request: { prompt: string; intentAt: number; knownStart: number | null },
  deps: UnansweredDeps,
): Promise<Exclude<Fate, { kind: 'confirm' }> | 'again'> {
  const { backend, clock, signal } = deps;
  try {
    const health = await backend.health(signal);
    const tasks = await backend.listTasks(signal);
    const fate = judgeUnanswered({ ...request, now: clock.now(), health, tasks, owned: deps.owned });
    if (fate.kind !== 'confirm') return fate;
    for (const taskId of fate.taskIds) {
      const report = await backend.poll(taskId, signal);
      if (report?.prompt === request.prompt) return { kind: 'found', taskId };
    }
    // None of them is it: judge again as if they were somebody's.
    const rest = judgeUnanswered({
      ...request,
      now: clock.now(),
      health,
      tasks,
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
