import type { Worker } from 'node:worker_threads';
import { type Failure, FlowdeckError } from '../../../shared/failure.ts';
import type { WorkflowDiff } from '../../../shared/workflow-diff.ts';
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

/**
 * A thread (diff-worker.ts) that starts with the first question and is kept; it keeps the process only while it is
 * asked something. When it dies, those who wait are told, and the next question starts another.
 */
export function createDiffThread(startWorker: () => Worker): DiffThread {
  const open = new Map<number, PromiseWithResolvers<WorkflowDiff>>();
  let thread: Worker | null = null;
  let questions = 0;
  let closed = false;

  const start = (): Worker => {
    const started = startWorker();
    started.on('message', (answer: DiffAnswer) => {
      const asked = open.get(answer.id);
      open.delete(answer.id);
      if (open.size === 0) started.unref();
      if ('diff' in answer) asked?.resolve(answer.diff);
      else if ('failure' in answer) asked?.reject(new FlowdeckError(answer.failure));
      else asked?.reject(new Error(answer.fault));
    });
    const ended = (reason: Error) => {
      if (thread === started) thread = null;
      for (const asked of open.values()) asked.reject(reason);
      open.clear();
    };
    started.on('error', ended);
    started.on('exit', () => ended(new Error('The thread that compares workflows ended.')));
    return started;
  };

  return {
    diff(before, after, fields) {
      if (closed) return Promise.reject(new Error('Flowdeck is closing.'));
      thread ??= start();
      thread.ref();
      questions += 1;
      const asked = Promise.withResolvers<WorkflowDiff>();
      open.set(questions, asked);
      const question: DiffQuestion = { id: questions, before: own(before), after: own(after), fields };
      const buffers = [question.before.bytes.buffer, question.after.bytes.buffer] as ArrayBuffer[];
      thread.postMessage(question, [...new Set(buffers)]);
      return asked.promise;
    },
    async close() {
      closed = true;
      await thread?.terminate();
    },
  };
}

/** With memory of its own: a small read may lie in memory that it shares with others. */
function own(content: DiffContent): DiffContent {
  const { bytes } = content;
  const alone = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return alone ? content : { ...content, bytes: Uint8Array.from(bytes) };
}
