import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { fail } from '../../../shared/failure.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FileEdit } from './edit-text.ts';
import type { Edited } from './edited.ts';

export interface EditQuestion {
  text: string;
  edit: FileEdit;
  value: string;
}

export type EditAnswer = Edited | 'unchanged';

/** Edits texts elsewhere, so that nothing here is held up. */
export interface EditThread {
  /** There will be something to edit: the first edit need not wait for its start. */
  prepare(): void;
  /** As editText. Rejects with `usage` when it takes too long. */
  edit(text: string, edit: FileEdit, value: string): Promise<Edited>;
  close(): Promise<void>;
}

/** Milliseconds an edit may take: a pattern that needs longer is one that never ends. */
const LIMIT_MS = 2000;

/**
 * A thread (edit-worker.ts) that edits one text after the other. It is started at the first and kept, but does not keep
 * the process. When it does not answer in time it is ended, and the next edit starts another.
 */
export function createEditThread(
  startWorker: () => Worker,
  clock: Pick<Clock, 'sleep'>,
  limitMs = LIMIT_MS,
): EditThread {
  let thread: Worker | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  /** Ready when it says so: its start is not a part of the time limit. */
  const started = async (): Promise<Worker> => {
    if (thread) return thread;
    const fresh = startWorker();
    await once(fresh, 'message');
    fresh.on('exit', () => {
      if (thread === fresh) thread = null;
    });
    thread = fresh;
    return fresh;
  };

  const end = async (): Promise<void> => {
    await thread?.terminate();
    thread = null;
  };

  const ask = async (question: EditQuestion): Promise<Edited> => {
    const worker = await started();
    worker.ref();
    const waiting = new AbortController();
    try {
      const answered = once(worker, 'message', { signal: waiting.signal });
      const late = clock.sleep(limitMs, waiting.signal).then(() => 'late' as const);
      worker.postMessage(question);
      const first = await Promise.race([answered, late]);
      if (first === 'late') {
        await end();
        throw fail('usage', `The pattern found no end within ${limitMs / 1000} s.`, {
          cure: 'Use a simpler one, without repetitions inside repetitions, such as url = (\\S+)',
        });
      }
      const answer = first[0] as EditAnswer;
      return answer === 'unchanged' ? { text: question.text } : answer;
    } finally {
      waiting.abort();
      worker.unref();
    }
  };

  return {
    prepare: () => {
      const ready = turn.then(started).then((worker) => worker.unref());
      // When it cannot start, the first edit tells.
      turn = ready.catch(() => undefined);
    },
    edit: (text, edit, value) => {
      const mine = turn.then(() => ask({ text, edit, value }));
      // Whoever asked hears of a failure; the next in turn has nothing to do with it.
      turn = mine.catch(() => undefined);
      return mine;
    },
    close: async () => {
      await turn;
      await end();
    },
  };
}
