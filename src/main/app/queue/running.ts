import type { OpenRun } from '../../db/queue.ts';
import type { Runner } from '../../runner/runner-api.ts';

export interface RunningParts {
  /** Runs of the data folder whose end is not written. */
  openRuns(): OpenRun[];
  isAlive(pid: number, started: string | null): Promise<boolean>;
  self: { pid: number; started: string | null };
  /** The run of this process, if it goes on. */
  handle: Runner['handle'];
}

/** Whether something runs on the data folder: of the queue, one run at a time does. */
export interface Running {
  /** Finds out which processes of open runs are gone. */
  look(): Promise<void>;
  /** As of the last look; what has begun since counts as running. Fit for the inside of a transaction. */
  isFree(): boolean;
}

export function createRunning({ openRuns, isAlive, self, handle }: RunningParts): Running {
  const gone = new Set<string>();
  const keyOf = (run: OpenRun) => `${run.pid} ${run.processStarted}`;
  const isOwn = (run: OpenRun) => run.pid === self.pid && run.processStarted === self.started;
  return {
    async look() {
      const others = openRuns().filter((run) => !isOwn(run) && !gone.has(keyOf(run)));
      const processes = new Map(others.map((run) => [keyOf(run), run]));
      await Promise.all(
        [...processes].map(async ([key, run]) => {
          if (!(await isAlive(run.pid, run.processStarted))) gone.add(key);
        }),
      );
    },
    // A run that waits for picks may wait for days, and needs G-Labs for nothing: it does not keep the others.
    isFree: () =>
      openRuns().every((run) => {
        if (!isOwn(run)) return gone.has(keyOf(run)) || run.status === 'held';
        const status = handle(run.id)?.view().summary.status;
        return status === undefined || status === 'held';
      }),
  };
}
