import { createHash } from 'node:crypto';
import { fail } from '../../shared/failure.ts';
import type { Clock } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import { editWorkflow, type NodeEdit } from '../workflow/edit.ts';
import { decodeWorkflow, parseWorkflow, type Workflow } from '../workflow/read.ts';

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
 * now; large ones at most every two seconds: the journal is the truth.
 */
export interface SourceFile {
  put(update: SourceUpdate): void;
  /** Writes what is waiting; resolves when it is there. Rejects with the first problem of the disk. */
  flush(): Promise<void>;
  /** Reads the file if somebody changed it since we last did, and tells `onChangedOutside`. */
  look(): Promise<void>;
  /** The file as it was last read or written. */
  workflow(): Workflow;
}

const LARGE_BYTES = 2 * 1024 * 1024;
const GATHER_MS = 2000;
/** After a write of a small one the file rests this many times as long: on a slow disk writing must not take over. */
const REST = 4;

export function createSourceFile(
  start: Workflow,
  deps: {
    disk: Disk;
    clock: Clock;
    signal: AbortSignal;
    onProblem: (error: unknown) => void;
    onChangedOutside: (now: Workflow) => void;
  },
): SourceFile {
  const { disk, clock } = deps;
  const path = start.file;
  let current = start;
  let currentHash = hashOf(Buffer.from(current.text));
  let waiting: SourceUpdate[] = [];
  let gathering = false;
  let restUntil = 0;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const began = clock.monotonic();
    await merge();
    const ended = clock.monotonic();
    restUntil = ended + REST * (ended - began);
  };
  const merge = async (): Promise<void> => {
    const updates = waiting;
    waiting = [];
    if (updates.length === 0) return;
    try {
      const seen = await disk.stat(path);
      const bytes = await disk.read(path);
      if (seen === null || bytes === null) throw gone(path);
      const hash = hashOf(bytes);
      if (hash !== currentHash) {
        current = parseWorkflow(decodeWorkflow(bytes, path), path, start.fields);
        currentHash = hash;
        deps.onChangedOutside(current);
      }
      const fits: { update: SourceUpdate; edits: NodeEdit[] }[] = [];
      for (const update of updates) {
        const edits = update.edits(current);
        if (edits === null) update.unfit();
        else fits.push({ update, edits });
      }
      const text = editWorkflow(
        current.text,
        fits.flatMap(({ edits }) => edits),
      );
      if (text !== current.text) {
        const now = await disk.stat(path);
        // Saved by a person since we read it: begin again with their version.
        if (now === null || now.mtimeMs !== seen.mtimeMs || now.size !== seen.size || now.ino !== seen.ino) {
          waiting = [...updates, ...waiting];
          return merge();
        }
        await disk.write(path, text);
        // Our own edits change no wiring and no prompt: the nodes stay as they were read.
        current = { ...current, text };
        currentHash = hashOf(Buffer.from(text));
      }
      for (const { update } of fits) await update.written();
    } catch (error) {
      // Nothing is lost: the outputs are in the journal, and the next write takes these along.
      waiting = [...updates, ...waiting];
      throw error;
    }
  };
  const flush = () => {
    // One write at a time; a failed one must not block the next.
    writing = writing.then(write, write);
    return writing;
  };

  let lastLook = '';
  const look = async (): Promise<void> => {
    const seen = await disk.stat(path);
    if (seen === null) throw gone(path);
    const mark = `${seen.mtimeMs}/${seen.size}/${seen.ino}`;
    if (mark === lastLook) return;
    const bytes = await disk.read(path);
    if (bytes === null) throw gone(path);
    lastLook = mark;
    const hash = hashOf(bytes);
    if (hash === currentHash) return;
    current = parseWorkflow(decodeWorkflow(bytes, path), path, start.fields);
    currentHash = hash;
    deps.onChangedOutside(current);
  };

  const rest = async () => {
    const large = current.text.length >= LARGE_BYTES;
    const ms = large ? GATHER_MS : Math.min(GATHER_MS, restUntil - clock.monotonic());
    if (ms > 0) await clock.sleep(ms, deps.signal);
  };

  return {
    put: (update) => {
      waiting.push(update);
      if (gathering) return;
      gathering = true;
      writing
        .then(rest, rest)
        .finally(() => {
          // What comes from here on needs a write of its own.
          gathering = false;
        })
        .then(flush)
        .catch((error: unknown) => {
          if (!deps.signal.aborted) deps.onProblem(error);
        });
    },
    flush,
    look: () => {
      // Between two writes: what is being written is not somebody else's.
      const looked = writing.then(look, look);
      writing = looked;
      return looked;
    },
    workflow: () => current,
  };
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const gone = (path: string) =>
  fail('workflow-missing', 'The workflow file was moved or deleted during the run.', {
    where: path,
    cure: 'Put it back and run again: what is done is in the journal and is not paid for again.',
  });
