import { type Claim, figure } from '../claim.ts';
import { listSchedule, lowerBound } from '../list-schedule.ts';
import { startSimulator, work } from '../processes.ts';
import { bigProject } from '../project.ts';
import { RunResult } from '../workers/run-result.ts';

/** Real times (an image 40 s, a clip 150 s, a look every 3 s) a hundred times faster. */
const SCALE = 100;
const durations = { image: 40_000 / SCALE, video: 150_000 / SCALE };
const POLL_MS = 3000 / SCALE;
const SLOTS = 5;
const workflows = [
  { name: '8 scenes', scenes: 8 },
  { name: '5 × 8 scenes', scenes: 40 },
];

async function runOnce(scenes: number): Promise<{ result: RunResult; polls: number }> {
  const times = ['--latency', String(durations.image), '--video-latency', String(durations.video)];
  const simulator = await startSimulator([
    ...times,
    '--latency-spread',
    '0',
    '--slots',
    String(SLOTS),
    '--tiny',
  ]);
  const project = await bigProject(scenes * 9 + 1);
  try {
    const options = { server: simulator.url, pollMs: POLL_MS };
    const result = await work('run-workflow.ts', { ...project, options }, RunResult);
    return { result, polls: await simulator.polls() };
  } finally {
    await simulator.end();
    await project.remove();
  }
}

/** How much longer a run takes than the backend alone would need. */
export const makespanClaim: Claim = {
  name: 'makespan',
  async measure({ runs, say }) {
    const figures = [];
    const rows = [];
    for (const { name, scenes } of workflows) {
      const ratios: number[] = [];
      for (let run = 1; run <= Math.min(runs, 3); run++) {
        say(`${name}, run ${run}`);
        const { result, polls } = await runOnce(scenes);
        const ideal = listSchedule(result.nodes, durations, SLOTS);
        ratios.push(result.runMs / ideal);
        rows.push([
          name,
          result.stored,
          (result.runMs / 1000).toFixed(2),
          (ideal / 1000).toFixed(2),
          (lowerBound(result.nodes, durations, SLOTS) / 1000).toFixed(2),
          (result.runMs / ideal).toFixed(4),
          ((polls / result.runMs) * (1000 / SCALE)).toFixed(2),
        ]);
      }
      figures.push(figure(`makespan of ${name} against its list schedule`, '×', ratios, 1.03));
    }
    return {
      name: 'makespan',
      title: 'How long a run takes against its lower bound',
      how: `Images 40 s, clips 150 s, ${SLOTS} slots at the backend and \`runner.pollMs\` 3000, all times divided by ${SCALE}; nodes and tasks in flight as by default. The list schedule is what a runner of the same order without any cost of its own would take; the whole run is counted, backup and export included.`,
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
            'looks a second in real time',
          ],
          rows,
        },
      ],
      notes: [
        `The scale makes the runner's own milliseconds weigh ${SCALE} times what they do in a real run.`,
        'All images take the same time, and so do all clips: that is the hardest case for looks, since tasks end together.',
      ],
    };
  },
};
