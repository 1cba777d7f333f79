import type { Counts, Task } from './glabs.ts';

/** Tasks as G-Labs writes them (glabs-api.md A3). Times are seconds with a fraction. */

export function submitted(task: Task) {
  const type = task.order.type === 'vibes' ? 'Meta' : task.order.type;
  const name = type.slice(0, 1).toUpperCase() + type.slice(1);
  return {
    task_id: task.id,
    status: 'pending',
    message: `${name} task queued for processing`,
    poll_url: `/api/status/${task.id}`,
  };
}

export function statusOf(task: Task, origin: string) {
  const base = {
    task_id: task.id,
    type: task.order.type,
    status: task.status,
    prompt: task.order.prompt,
    created_at: task.createdAt / 1000,
  };
  if (task.status === 'completed')
    return { ...base, results: resultsOf(task, origin), completed_at: completedAt(task) };
  if (task.error === null) return base;
  const { code, message } = task.error;
  return {
    ...base,
    error_code: code,
    error: message,
    error_detail: code === 0 ? message : `${code}: ${message}`,
  };
}

/** Says less than the status: a failed task is only "not yet completed" here. */
export function resultOf(task: Task, origin: string) {
  if (task.status !== 'completed') {
    return { task_id: task.id, status: task.status, message: 'Task not yet completed' };
  }
  return {
    task_id: task.id,
    status: task.status,
    results: resultsOf(task, origin),
    completed_at: completedAt(task),
  };
}

export function listed(task: Task, shortPrompts: boolean) {
  const { prompt } = task.order;
  return {
    task_id: task.id,
    type: task.order.type,
    status: task.status,
    prompt: shortPrompts && prompt.length > 50 ? `${prompt.slice(0, 50)}...` : prompt,
    created_at: task.createdAt / 1000,
  };
}

export function healthOf(counts: Counts, uptimeMs: number) {
  return {
    status: 'ok',
    server: 'G-Labs Webhook',
    uptime: Math.floor(uptimeMs / 1000),
    tasks_pending: counts.pending,
    tasks_running: counts.running,
    simulator: true,
  };
}

/** Always the server's own address, whatever name the client used (glabs-api.md A8). */
export const resultsOf = (task: Task, origin: string): string[] =>
  task.fileNames.map((name) => `${origin}/api/files/${encodeURIComponent(name)}`);

const completedAt = (task: Task): number => (task.completedAt ?? task.createdAt) / 1000;
