import { type Claim, figure } from '../claim.ts';
import { type Durations, listSchedule, lowerBound } from '../list-schedule.ts';
import { startSimulator, work } from '../processes.ts';
import { bigProject } from '../project.ts';
import { RunResult } from '../workers/run-result.ts';

/** Real times: an image 40 s, a clip 150 s, a look every 3 s. */
const real = { image: 40_000, video: 150_000, poll: 3000 };
const SLOTS = 5;
/** Each runs about a minute: `scale` times faster than it would in earnest. */
const workflows = [
  { name: '8 scenes', scenes: 8, scale: 25 },
  { name: '5 × 8 scenes', scenes: 40, scale: 100 },
];

interface MeasuredRun {
  result: RunResult;
  durations: Durations;
  polls: number;
}

async function runOnce(
  scratch: string,
  { scenes, scale }: { scenes: number; scale: number },
): Promise<MeasuredRun> {
  const durations = { image: real.image / scale, video: real.video / scale };
  const times = ['--latency', String(durations.image), '--video-latency', String(durations.video)];
  const backend = [...times, '--latency-spread', '0', '--slots', String(SLOTS), '--tiny'];
  const simulator = await startSimulator(backend);
  const project = await bigProject(scratch, scenes * 9 + 1);
  try {
    const options = { server: simulator.url, pollMs: real.poll / scale };
    const result = await work('run-workflow.ts', { ...project, options }, RunResult);
    return { result, durations, polls: await simulator.polls() };
  } finally {
    await simulator.end();
  }
}

/** How much longer a run takes than the backend alone would need. */
export const makespanClaim: Claim = {
  name: 'makespan',
  async measure({ runs, scratch, say }) {
    const figures = [];
    const rows = [];
    for (const workflow of workflows) {
      const { name, scale } = workflow;
      const ratios: number[] = [];
      for (let run = 1; run <= Math.min(runs, 3); run++) {
        say(`${name}, run ${run}`);
        const { result, durations, polls } = await runOnce(scratch, workflow);
        const ideal = listSchedule(result.nodes, durations, SLOTS);
        ratios.push(result.runMs / ideal);
        rows.push([
          `${name} (1:${scale})`,
          result.stored,
          (result.runMs / 1000).toFixed(2),
          (ideal / 1000).toFixed(2),
          (lowerBound(result.nodes, durations, SLOTS) / 1000).toFixed(2),
          (result.runMs / ideal).toFixed(4),
          ((result.runMs - result.generatingMs) / 1000).toFixed(2),
          ((polls / result.runMs) * (1000 / scale)).toFixed(2),
        ]);
      }
      figures.push(figure(`makespan of ${name} against its list schedule`, '×', ratios, 1.03));
    }
    return {
      name: 'makespan',
      title: 'How long a run takes against its lower bound',
      how: `Images 40 s, clips 150 s, ${SLOTS} slots at the backend and \`runner.pollMs\` 3000, all times divided by the scale; nodes and tasks in flight as by default. The list schedule is what a runner of the same order without any cost of its own would take; the whole run is counted, backup and export included.`,
      figures,
      tables: [
        {
          title: 'Each run, in scaled seconds',
          columns: [
            'workflow',
            'candidates',
            'run',
            'list schedule',
            'work by slots',
            'ratio',
            'before and after generating',
            'looks a second in real time',
          ],
          rows,
        },
      ],
      notes: [
        "The scale makes the runner's own milliseconds weigh that many times what they do in a real run.",
        'All images take the same time, and so do all clips: that is the hardest case for looks, since tasks end together.',
      ],
    };
  },
};
