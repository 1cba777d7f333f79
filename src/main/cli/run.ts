import { resolve } from 'node:path';
import { Command } from 'commander';
import type { RunOptions } from '../../shared/domain.ts';
import type { Flowdeck } from '../app/flowdeck.ts';
import { systemClock, timeLimit } from '../platform/clock.ts';
import type { RunHandle, Runner } from '../runner/runner-api.ts';
import type { AddCommand } from './command.ts';
import { exitCodeOfRun, exitCodes } from './exit-codes.ts';
import { absoluteRunOptions, withRunOptions } from './run-options.ts';
import { createRunReport } from './run-report.ts';
import type { Session } from './session.ts';

/** `flowdeck run FILE`: a generation pass (behaviour.md §5). Ctrl-C cancels it; a second one no longer waits. */
export const addRun: AddCommand = (work) =>
  withRunOptions(
    new Command('run').description('a generation pass').argument('<file>', 'workflow file (.nbflow)'),
  ).action((file: string, flags: Record<string, unknown>, command: Command) =>
    work(command, async (session) => {
      const { cwd } = session.world;
      const { apiKey, options } = absoluteRunOptions(flags, cwd);
      return runToItsEnd(session, resolve(cwd, file), options, apiKey);
    }),
  );

/** Runs a workflow, tells how it goes, and gives the exit code. Rejects with what refuses the run before it begins. */
export const runToItsEnd = (
  session: Session,
  path: string,
  options: RunOptions,
  apiKey: string | undefined,
): Promise<number> =>
  toItsEnd(session, apiKey, ({ runner }, signal) => runner.start(path, options, { signal }));

/** As runToItsEnd, for a run that `begin` begins; null: there is nothing to run, and that is well. */
export async function toItsEnd(
  { output, flowdeck, interruption }: Session,
  apiKey: string | undefined,
  begin: (opened: Flowdeck, signal: AbortSignal) => Promise<RunHandle | null>,
): Promise<number> {
  const { signal } = interruption();
  const opened = await flowdeck({ apiKey });
  const report = createRunReport(output);
  const stopHearing = hearFromTheBeginning(opened.runner, (handle) =>
    handle.onEvent((event) => report.event(event, handle.view().summary)),
  );
  try {
    const handle = await begin(opened, signal);
    if (handle === null) return exitCodes.done;
    const cancel = () => {
      output.note('Stopping: what is in flight is written to the journal. Once more: stop at once.');
      handle.cancel();
    };
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
    const { event, failure } = await handle.finished;
    report.end();
    if (failure !== null && event.status === 'aborted') output.failure(failure);
    if (!signal.aborted) await someUpkeep(opened, signal);
    return exitCodeOfRun(event.status, failure);
  } finally {
    report.end();
    stopHearing();
  }
}

/** How long a person waits for it at most who waited for the run. */
const UPKEEP_MS = 2000;

/** Who only ever uses the command line has the daily upkeep too: what does not fit in here goes on after the next run. */
async function someUpkeep({ history, onFault }: Flowdeck, signal: AbortSignal): Promise<void> {
  const limit = timeLimit(systemClock, UPKEEP_MS);
  try {
    await history.upkeep(AbortSignal.any([signal, limit.signal]));
  } catch (error) {
    // Whatever comes of it, the run is what was asked for.
    onFault(error);
  } finally {
    limit.clear();
  }
}

/** Listens to the run of this process before its first event is out. */
function hearFromTheBeginning(runner: Runner, listen: (handle: RunHandle) => () => void): () => void {
  const stops: (() => void)[] = [];
  stops.push(runner.onStarted((handle) => stops.push(listen(handle))));
  return () => {
    for (const stop of stops) stop();
  };
}
