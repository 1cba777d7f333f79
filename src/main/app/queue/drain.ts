import { type FailureCode, fail, toFailure } from '../../../shared/failure.ts';
import type { Commits } from '../../db/commits.ts';
import type { QueueRow, QueueTable } from '../../db/queue.ts';
import type { RunHandle, Runner } from '../../runner/runner-api.ts';
import { settleCrashes } from './crashes.ts';
import type { Running } from './running.ts';

export interface DrainParts {
  /** Of this process, in `queue_drains`. */
  id: number;
  table: QueueTable;
  commits: Commits;
  runner: Pick<Runner, 'start'>;
  running: Running;
  isAlive(pid: number, started: string | null): Promise<boolean>;
  /** Called after each commit. */
  changed(): void;
  onFault(error: unknown): void;
}

/** Starts what waits, one at a time. */
export interface Drain {
  /** Looks whether the next may start; call it whenever that may have changed. */
  kick(): void;
  /** Makes an entry this drain's own. For the inside of a transaction; `start` must follow. */
  claim(id: string): void;
  /** Starts an entry that was claimed. Rejects as `Runner.start` does, and the entry is gone then. */
  start(entry: QueueRow): Promise<RunHandle>;
  /** Starts nothing more; what was about to start goes back. */
  close(): Promise<void>;
}

/**
 * Refusals that say nothing about the workflow: the next one would meet them too, and a night's queue would be gone
 * in a minute.
 */
const outages: readonly FailureCode[] = [
  'backend-unreachable',
  'backend-refused',
  'store-unreachable',
  'store-refused',
];

export function createDrain(parts: DrainParts): Drain {
  const { id: drain, table, commits, runner, running, changed, onFault } = parts;
  const closing = new AbortController();
  /** Claimed entries that are being started. */
  const inHand = new Set<string>();
  const starts = new Set<Promise<unknown>>();
  let wanted = false;
  let working: Promise<void> | null = null;

  const claim = (id: string) => {
    table.claim(id, drain);
    inHand.add(id);
  };

  /** Starts a claimed entry, and writes what became of it. What cannot be written `settleCrashes` finds again. */
  const begin = async (entry: QueueRow, onRefused: (error: unknown) => void): Promise<RunHandle> => {
    const settle = async (write: () => void) => {
      await commits.write(write).catch(onFault);
      inHand.delete(entry.id);
      changed();
    };
    const control = { signal: closing.signal, waitAtGates: true };
    try {
      const handle = await runner.start(entry.path, entry.options, control);
      await settle(() => table.remove(entry.id));
      return handle;
    } catch (error) {
      await settle(() => onRefused(error));
      throw error;
    }
  };

  const claimNext = () =>
    commits.write((): QueueRow | null => {
      const entries = table.entries();
      const next = entries.find(({ state }) => state === 'waiting');
      const blocked = table.pause().paused || entries.some(({ state }) => state === 'starting');
      if (!next || blocked || closing.signal.aborted || !running.isFree()) return null;
      claim(next.id);
      return next;
    });

  const whenRefused = (entry: QueueRow, error: unknown): void => {
    // Not its fault: it keeps its place.
    if (closing.signal.aborted) return void table.setState(entry.id, 'waiting');
    const { code, message, cure } = toFailure(error);
    const words = [message, cure]
      .filter((text) => text !== undefined)
      .map(ended)
      .join(' ');
    if (code === 'internal') onFault(error);
    if (!outages.includes(code)) return void table.setState(entry.id, 'failed', words);
    table.setState(entry.id, 'waiting');
    table.setPause(true, `${entry.name} could not start: ${words}`);
  };

  /** True: something was started or refused, so the next may be due. */
  const pass = async (): Promise<boolean> => {
    await settleCrashes(parts, { drain, inHand: (id) => inHand.has(id) });
    changed();
    const nothingToDo = table.pause().paused || !table.entries().some(({ state }) => state === 'waiting');
    if (nothingToDo || closing.signal.aborted) return false;
    await running.look();
    const entry = await claimNext();
    if (entry === null) return false;
    changed();
    // A refusal is in the entry by now.
    await begin(entry, (error) => whenRefused(entry, error)).catch(() => undefined);
    return true;
  };

  const work = async () => {
    while (wanted && !closing.signal.aborted) {
      wanted = false;
      try {
        while (await pass());
      } catch (error) {
        // The next look tries again.
        onFault(error);
      }
    }
  };
  const kick = () => {
    wanted = true;
    if (closing.signal.aborted) return;
    working ??= work().finally(() => {
      working = null;
      if (wanted) kick();
    });
  };

  return {
    kick,
    claim,
    start: (entry) => {
      // Who asked for it is told; nothing stays in the queue that nobody knows of.
      const started = begin(entry, () => table.remove(entry.id)).finally(kick);
      const over: Promise<unknown> = started.then(
        () => starts.delete(over),
        () => starts.delete(over),
      );
      starts.add(over);
      return started;
    },
    close: async () => {
      closing.abort(fail('interrupted', 'Flowdeck is closing.', { cure: 'Start the run again.' }));
      await Promise.all(starts);
      await working;
    },
  };
}

const ended = (sentence: string) => (/[.?)]$/.test(sentence) ? sentence : `${sentence}.`);
