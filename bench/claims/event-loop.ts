import { type Claim, figure } from '../claim.ts';
import { startSimulator, work } from '../processes.ts';
import { bigProject } from '../project.ts';
import { RunResult } from '../workers/run-result.ts';

const NODES = 2000;
const IN_FLIGHT = 5;
/** Points of the table of memory over time. */
const POINTS = 10;

async function runOnce(scratch: string): Promise<RunResult> {
  const simulator = await startSimulator(['--latency', '0', '--tiny']);
  const project = await bigProject(scratch, NODES, { 'runner.maxTasks': IN_FLIGHT });
  try {
    const options = { server: simulator.url, concurrency: IN_FLIGHT, pollMs: 1 };
    return await work('run-workflow.ts', { ...project, options }, RunResult);
  } finally {
    await simulator.end();
  }
}

/** How long a click may wait: delays of the event loop while a large run goes as fast as it can. */
export const eventLoopClaim: Claim = {
  name: 'event-loop',
  async measure({ runs, scratch, say }) {
    const results: RunResult[] = [];
    for (let run = 1; run <= Math.min(runs, 3); run++) {
      say(`run ${run}`);
      results.push(await runOnce(scratch));
    }
    const of = (value: (result: RunResult) => number) => results.map(value);
    return {
      name: 'event-loop',
      title: `Event-loop delay during a run of ${NODES.toLocaleString('en')} nodes`,
      how: `A whole run, ${results[0]?.stored} candidates, images and clips, ${IN_FLIGHT} tasks in flight, the backend taking no time: far more goes on each second than in a real run. The delay is that of monitorEventLoopDelay at 1 ms, which is part of every value; on a busy machine it counts the time of other programs too. How long the main thread is held is the same in its own processor time, between two turns of a timer.`,
      figures: [
        figure(
          'main thread held, p99',
          'ms',
          of(({ held }) => held.p99),
          20,
        ),
        figure(
          'main thread held, median',
          'ms',
          of(({ held }) => held.p50),
        ),
        figure(
          'main thread held, longest',
          'ms',
          of(({ held }) => held.max),
        ),
        figure(
          'the same before, while the file was opened and planned',
          'ms',
          of(({ openingHeld }) => openingHeld.max),
        ),
        figure(
          'p99 of the delay',
          'ms',
          of(({ loop }) => loop.p99),
          20,
        ),
        figure(
          'median of the delay',
          'ms',
          of(({ loop }) => loop.p50),
        ),
        figure(
          'longest delay',
          'ms',
          of(({ loop }) => loop.max),
        ),
        figure(
          'time per candidate',
          'ms',
          of(({ generatingMs, stored }) => generatingMs / stored),
        ),
        figure(
          'peak memory',
          'MB',
          of(({ peakMB }) => peakMB),
          350,
        ),
      ],
      tables: [
        {
          title: 'Resident memory over each run, in MB',
          columns: ['run', ...Array.from({ length: POINTS + 1 }, (_, i) => `${(i * 100) / POINTS} %`)],
          rows: results.map(({ memory }, run) => [run + 1, ...overTime(memory)]),
        },
      ],
      notes: [],
    };
  },
};

/** The value at each tenth of the time, from the first to the last. */
const overTime = (values: readonly number[]): string[] =>
  Array.from({ length: POINTS + 1 }, (_, i) =>
    (values[Math.round(((values.length - 1) * i) / POINTS)] ?? Number.NaN).toFixed(0),
  );
