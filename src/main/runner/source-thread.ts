import { setImmediate } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { type Failure, FlowdeckError, fail } from '../../shared/failure.ts';
import type { Disk } from '../platform/disk.ts';
import type { NodeEdit } from '../workflow/edit.ts';
import type { ExtraFields } from '../workflow/fields.ts';
import type { Tab, Workflow, WorkflowNode } from '../workflow/read.ts';
import type { ExportPlace } from './export.ts';
import { createSourceWriter, knownAs, LARGE_BYTES, type SourceWriter } from './source-writer.ts';

/** What the thread is started with. `known`: the content follows in pieces; else whatever it reads is news. */
export interface SourceThreadData {
  path: string;
  fields: ExtraFields;
  known: boolean;
}

export type SourceQuestion =
  | { ask: 'piece'; bytes: Uint8Array }
  | { ask: 'reread'; when: 'always' | 'if-touched' }
  | { ask: 'part' }
  | { ask: 'write'; edits: readonly NodeEdit[] }
  | { ask: 'export'; place: ExportPlace; at: number };

/** A workflow that somebody else left, without what the parts bring. */
export type SourceOutline = Pick<Workflow, 'file' | 'name' | 'baseName' | 'fields'> & {
  tabs: Omit<Tab, 'nodes' | 'links'>[];
};

/** Some nodes and links of one tab. */
export type SourcePart = { tab: number } & Pick<Tab, 'nodes' | 'links'>;

interface Answers {
  piece: null;
  reread: SourceOutline | null;
  /** Null: that was all. */
  part: SourcePart | null;
  write: 'written' | 'touched';
  export: string;
}

export type SourceAnswer = { id: number } & (
  | { value: Answers[keyof Answers] }
  | { failure: Failure }
  /** A fault of ours, with its stack. */
  | { fault: string }
);

/** Characters that are encoded at a time: a few milliseconds of this thread. */
const PIECE = 512 * 1024;

/**
 * A SourceWriter whose work is done by another thread (source-worker.ts), and which holds this one for some
 * milliseconds at a time at most: the content goes there in pieces, and a workflow that was changed outside comes back
 * in parts. The thread is started at the first call. Should it die, the call rejects, and the next one starts another,
 * which takes what it finds for news.
 */
export function createSourceThread(
  start: Workflow,
  startWorker: (data: SourceThreadData) => Worker,
): SourceWriter {
  const open = new Map<number, { resolve(value: never): void; reject(reason: unknown): void }>();
  let worker: Promise<Worker> | null = null;
  let running: Worker | null = null;
  let questions = 0;
  let text: string | null = start.text;
  let closed = false;

  const ended = (of: Worker, reason: Error) => {
    if (running === of) {
      running = null;
      worker = null;
    }
    for (const asked of open.values()) asked.reject(reason);
    open.clear();
  };

  const started = async (): Promise<Worker> => {
    const known = text;
    text = null;
    const thread = startWorker({ path: start.file, fields: start.fields, known: known !== null });
    running = thread;
    thread.on('message', (answer: SourceAnswer) => {
      const asked = open.get(answer.id);
      open.delete(answer.id);
      // Only work that somebody waits for keeps the process.
      if (open.size === 0) thread.unref();
      if ('value' in answer) asked?.resolve(answer.value as never);
      else if ('failure' in answer) asked?.reject(new FlowdeckError(answer.failure));
      else asked?.reject(new Error(answer.fault));
    });
    thread.on('error', (error) => ended(thread, error));
    thread.on('exit', () => ended(thread, new Error('The thread that writes the workflow file ended.')));
    thread.unref();
    for (const bytes of known === null ? [] : pieces(known)) {
      await question(thread, { ask: 'piece', bytes }, [bytes.buffer]);
      await setImmediate();
    }
    return thread;
  };

  function question<Q extends SourceQuestion>(
    thread: Worker,
    asked: Q,
    transfer: ArrayBuffer[] = [],
  ): Promise<Answers[Q['ask']]> {
    questions += 1;
    const id = questions;
    return new Promise((resolve, reject) => {
      open.set(id, { resolve, reject });
      thread.ref();
      thread.postMessage({ id, ...asked }, transfer);
    });
  }

  const ask = async <Q extends SourceQuestion>(asked: Q): Promise<Answers[Q['ask']]> => {
    if (closed)
      throw fail('internal', 'The workflow file of a run that has ended was asked for.', {
        where: start.file,
      });
    worker ??= started().catch((error: unknown) => {
      worker = null;
      throw error;
    });
    return question(await worker, asked);
  };

  return {
    large: true,

    reread: async (when) => {
      const outline = await ask({ ask: 'reread', when });
      if (outline === null) return null;
      const tabs: Tab[] = outline.tabs.map((tab) => ({ ...tab, nodes: [], links: [] }));
      const nodes = new Map<number, WorkflowNode>();
      for (;;) {
        const part = await ask({ ask: 'part' });
        if (part === null) return { ...outline, tabs, nodes };
        tabs[part.tab]?.nodes.push(...part.nodes);
        tabs[part.tab]?.links.push(...part.links);
        for (const node of part.nodes) if (!nodes.has(node.id)) nodes.set(node.id, node);
      }
    },
    write: (edits) => ask({ ask: 'write', edits }),
    // Only the plain values: a place may know more than can be sent.
    export: ({ generations, code, version }, at) =>
      ask({ ask: 'export', place: { generations, code, version }, at }),
    close: async () => {
      closed = true;
      await running?.terminate();
    },
  };
}

/** The writer that fits a file's size. `start` is the workflow as it was read. */
export const openSourceWriter = (
  start: Workflow,
  disk: Disk,
  startWorker: (data: SourceThreadData) => Worker,
): SourceWriter =>
  start.text.length >= LARGE_BYTES
    ? createSourceThread(start, startWorker)
    : createSourceWriter(knownAs(start), disk);

/** A text as UTF-8, piece by piece; no character is cut in two. */
function* pieces(text: string): Generator<Uint8Array<ArrayBuffer>> {
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + PIECE);
    const last = text.charCodeAt(to - 1);
    if (to < text.length && last >= 0xd800 && last <= 0xdbff) to -= 1;
    const piece = text.slice(from, to);
    // With memory of its own: a short one would share it, and could not be handed over.
    const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(piece));
    bytes.write(piece);
    yield bytes;
    from = to;
  }
}
