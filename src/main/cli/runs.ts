import { Command } from 'commander';
import type { RunSummary } from '../../shared/run-view.ts';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { wholeNumber } from './values.ts';
import { money, table } from './words.ts';

/** `flowdeck runs`: recent runs, newest first. */
export const addRuns: AddCommand = (work) =>
  new Command('runs')
    .description('recent runs, newest first')
    .option('--limit <n>', 'how many', wholeNumber(1, 1000), 20)
    .action((flags: { limit: number }, command: Command) =>
      work(command, async ({ output, flowdeck }) => {
        const { runner } = await flowdeck();
        const runs = await runner.recentRuns(flags.limit);
        for (const run of runs) output.record({ type: 'run', ...run });
        output.text(runs.length === 0 ? 'No runs yet.' : runsTable(runs));
        return exitCodes.done;
      }),
    );

/** Runs as a table for a person; times in the machine's own zone. */
export const runsTable = (runs: readonly RunSummary[]): string =>
  table(
    [
      ['started', 'workflow', 'status', 'nodes', 'submitted', 'cost', ''],
      ...runs.map((run) => [
        new Date(run.startedAt).toLocaleString('sv-SE'),
        run.name,
        run.status,
        ...standing(run),
        run.demo ? 'demo, not paid' : '',
      ]),
    ],
    [3, 4, 5],
  );

/** A run of another program, or of one that was killed, has not written down how far it came: that is not nought. */
const standing = ({ counts, costUSD }: RunSummary): string[] =>
  counts.nodes === 0
    ? ['–', '–', '–']
    : [`${counts.generated + counts.cached}/${counts.nodes}`, String(counts.submitted), money(costUSD)];
