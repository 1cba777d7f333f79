import { type Claim, figure, quantile } from '../claim.ts';
import { work } from '../processes.ts';
import { bigProject } from '../project.ts';
import { BackUpResult } from '../workers/back-up-result.ts';

const NODES = 2000;
const VERSIONS = 100;
const MB = 2 ** 20;

async function round(scratch: string, bytes: number, versions: number): Promise<BackUpResult> {
  const { workflow, dataDir } = await bigProject(scratch, NODES);
  return work('back-up.ts', { workflow, folder: dataDir, bytes, versions }, BackUpResult);
}

/** What it costs to back a workflow up before each change, in time and in room (behaviour.md §9). */
export const backupsClaim: Claim = {
  name: 'backups',
  async measure({ runs, scratch, say }) {
    const usual: BackUpResult[] = [];
    const large: BackUpResult[] = [];
    for (let run = 1; run <= Math.min(runs, 3); run++) {
      say(`run ${run}`);
      usual.push(await round(scratch, 5 * MB, VERSIONS));
      large.push(await round(scratch, 50 * MB, 4));
    }
    const first = ({ backups }: BackUpResult) => backups[0] ?? Number.NaN;
    const later = (q: number) => (result: BackUpResult) => quantile(result.backups.slice(1), q);
    return {
      name: 'backups',
      title: `${VERSIONS} backups of a workflow of 5 MB`,
      how: `A workflow of ${NODES.toLocaleString('en')} nodes, filled up to 5 MB with words at random, of which one prompt more is another one each time. A backup is all that a run waits for: the copy in backups/, synced, the hash, the content in the database, its commit. In turns with it the bare thing: the same bytes into a new file, synced.`,
      figures: [
        figure('a backup, median', 'ms', usual.map(later(0.5)), 60),
        figure('a backup, p99', 'ms', usual.map(later(0.99))),
        figure('the first one, which has nothing to build on', 'ms', usual.map(first), 60),
        figure(
          'of what is there already, median',
          'ms',
          usual.map(({ again }) => quantile(again, 0.5)),
        ),
        figure(
          'the bare file, median',
          'ms',
          usual.map(({ bare }) => quantile(bare, 0.5)),
        ),
        figure(
          'processor time of a backup, all threads',
          'ms',
          usual.map(({ cpu }) => cpu),
        ),
        figure(
          'main thread held, longest',
          'ms',
          usual.map(({ held }) => held.max),
          20,
        ),
        figure(
          `room of ${VERSIONS} versions in the database`,
          'MB',
          usual.map(({ contents }) => contents / MB),
          3,
        ),
        figure(
          'the same, by the growth of the database file',
          'MB',
          usual.map(({ file }) => file / MB),
          3,
        ),
        figure(
          'of it the first one',
          'MB',
          usual.map(({ largest }) => largest / MB),
        ),
        figure('a backup of 50 MB, median', 'ms', large.map(later(0.5))),
        figure(
          'main thread held by one of 50 MB, longest',
          'ms',
          large.map(({ held }) => held.max),
        ),
      ],
      tables: [],
      notes: [
        'Contents above 16 MB are kept whole each time: zstd finds nothing further back in a dictionary.',
        'A file whose bytes do not compress, such as one full of pictures, takes up that much once, and what differs later.',
      ],
    };
  },
};
