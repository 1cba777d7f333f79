import { type Claim, figure, quantile } from '../claim.ts';
import { startSimulator, work } from '../processes.ts';
import { bigProject } from '../project.ts';
import { BareResult } from '../workers/bare-result.ts';
import { RunResult } from '../workers/run-result.ts';

const SCENES = 250;
const CANDIDATES = SCENES * 4;
const IN_FLIGHT = 5;
const SIMULATOR = ['--latency', '0', '--tiny'];

/** One run of the pictures of a workflow; each with a simulator, a database and folders of its own. */
async function runOnce(scratch: string, profile: boolean): Promise<RunResult> {
  const simulator = await startSimulator(SIMULATOR);
  const project = await bigProject(scratch, SCENES * 9, { 'runner.maxTasks': IN_FLIGHT });
  try {
    const options = { server: simulator.url, concurrency: IN_FLIGHT, mode: 'images', pollMs: 1 };
    return await work('run-workflow.ts', { ...project, options, profile }, RunResult);
  } finally {
    await simulator.end();
  }
}

async function bareOnce(scratch: string, commits: boolean): Promise<BareResult> {
  const simulator = await startSimulator(SIMULATOR);
  const { folder } = await bigProject(scratch, 10);
  try {
    const input = { server: simulator.url, folder, candidates: CANDIDATES, inFlight: IN_FLIGHT, commits };
    return await work('bare-loop.ts', input, BareResult);
  } finally {
    await simulator.end();
  }
}

/** What a candidate costs when the backend takes no time, beside two loops that do less; and how long commits take. */
export const candidateClaim: Claim = {
  name: 'candidate',
  async measure({ runs, scratch, say }) {
    const bare: BareResult[] = [];
    const committed: BareResult[] = [];
    const whole: RunResult[] = [];
    // In turns, so that a busy minute of the machine hits all three.
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      bare.push(await bareOnce(scratch, false));
      committed.push(await bareOnce(scratch, true));
      whole.push(await runOnce(scratch, false));
    }
    say('once more, with a profile');
    const { rooms } = await runOnce(scratch, true);
    const each = (ms: number) => ms / CANDIDATES;
    const perCandidate = whole.map(({ generatingMs }) => each(generatingMs));
    const beside = committed.map(({ ms }) => each(ms));
    return {
      name: 'candidate',
      title: 'Time per candidate, the backend taking none',
      how: `${CANDIDATES} pictures of ${SCENES} image nodes with a reference each, ${IN_FLIGHT} tasks in flight, the simulator (\`${SIMULATOR.join(' ')}\`) as a process on loopback. The runner is the whole one: journal at FULL, every picture decoded, written to Assets with fsync, copied to the local store with fsync, put into the workflow file. Counted from the first submission to the last stored candidate.`,
      figures: [
        figure('the runner', 'ms', perCandidate, 1.5),
        figure(
          'bare p-queue loop: submit, poll, download',
          'ms',
          bare.map(({ ms }) => each(ms)),
        ),
        figure('the same with five FULL commits a candidate', 'ms', beside),
        figure(
          'the runner against that loop, each pair of runs',
          '×',
          perCandidate.map((ms, i) => ms / (beside[i] ?? Number.NaN)),
        ),
        figure(
          'processor time of the runner, all threads',
          'ms',
          whole.map(({ cpuMs }) => each(cpuMs)),
        ),
        figure(
          'processor time of the bare loop',
          'ms',
          bare.map(({ cpuMs }) => each(cpuMs)),
        ),
        figure(
          'p99 of a commit, from asking to committed',
          'ms',
          whole.map(({ commits }) => commits.p99),
          15,
        ),
        figure(
          'median of a commit',
          'ms',
          whole.map(({ commits }) => commits.p50),
        ),
      ],
      tables: [
        {
          title: 'Where the main thread of the runner spends a candidate (sampled, in a run of its own)',
          columns: ['part', 'ms a candidate'],
          rows: Object.entries(rooms ?? {})
            .sort(([, a], [, b]) => b - a)
            .map(([room, ms]) => [room, each(ms).toFixed(3)]),
        },
      ],
      notes: [
        `Writes to the journal a candidate: ${(
          quantile(
            whole.map(({ commits }) => commits.count),
            0.5,
          ) / CANDIDATES
        ).toFixed(2)}; those of tasks in flight share a transaction.`,
        'The bare loops keep nothing, so the runner cannot reach them: the difference is two synced files a candidate, a decode and the workflow file.',
      ],
    };
  },
};
