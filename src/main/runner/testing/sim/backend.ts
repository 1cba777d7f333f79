import type { Backend, GenerationRequest, TaskListing } from '../../../backend/backend.ts';
import { type Asked, classifyAnswer, classifyBreak } from '../../../backend/errors.ts';
import type { Dice } from './dice.ts';
import type { Faults } from './faults.ts';
import { createSimTasks, type SimTasks, statusOf } from './tasks.ts';
import { EPOCH, type SimProcess, type World } from './world.ts';

interface Restart {
  endedAt: number;
  upAt: number;
}

/** A backend in memory that outlives the processes of Flowdeck, and has restarts and lapses of its own. */
export interface SimBackend {
  readonly server: string;
  readonly tasks: SimTasks;
  /** Its first start and its restarts, in milliseconds of the world. */
  readonly restarts: readonly Restart[];
  /** Requests that were read and refused. */
  refusals(): number;
  restart(): void;
  /** So many tasks of somebody else. */
  crowd(count: number): void;
  /** The backend as a process of Flowdeck sees it. */
  of(process: SimProcess): Backend;
}

const LIST_LIMIT = 50;
const CUT_AT = 50;
const LONGEST_DOWN_MS = 20_000;
const LATEST_READ_MS = 1000;

export function createSimBackend(world: World, dice: Dice, faults: Faults): SimBackend {
  const server = 'http://glabs';
  const tasks = createSimTasks(server, dice);
  const cutsPrompts = dice.chance(0.5);
  const wholeSeconds = dice.chance(0.5);
  const saysUptime = !dice.chance(0.05);
  const resultsOutliveIt = dice.chance(0.5);
  let startedAt = -dice.between(0, 100_000);
  const restarts: Restart[] = [{ endedAt: startedAt, upAt: startedAt }];
  let downUntil = 0;
  let refusals = 0;

  const restart = () => {
    world.note('G-Labs is restarted');
    tasks.forgetAll(world.now());
    if (!resultsOutliveIt) for (const task of tasks.all) task.removedAt ??= world.now();
    downUntil = world.now() + dice.below(LONGEST_DOWN_MS);
    startedAt = downUntil;
    restarts.push({ endedAt: world.now(), upAt: downUntil });
  };

  const asked = (call: Asked['call']): Asked => ({ call, server, hasKey: false, name: 'G-Labs' });
  const cut = (call: Asked['call'], phase: 'connect' | 'waiting') =>
    classifyBreak(
      { phase, code: phase === 'connect' ? 'ECONNREFUSED' : 'ECONNRESET', timedOut: false },
      asked(call),
    );
  const answer = (call: Asked['call'], status: number, json?: unknown) =>
    classifyAnswer(
      { status, json, text: '', contentType: json ? 'application/json' : '', serverHeader: '', location: '' },
      asked(call),
    );
  /** Every call comes here first. */
  const reach = (call: Asked['call']) => {
    if (faults.happens('restart')) restart();
    if (world.now() < downUntil || faults.happens('refused')) throw cut(call, 'connect');
  };
  const accept = (request: GenerationRequest) => {
    const task = tasks.accept(request.kind, request.prompt, {
      now: world.now(),
      fails: faults.happens('taskFails'),
    });
    world.note(`G-Labs takes ${task.id}: ${request.prompt.slice(-12)}`);
    return task;
  };

  /** The request is read: what comes of it, before any answer. */
  const read = (request: GenerationRequest) => {
    reach('submit');
    if (faults.happens('requestLost')) {
      if (dice.chance(0.5))
        void world.step(null, 'arrives late', dice.below(LATEST_READ_MS), () => lateRead(request));
      throw cut('submit', 'waiting');
    }
    if (faults.happens('serverError')) throw refuse(500, 'internal error');
    if (faults.happens('quota')) throw refuse(429, 'too many');
    if (faults.happens('gatewayError')) {
      if (dice.chance(0.5)) accept(request);
      throw answer('submit', dice.pick([500, 502, 504, 524]));
    }
    return { task: accept(request), restartsThen: restarts.length };
  };
  const refuse = (status: number, error: string) => {
    refusals += 1;
    return answer('submit', status, { error });
  };
  const lateRead = (request: GenerationRequest) => {
    if (world.now() >= downUntil) accept(request);
  };

  const listing = (): TaskListing[] =>
    tasks
      .known()
      .slice(0, LIST_LIMIT)
      .map((task) => {
        const isCut = cutsPrompts && task.prompt.length > CUT_AT;
        const at = EPOCH + task.acceptedAt;
        return {
          taskId: task.id,
          status: statusOf(task, world.now()),
          promptStart: isCut ? task.prompt.slice(0, CUT_AT) : task.prompt,
          promptWhole: !isCut,
          createdAt: wholeSeconds ? Math.floor(at / 1000) * 1000 : at,
        };
      });

  const of = (process: SimProcess): Backend => {
    const call = <T>(what: Asked['call'], of: string, signal: AbortSignal | undefined, effect: () => T) =>
      world.step(
        process,
        `${what} ${of}`,
        dice.between(2, 120),
        () => {
          reach(what);
          return effect();
        },
        { signal },
      );

    return {
      server,
      way: 'direct',
      knows: (address) => address === server,
      health: (signal) =>
        call('health', '', signal, () => {
          const uptime = (world.now() - startedAt) / 1000;
          return {
            healthPath: '/api/health',
            serverName: null,
            uptimeS: saysUptime ? (wholeSeconds ? Math.floor(uptime) : uptime) : null,
            tasksPending: null,
            tasksRunning: null,
            demo: false,
          };
        }),
      checkKey: (signal) => call('key', '', signal, () => undefined),
      submit: async (request, signal) => {
        const said = request.prompt.slice(-12);
        const came = await world.step(process, `submit ${said}`, dice.between(2, 120), () => read(request), {
          signal,
          onTheWay: true,
        });
        const answered = () => {
          if (restarts.length > came.restartsThen || faults.happens('answerLost'))
            throw cut('submit', 'waiting');
          came.task.told = true;
          return { taskId: came.task.id, results: null };
        };
        return world.step(process, `answer ${came.task.id}`, dice.between(2, 120), answered, { signal });
      },
      poll: (taskId, signal) =>
        call('poll', taskId, signal, () => {
          if (faults.happens('pollFails')) throw answer('poll', 500);
          const task = tasks.find(taskId);
          if (task?.told && task.forgottenAt === null && faults.happens('taskForgotten')) {
            world.note(`G-Labs forgets ${taskId}`);
            task.forgottenAt = world.now();
          }
          if (!task || task.forgottenAt !== null) return null;
          const status = statusOf(task, world.now());
          return {
            taskId,
            status,
            prompt: task.prompt,
            createdAt: EPOCH + task.acceptedAt,
            results: status === 'completed' ? [{ url: task.url, bytes: null }] : [],
            error: status === 'failed' ? task.fails : null,
          };
        }),
      listTasks: (signal) => call('list', '', signal, listing),
      stop: (taskId, signal) =>
        call('stop', taskId, signal, () => {
          const task = tasks.find(taskId);
          if (!task || task.forgottenAt !== null || world.now() >= task.endsAt) return false;
          task.fails = { class: 'api_error', code: 499, message: 'stopped' };
          task.endsAt = world.now();
          return true;
        }),
      download: (url, signal) =>
        call('download', url, signal, () => {
          const task = tasks.resultAt(url);
          if (task && task.removedAt === null && faults.happens('resultGone')) task.removedAt = world.now();
          if (!task || task.removedAt !== null) throw answer('download', 404, { error: 'no such file' });
          const { bytes } = task;
          const part = bytes.subarray(0, dice.below(bytes.byteLength));
          if (faults.happens('resultShort')) return { bytes: part, expectedBytes: bytes.byteLength };
          if (faults.happens('resultCut')) return { bytes: part, expectedBytes: null };
          return { bytes, expectedBytes: bytes.byteLength };
        }),
    };
  };

  return {
    server,
    tasks,
    restarts,
    refusals: () => refusals,
    restart,
    crowd: (count) => {
      for (let n = 0; n < count; n++)
        tasks.accept('image', `Somebody else's picture ${n}`, {
          now: world.now(),
          fails: false,
          foreign: true,
        });
    },
    of,
  };
}
