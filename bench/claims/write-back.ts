import { stat } from 'node:fs/promises';
import { type Claim, figure } from '../claim.ts';
import { startSimulator, work } from '../processes.ts';
import { bigProject } from '../project.ts';
import { RunResult } from '../workers/run-result.ts';

const NODES = 2000;
const BYTES = 50 * 2 ** 20;
/** A hundred and sixty times faster than a real picture. */
const LATENCY_MS = 250;
const FILE_ROOM = 'workflow file (edit, write)';

async function runOnce(scratch: string): Promise<{ result: RunResult; mb: number }> {
  const simulator = await startSimulator([
    '--latency',
    String(LATENCY_MS),
    '--latency-spread',
    '0',
    '--tiny',
  ]);
  const project = await bigProject(scratch, NODES, { 'runner.maxTasks': 5 }, BYTES);
  const { size } = await stat(project.workflow);
  try {
    const options = { server: simulator.url, concurrency: 5, mode: 'images', pollMs: 20 };
    const result = await work('run-workflow.ts', { ...project, options, profile: true }, RunResult);
    return { result, mb: size / 2 ** 20 };
  } finally {
    await simulator.end();
  }
}

/** What it costs a run that its workflow file is large: on the main thread, on the thread that writes, and in waiting. */
export const writeBackClaim: Claim = {
  name: 'write-back',
  async measure({ runs, scratch, say }) {
    const results: RunResult[] = [];
    let size = 0;
    for (let run = 1; run <= Math.min(runs, 3); run++) {
      say(`run ${run}`);
      const { result, mb } = await runOnce(scratch);
      results.push(result);
      size = mb;
    }
    const share = (value: (result: RunResult) => number) =>
      results.map((result) => (100 * value(result)) / result.runMs);
    const main = (result: RunResult) => result.rooms?.[FILE_ROOM] ?? Number.NaN;
    return {
      name: 'write-back',
      title: `Write-back of a workflow file of ${size.toFixed(0)} MB`,
      how: `${results[0]?.stored} pictures of a workflow of ${NODES.toLocaleString('en')} nodes whose previews fill the file, 5 tasks in flight, ${LATENCY_MS} ms a picture: a hundred and sixty times faster than a real one, so that the file weighs that much more. Shares are of the time of the same run.`,
      figures: [
        figure(
          'writing the file: processor time of both threads, of the run’s time',
          '%',
          share((result) => main(result) + (result.writerMs ?? Number.NaN)),
          5,
        ),
        figure('of it on the main thread', '%', share(main)),
        figure(
          'main thread held, p99',
          'ms',
          results.map(({ held }) => held.p99),
          20,
        ),
        figure(
          'main thread held, longest',
          'ms',
          results.map(({ held }) => held.max),
        ),
        figure(
          'the same before, while the file was opened and planned',
          'ms',
          results.map(({ openingHeld }) => openingHeld.max),
        ),
        figure(
          'writes in a run',
          '',
          results.map(({ writes }) => writes),
        ),
        figure(
          'time of the run',
          's',
          results.map(({ runMs }) => runMs / 1000),
        ),
        figure(
          'of it before the first submission (backup, clearing)',
          's',
          results.map(({ aroundMs }) => aroundMs.before / 1000),
        ),
        figure(
          'of it after the last candidate (last write, export)',
          's',
          results.map(({ aroundMs }) => aroundMs.after / 1000),
        ),
        figure(
          'peak memory',
          'MB',
          results.map(({ peakMB }) => peakMB),
        ),
      ],
      tables: [
        {
          title: 'The main thread of the last run',
          columns: ['part', 'of the run’s time, %'],
          rows: Object.entries(results.at(-1)?.rooms ?? {})
            .sort(([, a], [, b]) => b - a)
            .map(([room, ms]) => [room, ((100 * ms) / (results.at(-1)?.runMs ?? Number.NaN)).toFixed(2)]),
        },
      ],
      notes: [],
    };
  },
};
