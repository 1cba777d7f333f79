import { type Claim, figure, quantile } from '../claim.ts';
import { work } from '../processes.ts';
import { bigProject } from '../project.ts';
import { RestoreResult } from '../workers/restore-result.ts';

const NODES = 2000;
const TIMES = 40;
const MB = 2 ** 20;

/** How long a person waits for an earlier state of a workflow (behaviour.md §9). */
export const restoringClaim: Claim = {
  name: 'restoring',
  async measure({ runs, scratch, say }) {
    const results: RestoreResult[] = [];
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      const { workflow, dataDir } = await bigProject(scratch, NODES, {}, 5 * MB);
      results.push(await work('restore.ts', { workflow, dataDir, times: TIMES }, RestoreResult));
    }
    const of = (value: (result: RestoreResult) => number) => results.map(value);
    return {
      name: 'restoring',
      title: 'Putting back a workflow of 5 MB',
      how: `A workflow of ${NODES.toLocaleString('en')} nodes, filled up to ${((results[0]?.bytes ?? 0) / MB).toFixed(1)} MB; two backups of it that differ in one prompt are put back in turns, ${TIMES} times in one process. A restore is all of it: the two locks, the content out of the database with its hash, what is there read and backed up, the new file written, each synced, and the commit. In turns with it the bare thing: the same bytes into two files, synced.`,
      figures: [
        figure(
          'a restore, median',
          'ms',
          of(({ restores }) => quantile(restores, 0.5)),
          80,
        ),
        figure(
          'a restore, p99',
          'ms',
          of(({ restores }) => quantile(restores, 0.99)),
        ),
        figure(
          'the first one of a process',
          'ms',
          of(({ restores }) => restores[0] ?? Number.NaN),
        ),
        figure(
          'with the cache wiped, in a thread started for it',
          'ms',
          of(({ wiped }) => quantile(wiped, 0.5)),
        ),
        figure(
          'the two bare files, median',
          'ms',
          of(({ bare }) => quantile(bare, 0.5)),
        ),
        figure(
          'processor time of a restore, all threads',
          'ms',
          of(({ cpu }) => cpu),
        ),
        figure(
          'main thread held, longest',
          'ms',
          of(({ held }) => held.max),
          20,
        ),
      ],
      tables: [],
      notes: [],
    };
  },
};
