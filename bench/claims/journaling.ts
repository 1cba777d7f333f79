import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Claim, figure, quantile } from '../claim.ts';
import { startSimulator, work } from '../processes.ts';
import { bigProject } from '../project.ts';
import { CommitsResult } from '../workers/commits-result.ts';
import { RunResult } from '../workers/run-result.ts';

const WRITES = 1000;
const SCENES = 40;
const IN_FLIGHT = 5;
/** A picture of the real thing takes about ten seconds, a clip a minute: the share is a twentieth of what is seen here. */
const SIMULATOR = ['--latency', '500', '--video-latency', '2000', '--tiny'];

async function runOnce(scratch: string): Promise<RunResult> {
  const simulator = await startSimulator(SIMULATOR);
  const project = await bigProject(scratch, SCENES * 9, { 'runner.maxTasks': IN_FLIGHT });
  try {
    const options = { server: simulator.url, concurrency: IN_FLIGHT, pollMs: 100 };
    return await work('run-workflow.ts', { ...project, options }, RunResult);
  } finally {
    await simulator.end();
  }
}

/** What it costs that every step is on the disk before the next begins (behaviour.md §7). */
export const journalingClaim: Claim = {
  name: 'journaling',
  async measure({ runs, scratch, say }) {
    const alone: number[][] = [];
    const together: number[][] = [];
    const whole: RunResult[] = [];
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      const folder = await mkdtemp(join(scratch, 'commits-'));
      const waits = async (writers: number) =>
        (await work('commits.ts', { folder, writers, writes: WRITES }, CommitsResult)).waits;
      alone.push(await waits(1));
      together.push(await waits(10));
      if (whole.length < 2) whole.push(await runOnce(scratch));
    }
    const of = (all: number[][], q: number) => all.map((waits) => quantile(waits, q));
    return {
      name: 'journaling',
      title: 'What the journal costs',
      how: `${WRITES} commits at synchronous=FULL by one writer, and by ten that share theirs. Then runs of ${SCENES} scenes (320 candidates) against the simulator (\`${SIMULATOR.join(' ')}\`), ${IN_FLIGHT} tasks in flight: all the time that anything waited for a commit, as a share of the time that its tasks took.`,
      figures: [
        figure('one writer: median of a commit', 'ms', of(alone, 0.5)),
        figure('one writer: p99', 'ms', of(alone, 0.99)),
        figure('ten writers: median', 'ms', of(together, 0.5)),
        figure('ten writers: p99', 'ms', of(together, 0.99)),
        figure(
          'share of a run that waits for commits',
          '%',
          whole.map(({ commits, generatingMs }) => (100 * commits.sum) / (generatingMs * IN_FLIGHT)),
          2,
        ),
        figure(
          'commits of a candidate',
          '',
          whole.map(({ commits, stored }) => commits.count / stored),
        ),
      ],
      tables: [],
      notes: [
        'The simulator is some twenty times as fast as the real thing, so that the share of a real run is that much smaller.',
      ],
    };
  },
};
