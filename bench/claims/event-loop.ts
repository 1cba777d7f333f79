import { type Claim, figure } from '../claim.ts';
import { startSimulator, work } from '../processes.ts';
import { bigProject } from '../project.ts';
import { RunResult } from '../workers/run-result.ts';

const NODES = 2000;

async function runOnce(scratch: string): Promise<RunResult> {
  const simulator = await startSimulator(['--latency', '0', '--tiny']);
  const project = await bigProject(scratch, NODES);
  try {
    const options = { server: simulator.url, concurrency: 5, pollMs: 1 };
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
    return {
      name: 'event-loop',
      title: `Event-loop delay during a run of ${NODES.toLocaleString('en')} nodes`,
      how: `A whole run, ${results[0]?.stored} candidates, images and clips, the backend taking no time: far more goes on each second than in a real run. Measured with monitorEventLoopDelay at 1 ms, which is part of every value.`,
      figures: [
        figure(
          'p99 of the delay',
          'ms',
          results.map(({ loop }) => loop.p99),
        ),
        figure(
          'median of the delay',
          'ms',
          results.map(({ loop }) => loop.p50),
        ),
        figure(
          'longest delay',
          'ms',
          results.map(({ loop }) => loop.max),
        ),
        figure(
          'time per candidate',
          'ms',
          results.map(({ generatingMs, stored }) => generatingMs / stored),
        ),
        figure(
          'peak memory',
          'MB',
          results.map(({ peakMB }) => peakMB),
        ),
      ],
      tables: [],
      notes: [],
    };
  },
};
