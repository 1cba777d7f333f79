import type { IncomingMessage } from 'node:http';
import type { Desk } from './desk.ts';
import { type Effect, effectOf, type Place, type Subject } from './faults.ts';
import type { Fate, Task } from './glabs.ts';
import { type Answer, json, MAX_BODY_BYTES, notFound, readBody, readObject, refuse } from './http.ts';
import { type Order, readDraft, type TaskType } from './orders.ts';
import { readReferences } from './references.ts';
import { healthOf, listed, resultOf, resultsOf, statusOf, submitted } from './wire.ts';

const submitPaths: Readonly<Record<string, TaskType>> = {
  '/api/image/generate': 'image',
  '/api/video/generate': 'video',
  '/api/grok/generate': 'grok',
  '/api/meta/generate': 'vibes',
  '/api/openai/generate': 'openai',
  '/api/upscale/generate': 'upscale',
};

const MAX_STOP_BYTES = 64 * 1024;
/** How often a synchronous answer looks whether its task has ended. */
const SYNC_CHECK_MS = 20;

/** Answers one request of the G-Labs API. `path` has no query and no trailing slash; `origin` is the server's own. */
export async function answerApi(
  desk: Desk,
  request: IncomingMessage,
  path: string,
  origin: string,
): Promise<Answer> {
  const reading = request.method === 'GET' || request.method === 'HEAD';
  if (reading) {
    if (path === (desk.has('health-path') ? '/health' : '/api/health')) {
      return withFaults(desk, at('health'), () =>
        json(200, healthOf(desk.glabs.counts(desk.now()), desk.now() - desk.startedAt)),
      );
    }
    const file = after(path, '/api/files/');
    if (file !== null) return sendFile(desk, file);
  }
  const answer = reading
    ? readRoute(desk, path, origin)
    : request.method === 'POST'
      ? writeRoute(desk, request, path, origin)
      : null;
  if (answer === null) return notFound();
  const { key } = desk.options;
  if (key !== null && key !== '' && request.headers['x-api-key'] !== key) {
    return refuse(401, 'Invalid or missing API key');
  }
  return answer();
}

type Route = () => Answer | Promise<Answer>;

function readRoute(desk: Desk, path: string, origin: string): Route | null {
  if (path === '/api/tasks') {
    return () =>
      withFaults(desk, at('tasks'), () =>
        json(200, {
          tasks: desk.glabs.recent(desk.now()).map((task) => listed(task, !desk.has('whole-prompts'))),
        }),
      );
  }
  const polled = after(path, '/api/status/');
  if (polled !== null) return () => tellOf(desk, polled, (task) => statusOf(task, origin));
  const asked = after(path, '/api/result/');
  if (asked !== null) return () => tellOf(desk, asked, (task) => resultOf(task, origin));
  return null;
}

function writeRoute(desk: Desk, request: IncomingMessage, path: string, origin: string): Route | null {
  const type = submitPaths[path];
  if (type !== undefined) return () => submit(desk, request, type, origin);
  if (desk.has('no-stop')) return null;
  if (path === '/api/stop') return () => stop(desk, request, null);
  const stopped = after(path, '/api/stop/');
  return stopped === null ? null : () => stop(desk, request, stopped);
}

function tellOf(desk: Desk, id: string, tell: (task: Task) => unknown): Answer | Promise<Answer> {
  desk.tally.polls += 1;
  const task = desk.glabs.find(id, desk.now());
  return withFaults(desk, of('status', task), () =>
    task === null ? refuse(404, `Task ${id} not found`) : json(200, tell(task)),
  );
}

async function submit(desk: Desk, request: IncomingMessage, type: TaskType, origin: string): Promise<Answer> {
  const bytes = await readBody(request, MAX_BODY_BYTES);
  if (!bytes.ok) return bytes.answer;
  const body = readObject(bytes.value);
  if (!body.ok) return body.answer;
  desk.tally.submits += 1;

  const draft = readDraft(type, body.value, { multiFile: desk.has('multi-file') });
  if ('error' in draft) return refuse(400, draft.error);
  const { references, skipped, problem } = await readReferences(body.value, type, draft.model, {
    // A web page may post here too (CORS is open), and must not make us read files for it.
    allowPaths: request.headers.origin === undefined,
    shrink: desk.files.shrink,
  });
  desk.tally.referencesUsed += references.length;
  desk.tally.referencesSkipped += skipped;
  const order: Order = { ...draft, references, referenceProblem: problem };

  const effect = strike(desk, { place: 'submit', kind: order.kind, prompt: order.prompt });
  const make = async () => {
    const task = desk.glabs.submit(order, fateOf(order, effect), desk.now());
    if (effect?.does === 'lose') desk.glabs.forget(task.id, desk.now());
    return desk.has('sync') ? whenEnded(desk, task, request, origin) : json(202, submitted(task));
  };
  return carryOut(desk, effect, make);
}

function fateOf(order: Order, effect: Effect | null): Fate {
  const invalid = order.referenceProblem ?? (order.prompt === '' ? 'Missing required field: prompt' : null);
  if (invalid !== null) return { end: 'failed', error: { code: 0, message: invalid }, atOnce: true };
  return effect?.does === 'task' ? effect.fate : { end: 'completed' };
}

/** A build that answers when it is done (glabs-api.md A9): 200 with the results, or the task's error as HTTP. */
async function whenEnded(desk: Desk, task: Task, request: IncomingMessage, origin: string): Promise<Answer> {
  while (true) {
    desk.glabs.find(task.id, desk.now());
    if (task.status === 'completed')
      return json(200, { status: 'completed', results: resultsOf(task, origin) });
    if (task.status === 'failed') {
      const code = task.error?.code ?? 0;
      return refuse(code >= 400 ? code : 500, task.error?.message ?? 'INTERNAL');
    }
    if (request.socket.destroyed || desk.glabs.find(task.id, desk.now()) === null) return { kind: 'drop' };
    await new Promise((resolve) => setTimeout(resolve, SYNC_CHECK_MS));
  }
}

async function stop(desk: Desk, request: IncomingMessage, named: string | null): Promise<Answer> {
  const bytes = await readBody(request, MAX_STOP_BYTES);
  if (!bytes.ok) return bytes.answer;
  let id = named;
  if (id === null && bytes.value.length > 0) {
    const body = readObject(bytes.value);
    if (!body.ok) return refuse(400, 'Body must be a JSON object');
    // An id that is there but no text must not turn into "stop everything".
    if (body.value.task_id !== undefined) id = String(body.value.task_id);
  }
  const task = id === null ? null : desk.glabs.find(id, desk.now());
  return withFaults(desk, of('stop', task), () => {
    if (id !== null && task === null) return refuse(404, `Task ${id} not found`);
    const { stopped, skipped } = desk.glabs.stop(id, desk.now());
    return json(200, { stopped, skipped, count: stopped.length });
  });
}

async function sendFile(desk: Desk, name: string): Promise<Answer> {
  const found = desk.glabs.file(name, desk.now());
  if (found === null) return refuse(404, `File not found: ${name}`);
  const effect = strike(desk, of('file', found.task));
  return carryOut(desk, effect, async () => {
    const bytes = await desk.files.make(found.task, found.index);
    desk.tally.downloads += 1;
    desk.tally.downloadedBytes += bytes.length;
    const type = found.task.order.kind === 'image' ? 'image/png' : 'video/mp4';
    return { kind: 'bytes', status: 200, type, bytes, damage: effect?.does === 'file' ? effect.how : 'none' };
  });
}

const at = (place: Place): Subject => ({ place, kind: null, prompt: null });
const of = (place: Place, task: Task | null): Subject => ({
  place,
  kind: task?.order.kind ?? null,
  prompt: task?.order.prompt ?? null,
});

function strike(desk: Desk, subject: Subject): Effect | null {
  const rule = desk.faults.strike(subject);
  return rule === null ? null : effectOf(rule);
}

const withFaults = (desk: Desk, subject: Subject, act: () => Answer): Promise<Answer> =>
  carryOut(desk, strike(desk, subject), act);

/** Does what was asked unless the effect forbids it, and answers unless the effect takes the answer away. */
async function carryOut(desk: Desk, effect: Effect | null, act: Route): Promise<Answer> {
  if (effect?.does === 'answer') {
    if (!effect.html) return json(effect.status, JSON.parse(effect.body));
    const bytes = Buffer.from(effect.body);
    return { kind: 'bytes', status: effect.status, type: 'text/html; charset=utf-8', bytes, damage: 'none' };
  }
  if (effect?.does === 'restart') {
    desk.glabs.restart();
    desk.startedAt = desk.now();
    return { kind: 'drop' };
  }
  if (effect?.does !== 'connection') return act();
  if (effect.when === 'after') await act();
  return { kind: effect.how };
}

/** What follows `prefix`, decoded; null when the path does not start with it or nothing follows. */
function after(path: string, prefix: string): string | null {
  if (!path.startsWith(prefix) || path.length === prefix.length) return null;
  const rest = path.slice(prefix.length);
  try {
    return decodeURIComponent(rest);
  } catch (error) {
    if (error instanceof URIError) return rest;
    throw error;
  }
}
