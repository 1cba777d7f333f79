import { fail, toFailure } from '../../shared/failure.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import type { Clock } from '../platform/clock.ts';
import type { Runner } from '../runner/runner-api.ts';
import type { Queue } from './queue.ts';
import { theRest } from './rerolls.ts';

const TRIES = 20;
const REST_MS = 250;

/** Runs that ended at their gates, since a command does not wait there. */
export interface HeldRuns {
  /** Hears of every run, also of other processes, whenever its summary changes. */
  note(summary: RunSummary): void;
  close(): void;
}

interface HeldRunsDeps {
  runner: Pick<Runner, 'picksMade' | 'optionsOf' | 'lastRunOf' | 'view'>;
  queue: Pick<Queue, 'add'>;
  watch: (file: string, onChange: () => void) => () => void;
  onFault: (error: unknown) => void;
  clock: Pick<Clock, 'sleep'>;
}

/**
 * Lets a run that ended as `held` go on, as the next run of its file, once its picks are made: in the window, in the
 * file, or by `flowdeck pick`. One whose picks were all made before it was first seen here waits for a person: nothing
 * begins because a window is opened.
 */
export function createHeldRuns({ runner, queue, watch, onFault, clock }: HeldRunsDeps): HeldRuns {
  const closing = new AbortController();
  const watched = new Map<string, { runId: string; stop: () => void }>();
  /** Seen while they went on: their picks are made after that. */
  const seenRunning = new Set<string>();

  const forget = (workflow: string) => {
    watched.get(workflow)?.stop();
    watched.delete(workflow);
  };

  /** The pick itself may hold the file for another moment. */
  const whenFree = async (add: () => Promise<unknown>): Promise<void> => {
    for (let tries = 1; ; tries++) {
      try {
        await add();
        return;
      } catch (error) {
        if (tries === TRIES || toFailure(error).code !== 'locked') throw error;
        await clock.sleep(REST_MS, closing.signal);
      }
    }
  };

  const follow = ({ runId, workflow }: RunSummary) => {
    let seenOpen = seenRunning.delete(runId);
    let looking = Promise.resolve();
    const look = async () => {
      if (watched.get(workflow)?.runId !== runId) return;
      if (!(await runner.picksMade(runId))) {
        seenOpen = true;
        return;
      }
      forget(workflow);
      if (!seenOpen || runner.lastRunOf(workflow)?.runId !== runId) return;
      const options = runner.optionsOf(runId);
      if (options === null) throw fail('not-found', 'There is no such run.', { where: runId });
      const view = await runner.view(runId);
      await whenFree(() => queue.add(workflow, theRest(options, view)));
    };
    const lookAgain = () => {
      looking = looking.then(look).catch(onFault);
    };
    watched.set(workflow, { runId, stop: watch(workflow, lookAgain) });
    // At once: until the watch is set up a person may have made the last pick.
    lookAgain();
  };

  return {
    note: (summary) => {
      const { workflow, runId, status, finishedAt } = summary;
      if (finishedAt === null) seenRunning.add(runId);
      else if (status !== 'held') seenRunning.delete(runId);
      const known = watched.get(workflow);
      const held = status === 'held' && finishedAt !== null && runner.lastRunOf(workflow)?.runId === runId;
      if (known?.runId === runId) return held ? undefined : forget(workflow);
      if (known && runner.lastRunOf(workflow)?.runId !== known.runId) forget(workflow);
      if (held) follow(summary);
    },
    close: () => {
      closing.abort();
      for (const workflow of [...watched.keys()]) forget(workflow);
    },
  };
}
