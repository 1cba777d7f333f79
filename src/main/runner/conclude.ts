import { join } from 'node:path';
import type { RunCause, RunOutcome } from '../../shared/domain.ts';
import { type Failure, toFailure } from '../../shared/failure.ts';
import type { RunEventOf } from '../../shared/run-events.ts';
import { type Clock, isoTime, timeLimit } from '../platform/clock.ts';
import { causeOfEnd } from './cause.ts';
import { updateErrorsFile } from './errors-file.ts';
import type { RunState } from './run-state.ts';
import type { RunnerDeps } from './runner-deps.ts';
import type { SourceFile } from './source-file.ts';

/** How long a cancelled run asks the backend to stop its tasks before it goes. */
const STOP_MS = 3000;

/** Steps 10 to 12: what is known gets written, whatever ended the run; then the last event. Never rejects. */
export async function concludeRun(
  run: RunState,
  end: { source: SourceFile; inFlight: ReadonlySet<string>; cancelled: boolean; failure: Failure | null },
  deps: RunnerDeps,
): Promise<{ event: RunEventOf<'run.finished'>; failure: Failure | null; cause: RunCause | null }> {
  const { disk, clock } = deps;
  let { failure } = end;
  let output: string | null = null;
  let errorsFile: string | null = null;

  if (end.cancelled) await stopTasks(run, end.inFlight, clock);
  try {
    await end.source.flush();
  } catch (error) {
    failure ??= toFailure(error);
  }
  const ended = outcomeOf(run, end.cancelled, failure);
  try {
    if (ended === 'completed' || ended === 'failed-nodes') {
      output = await end.source.export(run.places, clock.now());
    }
  } catch (error) {
    failure ??= toFailure(error);
  }
  try {
    const entries = [...run.failed.values()];
    const { generations } = run.places;
    // Two runs of one project share the file. Also a run that was cut short takes back what it has mended.
    errorsFile = await deps.alone(join(generations, 'errors.json'), 'errors.json', () =>
      updateErrorsFile(generations, run.opened.path, entries, disk, untried(run)),
    );
  } catch (error) {
    failure ??= toFailure(error);
  }
  try {
    await end.source.close();
  } catch (error) {
    failure ??= toFailure(error);
  }
  const message = failure?.message ?? (end.cancelled ? 'Cancelled.' : undefined);
  const event: RunEventOf<'run.finished'> = {
    type: 'run.finished',
    at: isoTime(clock),
    runId: run.runId,
    status: outcomeOf(run, end.cancelled, failure),
    output,
    errorsFile,
    counts: { ...run.counts },
    costUSD: run.money.spent,
    savedUSD: run.money.saved,
    ...(message === undefined ? {} : { message }),
  };
  const cause = causeOfEnd({
    status: event.status,
    cancelled: end.cancelled,
    failure: failure?.code ?? null,
    outages: run.recorder.view().outages,
    server: run.backend.server,
    online: deps.online(),
  });
  return { event, failure, cause };
}

function outcomeOf(run: RunState, cancelled: boolean, failure: Failure | null): RunOutcome {
  if (cancelled) return 'interrupted';
  if (failure !== null) return 'aborted';
  if (run.counts.failed > 0) return 'failed-nodes';
  if (run.counts.held > 0) return 'held';
  return blocked(run) ? 'failed-nodes' : 'completed';
}

/** Nodes this run did not get to, or did not want: what is known of them from before still holds. */
const untried = (run: RunState): Set<number> =>
  new Set(
    run.nodes.flatMap(({ nodeId }) => {
      const at = run.standing.get(nodeId);
      return at === 'done' || at === 'failed' ? [] : [nodeId];
    }),
  );

/** A node that was wanted and could not be had is a failure, though nothing was tried. */
const blocked = (run: RunState): boolean => run.nodes.some((node) => node.reason.startsWith('blocked by'));

/** Asks the backend to stop what is there; what cannot be stopped stays in the journal and is taken up by the next run. */
async function stopTasks(run: RunState, inFlight: ReadonlySet<string>, clock: Clock): Promise<void> {
  const limit = timeLimit(clock, STOP_MS);
  await Promise.all(
    [...inFlight].map(async (taskId) => {
      try {
        await run.backend.stop(taskId, limit.signal);
      } catch (error) {
        run.notice(`Task ${taskId} could not be stopped: ${toFailure(error).message}`);
      }
    }),
  );
  limit.clear();
}
