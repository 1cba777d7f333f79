import { setImmediate } from 'node:timers/promises';
import { fail } from '../../shared/failure.ts';
import type { Clock } from '../platform/clock.ts';
import { writeLockOf } from '../platform/lock.ts';
import type { NodeEdit } from '../workflow/edit.ts';
import type { Workflow } from '../workflow/read.ts';
import type { ExportPlace } from './export.ts';
import type { SourceWriter } from './source-writer.ts';

/** What the run wants to put into the workflow file for one generation node, and whether it still fits there. */
export interface SourceUpdate {
  /** Edits for the file as it is now; null: this node is not what the output was made for any more. */
  edits(workflow: Workflow): NodeEdit[] | null;
  /** The edits are in the file, committed. */
  written(): Promise<void>;
  /** Somebody changed the node meanwhile: the output stays in the journal. */
  unfit(): void;
}

/**
 * The workflow file of a run. Others may change it at any time: each write starts from what is there, and merges
 * only our properties into it (behaviour.md §5). Small files are written at once, unless the last write was only just
 * now; large ones at most every two seconds, and so seldom that writing stays a small part of the run: the journal is
 * the truth.
 */
export interface SourceFile {
  put(update: SourceUpdate): void;
  /** Writes what is waiting; resolves when it is there. Rejects with the first problem of the disk. */
  flush(): Promise<void>;
  /** Reads the file if somebody changed it since we last did, and tells `onChangedOutside`. */
  look(): Promise<void>;
  /** Writes the file as it was last read or written as an export, and gives its path. */
  export(place: ExportPlace, at: number): Promise<string>;
  /** Lets go of what it holds. Nothing may wait any more. */
  close(): Promise<void>;
}

const GATHER_MS = 2000;
/** After a write of a small one the file rests this many times as long: on a slow disk writing must not take over. */
const REST = 4;
/** The same for a large one: writing is at most one part in 25 of the time that passes. */
const LARGE_REST = 24;
/** Updates whose edits are worked out at a time. */
const AT_ONCE = 16;

export function createSourceFile(
  start: Workflow,
  deps: {
    clock: Clock;
    signal: AbortSignal;
    /** Holds the text and writes it. */
    writer: SourceWriter;
    /** Runs `work` while no other process writes this file. */
    alone: <T>(file: string, what: string, work: () => Promise<T>) => Promise<T>;
    onProblem: (error: unknown) => void;
    onChangedOutside: (now: Workflow) => void;
  },
): SourceFile {
  const { clock, writer, alone } = deps;
  const path = start.file;
  let current = withoutText(start);
  let waiting: SourceUpdate[] = [];
  /** Until the gathered updates are written; aborted when a flush takes them first. */
  let gathering: AbortController | null = null;
  let restUntil = 0;
  /** What touches the file, one after the other. */
  let working: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    // What failed must not keep the next from its turn.
    const done = working.then(work, work);
    working = done;
    return done;
  };

  const reread = async (when: 'always' | 'if-touched'): Promise<void> => {
    const now = await writer.reread(when);
    if (now === null) return;
    current = withoutText(now);
    deps.onChangedOutside(current);
  };

  /** Puts what fits of the updates into the file, and says which did. Begins again when a person saves in between. */
  const merge = async (updates: readonly SourceUpdate[]): Promise<Set<SourceUpdate>> => {
    const began = clock.monotonic();
    for (;;) {
      await reread('always');
      const fits = new Map<SourceUpdate, NodeEdit[]>();
      for (const [i, update] of updates.entries()) {
        // What a long rest has gathered must not hold this thread.
        if (i % AT_ONCE === AT_ONCE - 1) await setImmediate();
        const edits = update.edits(current);
        if (edits !== null) fits.set(update, edits);
      }
      // Our own edits change no wiring and no prompt: the nodes stay as they were read.
      if ((await writer.write([...fits.values()].flat())) === 'touched') continue;
      const ended = clock.monotonic();
      restUntil = ended + (writer.large ? LARGE_REST : REST) * (ended - began);
      return new Set(fits.keys());
    }
  };

  const write = async (): Promise<void> => {
    const updates = waiting;
    waiting = [];
    if (updates.length === 0) return;
    try {
      const fits = await alone(writeLockOf(path), `write back ${path}`, () => merge(updates));
      for (const update of updates) {
        if (fits.has(update)) await update.written();
        else update.unfit();
      }
    } catch (error) {
      // Nothing is lost: the outputs are in the journal, and the next write takes these along.
      waiting = [...updates, ...waiting];
      throw error;
    }
  };

  const rest = async (signal: AbortSignal): Promise<void> => {
    const left = restUntil - clock.monotonic();
    const ms = writer.large ? Math.max(GATHER_MS, left) : Math.min(GATHER_MS, left);
    if (ms > 0) await clock.sleep(ms, AbortSignal.any([signal, deps.signal]));
  };

  const gather = async (gatherer: AbortController): Promise<void> => {
    try {
      await working.catch(() => undefined);
      await rest(gatherer.signal);
    } finally {
      // What comes from here on needs a write of its own.
      if (gathering === gatherer) gathering = null;
    }
    await inTurn(write);
  };

  return {
    put: (update) => {
      waiting.push(update);
      if (gathering !== null) return;
      const gatherer = new AbortController();
      gathering = gatherer;
      gather(gatherer).catch((error: unknown) => {
        if (!deps.signal.aborted && !gatherer.signal.aborted) deps.onProblem(error);
      });
    },
    flush: () => {
      gathering?.abort();
      return inTurn(write);
    },
    look: () => inTurn(() => reread('if-touched')),
    export: (place, at) => inTurn(() => writer.export(place, at)),
    close: async () => {
      gathering?.abort();
      await inTurn(() => writer.close());
    },
  };
}

/**
 * The nodes of a workflow whose text lies with its writer and changes with every write: who asks for it here would get
 * an old one, and write that over a new one.
 */
function withoutText(read: Omit<Workflow, 'text'>): Workflow {
  const { file, name, baseName, tabs, nodes, fields } = read;
  const workflow = { file, name, baseName, tabs, nodes, fields, text: '' };
  return Object.defineProperty(workflow, 'text', {
    enumerable: false,
    get: () => {
      throw fail('internal', 'The text of a workflow in a run lies with its writer.', { where: file });
    },
  });
}
