import { z } from 'zod';
import {
  BackendError,
  type BackendHealth,
  type Submission,
  type TaskListing,
  type TaskReport,
} from './backend.ts';
import { readResults } from './results.ts';
import { classifyTask, errorTextOf, isRecord, oneLine, saysFailure } from './wording.ts';

/**
 * Tolerant readers of G-Labs' answers (glabs-api.md A3, A9). The real build is unverified, so what several
 * versions spell differently is read in every spelling; what cannot be read is a BackendError `nonsense`,
 * never another exception.
 */

/** A number, or null for anything else. */
const Count = z.number().finite().nullable().catch(null).default(null);
const Text = z.string().nullable().catch(null).default(null);

const Health = z.object({
  status: Text,
  server: Text,
  uptime: Count,
  tasks_pending: Count,
  tasks_running: Count,
  simulator: z.boolean().catch(false).default(false),
});

/** Null: not a health answer (not a JSON object). */
export function readHealth(json: unknown): Omit<BackendHealth, 'healthPath'> | null {
  if (!isRecord(json)) return null;
  const health = Health.parse(json);
  return {
    serverName: health.server === null ? null : oneLine(health.server),
    uptimeS: health.uptime,
    tasksPending: health.tasks_pending,
    tasksRunning: health.tasks_running,
    demo: health.simulator,
  };
}

/** Ids go into paths and the journal: 8 hex digits by the document, anything short and plain is taken. */
const TaskId = z
  .union([z.string(), z.number().int().transform(String)])
  .pipe(z.string().regex(/^[\w.:~-]{1,200}$/));

const Task = z.object({
  task_id: TaskId.optional().catch(undefined),
  id: TaskId.optional().catch(undefined),
  status: z.string().catch('').default(''),
  prompt: z.string().catch('').default(''),
  created_at: z.unknown().optional(),
  error_code: z.coerce.number().int().catch(0).default(0),
});

/**
 * The answer to a submit: a task to poll, or results at once.
 *
 * @param base address in use; results are moved to it
 * @throws BackendError `nonsense` (`arrived: unknown`), or `rejected`/`upstream` when a 200 tells of an error
 */
export function readSubmission(json: unknown, base: string): Submission {
  const task = isRecord(json) ? Task.parse(json) : null;
  const taskId = task?.task_id ?? task?.id ?? null;
  const status = task === null ? null : statusOf(task.status);
  if (status === 'failed') throw refusedAtOnce(json, task?.error_code ?? 0);
  // A waiting task may carry an empty `results`.
  const results = readResults(json, base);
  if (results.length > 0) return { taskId, results };
  if (saysFailure(json)) throw refusedAtOnce(json, task?.error_code ?? 0);
  if (status === 'completed') throw refusedAtOnce({ error: 'finished without a result' }, 0);
  if (taskId !== null) return { taskId, results: null };
  throw nonsense('G-Labs took the request, but its answer holds neither a task id nor a result.', 'unknown');
}

/** A synchronous build that says no in a 200. It did arrive, and may have cost something. */
function refusedAtOnce(json: unknown, code: number): BackendError {
  const text = oneLine(errorTextOf(json) ?? 'no reason given');
  return new BackendError({
    kind: code === 403 || code === 429 ? 'quota' : code >= 500 ? 'upstream' : 'rejected',
    class: classifyTask(code, text),
    code,
    arrived: 'yes',
    message: `G-Labs made nothing of the request: "${text}".`,
    cure: 'Look at the log of G-Labs.',
  });
}

/**
 * The answer of `/api/status/{id}`.
 *
 * A completed task without any result is reported as failed (`api_error`): there is nothing to fetch.
 * @throws BackendError `nonsense`
 */
export function readTask(json: unknown, taskId: string, base: string): TaskReport {
  if (!isRecord(json)) throw nonsense('G-Labs answered the question for a task with something else.');
  const task = Task.parse(json);
  const id = task.task_id ?? task.id ?? taskId;
  const status = statusOf(task.status);
  if (id !== taskId) throw nonsense(`G-Labs was asked for task ${taskId} and answered for ${id}.`);
  if (status === null)
    throw nonsense(`G-Labs gave task ${taskId} a state that is not known: "${oneLine(task.status)}".`);
  const report = { taskId, prompt: task.prompt, createdAt: timeOf(task.created_at) };
  if (status === 'failed') {
    const message = oneLine(errorTextOf(json) ?? 'G-Labs gave no reason');
    const wording = typeof json.error_detail === 'string' ? `${message} ${json.error_detail}` : message;
    const error = { class: classifyTask(task.error_code, wording), code: task.error_code, message };
    return { ...report, status, results: [], error };
  }
  if (status !== 'completed') return { ...report, status, results: [], error: null };
  const results = readResults(json, base);
  if (results.length > 0) return { ...report, status, results, error: null };
  const error = {
    class: 'api_error' as const,
    code: task.error_code,
    message: 'G-Labs finished the task without a result.',
  };
  return { ...report, status: 'failed', results: [], error };
}

/**
 * The answer of `/api/tasks`, newest first.
 *
 * An entry that cannot be read makes the whole list `nonsense`: the list decides whether a generation is sent
 * again, and a hole in it could hide the task that was looked for (behaviour.md §7).
 */
export function readTaskList(json: unknown): TaskListing[] {
  const list = listIn(json);
  if (list === null) throw nonsense('G-Labs answered the question for its tasks with something else.');
  return list.map((entry) => {
    const task = isRecord(entry) ? Task.parse(entry) : null;
    const taskId = task?.task_id ?? task?.id;
    if (task === null || taskId === undefined) throw nonsense('G-Labs listed a task that cannot be read.');
    // A state of another task that we do not know must not hide ours.
    return {
      taskId,
      status: statusOf(task.status) ?? 'running',
      ...startOf(task.prompt),
      createdAt: timeOf(task.created_at),
    };
  });
}

/** Whether the answer of a stop says that this task was stopped. */
export function readStopped(json: unknown, taskId: string): boolean {
  const Stopped = z.object({ stopped: z.array(z.unknown()).optional(), count: z.number().optional() });
  const answer = Stopped.safeParse(json);
  if (!answer.success) return false;
  if (answer.data.stopped !== undefined)
    return answer.data.stopped.some(
      (id) => id === taskId || (typeof id === 'number' && String(id) === taskId),
    );
  return (answer.data.count ?? 0) > 0;
}

const statusWords: Record<string, TaskReport['status']> = {
  pending: 'pending',
  queued: 'pending',
  running: 'running',
  processing: 'running',
  in_progress: 'running',
  completed: 'completed',
  complete: 'completed',
  done: 'completed',
  success: 'completed',
  succeeded: 'completed',
  failed: 'failed',
  error: 'failed',
  stopped: 'failed',
  cancelled: 'failed',
  canceled: 'failed',
};

function statusOf(word: string): TaskReport['status'] | null {
  const known = word.toLowerCase();
  return Object.hasOwn(statusWords, known) ? (statusWords[known] ?? null) : null;
}

/** Seconds (the document), milliseconds or ISO text, as milliseconds. */
function timeOf(value: unknown): number | null {
  if (typeof value === 'number' && Number.isFinite(value)) return value > 1e11 ? value : value * 1000;
  if (typeof value !== 'string') return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms;
}

/** Newer builds cut a prompt to 50 characters and dots; a shorter one that ends in dots is whole. */
function startOf(prompt: string): Pick<TaskListing, 'promptStart' | 'promptWhole'> {
  for (const dots of ['...', '…']) {
    const start = prompt.slice(0, -dots.length);
    // The server counts characters, not UTF-16 units.
    if (prompt.endsWith(dots) && [...start].length >= 50) return { promptStart: start, promptWhole: false };
  }
  return { promptStart: prompt, promptWhole: prompt !== '' };
}

function listIn(json: unknown): unknown[] | null {
  if (Array.isArray(json)) return json;
  if (!isRecord(json)) return null;
  for (const key of ['tasks', 'items', 'results', 'data']) {
    if (Array.isArray(json[key])) return json[key];
  }
  return null;
}

function nonsense(message: string, arrived: 'no' | 'unknown' = 'no'): BackendError {
  const cure = 'Look at the version of G-Labs and at what stands in front of it.';
  return new BackendError({ kind: 'nonsense', class: 'api_error', arrived, message, cure });
}
