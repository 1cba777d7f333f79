import { resolve } from 'node:path';
import { Command } from 'commander';
import { FlowdeckError, fail } from '../../shared/failure.ts';
import { type Diagnosis, isStillRunning, type RecoveryPlan } from '../../shared/recovery.ts';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { Output } from './output.ts';
import { diagnosisText } from './recover-words.ts';
import { toItsEnd } from './run.ts';
import { givenRunOptions, withRunOptions } from './run-options.ts';

/**
 * `flowdeck recover FILE`: what an interrupted run left, and one plan of what to do about it; `--apply` carries that out,
 * after a backup (behaviour.md §8). The diagnosis ends with 0 whatever it finds; with `--apply` the exit code is the run's.
 */
export const addRecover: AddCommand = (work) =>
  withOptionsOfBefore(
    new Command('recover')
      .description(
        'looks at what an interrupted run left, with or without a journal of it, and proposes one plan',
      )
      .argument('<file>', 'workflow file (.nbflow)')
      .option('--apply', 'carry the plan out, after a backup'),
  ).action((file: string, { apply = false }: { apply?: boolean }, command: Command) =>
    work(command, async (session) => {
      const { world, output } = session;
      const path = resolve(world.cwd, file);
      const { options, apiKey } = givenRunOptions(command, world.cwd);
      const { recovery } = await session.flowdeck({ apiKey });
      const { signal } = session.interruption();
      const diagnosis = await unlessStopped(signal, () =>
        lookingAt(output, () => recovery.diagnose(path, { options, signal })),
      );
      output.record({ type: 'recovery.diagnosis', ...diagnosisLine(diagnosis) });
      output.text(diagnosisText(diagnosis, output.paint, apply ? null : file));
      const { action, nodes, backup } = diagnosis.plan;
      if (!apply || diagnosis.verdict === 'complete') return exitCodes.done;
      if (action === 'none' && !isStillRunning(diagnosis)) throw nothingToApply(diagnosis);

      return toItsEnd(session, apiKey, async (_opened, stop) => {
        const { handle } = await unlessStopped(stop, () =>
          recovery.apply(
            path,
            { action, nodes, backup, asked: [] },
            {
              options,
              signal: stop,
              tell: (event) => {
                if (event.type === 'restored') {
                  output.record(event);
                  output.text('The backup stands in its place again.');
                  return;
                }
                const { problem, ...created } = event;
                output.record(created);
                if (problem !== null) output.note(problem);
                output.text(`Backup: ${event.path ?? event.id}`);
              },
            },
          ),
        );
        return handle;
      });
    }),
  );

/** Run options, whose defaults are those of the run that was cut short. */
function withOptionsOfBefore(command: Command): Command {
  const before = withRunOptions(command);
  for (const option of before.options) {
    if (option.defaultValue !== undefined) option.defaultValueDescription = 'that of the run before';
  }
  return before;
}

/** What is given up is for a person to decide; without a source there is nothing to decide. */
const nothingToApply = ({ path, headline, nodes, alternatives }: Diagnosis): FlowdeckError =>
  fail(nodes.length === 0 ? 'workflow-unreadable' : 'usage', `Nothing was done: ${headline}`, {
    where: path,
    cure:
      alternatives.length === 0
        ? 'Make the workflow anew from its brief, or put a copy of your own in its place.'
        : 'Choose what to do on the Recovery screen.',
  });

/** The line of cli.md; counts instead of the places. */
function diagnosisLine({ verdict, run, cause, nodes, findings, plan, alternatives }: Diagnosis) {
  return {
    verdict,
    runId: run?.runId ?? null,
    cause: cause?.kind ?? null,
    nodes: nodes.map(({ nodeId, tab, title, cache, local, store, journal, state }) => ({
      ...{ nodeId, tab, title, cache, local, store, journal, state },
    })),
    findings,
    plan: planLine(plan),
    alternatives: alternatives.map(planLine),
  };
}

const planLine = ({ action, generations, saved, costUSD, steps }: RecoveryPlan) => ({
  ...{ action, generations, saved, costUSD, steps },
});

/** Says on a terminal that it looks, as long as it does. */
async function lookingAt<T>({ progress }: Output, look: () => Promise<T>): Promise<T> {
  const { stream, terminal, visible } = progress;
  const drawn = terminal && visible;
  if (drawn) stream.write('Looking at the file, its outputs, the store and the journal …');
  try {
    return await look();
  } finally {
    if (drawn) stream.write('\r\u001b[2K');
  }
}

/** A look that a person stops is no fault, and has changed nothing. */
async function unlessStopped<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted || error instanceof FlowdeckError) throw error;
    throw fail('interrupted', 'Stopped before anything was begun.', {
      cure: 'Call it again: what is paid for stays in the journal.',
      cause: error,
    });
  }
}
