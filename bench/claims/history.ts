import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Claim, figure, quantile } from '../claim.ts';
import { work } from '../processes.ts';
import { HistoryResult } from '../workers/history-result.ts';

const BACKUPS = 9500;
const FOREIGN = 500;
const TIMES = 12;

/** How soon one sees a history that has grown long (behaviour.md §9). */
export const historyClaim: Claim = {
  name: 'history',
  async measure({ runs, scratch, say }) {
    const results: HistoryResult[] = [];
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      const folder = await mkdtemp(join(scratch, 'history-'));
      const input = {
        folder,
        dataDir: join(folder, 'data'),
        backups: BACKUPS,
        foreign: FOREIGN,
        times: TIMES,
      };
      results.push(await work('history.ts', input, HistoryResult));
    }
    type Look = HistoryResult['looks'][number];
    const median = (value: (look: Look) => number) =>
      results.map(({ looks }) => quantile(looks.map(value), 0.5));
    return {
      name: 'history',
      title: 'The history of a workflow that has grown long',
      how: `${BACKUPS.toLocaleString('en')} backups, each with its row, its content and its copy on disk, and ${FOREIGN} copies that somebody else put into backups/. It is watched as the History screen does, ${TIMES} times in one process: from the question until the first 200 entries are there, and until all are. Each time everything is read anew. In turns with it the bare thing: the names in backups/.`,
      figures: [
        figure(
          'the first page, median',
          'ms',
          median(({ first }) => first),
          150,
        ),
        figure(
          'the first page, the first time in a process',
          'ms',
          results.map(({ looks }) => looks[0]?.first ?? Number.NaN),
          150,
        ),
        figure(
          'processor time until then, all threads, median',
          'ms',
          median(({ firstCpu }) => firstCpu),
        ),
        figure(
          'all of it, median',
          'ms',
          median(({ all }) => all),
        ),
        figure(
          'the bare names in backups/, median',
          'ms',
          results.map(({ bare }) => quantile(bare, 0.5)),
        ),
        figure(
          'main thread held, longest, median of the looks',
          'ms',
          median(({ held }) => held),
          20,
        ),
      ],
      tables: [],
      notes: ['Not in it: the way of the page over the wire, and what the window paints.'],
    };
  },
};
