import { createHash } from 'node:crypto';
import type { ErrorClass, GenerationKind } from '../../../../shared/domain.ts';
import type { TaskReport } from '../../../backend/backend.ts';
import type { Dice } from './dice.ts';
import { makeMedia } from './media.ts';

/** A task that the backend took: from here on it costs. */
export interface SimTask {
  id: string;
  kind: GenerationKind;
  prompt: string;
  /** Milliseconds of the world. */
  acceptedAt: number;
  runsAt: number;
  endsAt: number;
  /** What it fails of; null: it gives its result. */
  fails: { class: ErrorClass; code: number; message: string } | null;
  url: string;
  bytes: Uint8Array;
  /** When the backend lost it, with a restart or by itself; null: it did not. */
  forgottenAt: number | null;
  /** When its result was cleaned up. */
  removedAt: number | null;
  /** Somebody heard of it. Only then can it be forgotten alone: of one nobody knew, that would never show. */
  told: boolean;
  /** Of somebody else. */
  foreign: boolean;
}

/** What the backend was asked for, and all it ever took, also what it has forgotten. */
export interface SimTasks {
  readonly all: readonly SimTask[];
  accept(
    kind: GenerationKind,
    prompt: string,
    how: { now: number; fails: boolean; foreign?: boolean },
  ): SimTask;
  find(id: string): SimTask | null;
  /** By the address of its result. */
  resultAt(url: string): SimTask | null;
  /** Newest first. */
  known(): SimTask[];
  forgetAll(now: number): void;
}

const LONGEST_WAIT_MS = 2000;
const LONGEST_WORK_MS = 9000;

const failures: readonly [SimTask['fails'], ...SimTask['fails'][]] = [
  { class: 'api_error', code: 500, message: 'internal error' },
  { class: 'content_policy', code: 400, message: 'the prompt was refused by the content policy' },
  { class: 'api_error', code: 429, message: 'quota' },
];

export function createSimTasks(server: string, dice: Dice): SimTasks {
  const all: SimTask[] = [];
  const byId = new Map<string, SimTask>();
  return {
    all,
    accept: (kind, prompt, { now, fails, foreign = false }) => {
      const runsAt = now + dice.below(LONGEST_WAIT_MS);
      // As G-Labs does: an id that says nothing of its order.
      const id = createHash('sha256').update(`task ${all.length}`).digest('hex').slice(0, 8);
      const task: SimTask = {
        id,
        kind,
        prompt,
        acceptedAt: now,
        runsAt,
        endsAt: runsAt + dice.below(LONGEST_WORK_MS),
        fails: fails ? dice.pick(failures) : null,
        url: `${server}/api/files/${id}.${kind === 'image' ? 'png' : 'mp4'}`,
        bytes: makeMedia(kind, id),
        forgottenAt: null,
        removedAt: null,
        told: false,
        foreign,
      };
      all.push(task);
      byId.set(id, task);
      return task;
    },
    find: (id) => byId.get(id) ?? null,
    resultAt: (url) => all.find((task) => task.url === url) ?? null,
    known: () => all.filter((task) => task.forgottenAt === null).reverse(),
    forgetAll: (now) => {
      for (const task of all) task.forgottenAt ??= now;
    },
  };
}

/** How a task stands at this moment. */
export function statusOf(task: SimTask, now: number): TaskReport['status'] {
  if (now < task.runsAt) return 'pending';
  if (now < task.endsAt) return 'running';
  return task.fails === null ? 'completed' : 'failed';
}
