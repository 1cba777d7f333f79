import type { Worker } from 'node:worker_threads';
import { type Failure, FlowdeckError } from '../../../shared/failure.ts';
import type { WorkflowDiff } from '../../../shared/workflow-diff.ts';
import { type Clock, timeLimit } from '../../platform/clock.ts';
import type { ExtraFields } from '../../workflow/fields.ts';

/** A content to compare. */
export interface DiffContent {
  bytes: Uint8Array;
  /** What messages call it: a path, or a file name. */
  file: string;
}

export interface DiffQuestion {
  id: number;
  before: DiffContent;
  after: DiffContent;
  fields: ExtraFields;
}

export type DiffAnswer = { id: number } & (
  | { diff: WorkflowDiff }
  /** What is wrong with one of them. */
  | { failure: Failure }
  /** Of a fault of ours, with its stack, for the log. */
  | { fault: string }
);

/** Compares contents elsewhere: two large ones keep a processor busy for longer than a window may wait. */
export interface DiffThread {
  /** Takes the bytes over: they are gone here. Rejects with `workflow-unreadable`, saying which of the two it is. */
  diff(before: DiffContent, after: DiffContent, fields: ExtraFields): Promise<WorkflowDiff>;
  close(): Promise<void>;
}

/** Milliseconds a thread is kept that nobody asks: what it read of large workflows is given back with it. */
const KEEP_MS = 60_000;

interface Running {
  worker: Worker;
  /** Questions without an answer. */
  open: Map<number, PromiseWithResolvers<WorkflowDiff>>;
  /** Ends what waits for the quiet time to be over; null: it is at work. */
  stopResting: (() => void) | null;
}

/**
 * A thread (diff-worker.ts) that starts with the first question, and ends when there has been none for a minute; it
 * keeps the process only while it is asked something. When it dies, those who wait are told, and the next question
 * starts another.
 */
export function createDiffThread(startWorker: () => Worker, clock: Pick<Clock, 'sleep'>): DiffThread {
  let running: Running | null = null;
  let questions = 0;
  let closed = false;

  const start = (): Running => {
    const started: Running = { worker: startWorker(), open: new Map(), stopResting: null };
    const { worker, open } = started;
    worker.on('message', (answer: DiffAnswer) => {
      const asked = open.get(answer.id);
      open.delete(answer.id);
      if (open.size === 0) rest(started);
      if ('diff' in answer) asked?.resolve(answer.diff);
      else if ('failure' in answer) asked?.reject(new FlowdeckError(answer.failure));
      else asked?.reject(new Error(answer.fault));
    });
    const ended = (reason: Error) => {
      if (running === started) running = null;
      started.stopResting?.();
      for (const asked of open.values()) asked.reject(reason);
      open.clear();
    };
    worker.on('error', ended);
    worker.on('exit', () => ended(new Error('The thread that compares workflows ended.')));
    return started;
  };

  const rest = (resting: Running): void => {
    resting.worker.unref();
    const { signal, clear } = timeLimit(clock, KEEP_MS);
    resting.stopResting = clear;
    signal.addEventListener('abort', () => {
      if (running === resting) running = null;
      void resting.worker.terminate();
    });
  };

  return {
    diff(before, after, fields) {
      if (closed) return Promise.reject(new Error('Flowdeck is closing.'));
      running ??= start();
      const { worker, open } = running;
      running.stopResting?.();
      running.stopResting = null;
      worker.ref();
      questions += 1;
      const asked = Promise.withResolvers<WorkflowDiff>();
      open.set(questions, asked);
      const question: DiffQuestion = { id: questions, before: own(before), after: own(after), fields };
      const buffers = [question.before.bytes.buffer, question.after.bytes.buffer] as ArrayBuffer[];
      worker.postMessage(question, [...new Set(buffers)]);
      return asked.promise;
    },
    async close() {
      closed = true;
      await running?.worker.terminate();
    },
  };
}

/** With memory of its own: a small read may lie in memory that it shares with others. */
function own(content: DiffContent): DiffContent {
  const { bytes } = content;
  const alone = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return alone ? content : { ...content, bytes: Uint8Array.from(bytes) };
}
