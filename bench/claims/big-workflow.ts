import { stat } from 'node:fs/promises';
import { type Claim, figure } from '../claim.ts';
import { work } from '../processes.ts';
import { bigProject } from '../project.ts';
import { PlanResult } from '../workers/plan-result.ts';
import { OpenStages } from '../workers/stages-result.ts';

const NODES = 10_000;
/** The largest that must work, but for the bytes: those make little difference, as they lie in few texts. */
const MOST = { nodes: 20_000, bytes: 50 * 2 ** 20 };

/** Open, check and plan of a workflow as large as anybody will have. */
export const bigWorkflowClaim: Claim = {
  name: 'big-workflow',
  async measure({ runs, scratch, say }) {
    const project = await bigProject(scratch, NODES);
    const { size } = await stat(project.workflow);
    const results: PlanResult[] = [];
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      results.push(await work('plan-workflow.ts', project, PlanResult));
    }
    say('the steps of a larger one');
    const most = await bigProject(scratch, MOST.nodes, {}, MOST.bytes);
    const { stages } = await work('open-stages.ts', most, OpenStages);
    return {
      name: 'big-workflow',
      title: `Open, check and plan of ${NODES.toLocaleString('en')} nodes`,
      how: `One file of ${(size / 2 ** 20).toFixed(1)} MB, ${results[0]?.generations} generations to plan; a new process for each run, nothing warm. Memory is the largest resident size of the whole process, Node and Flowdeck included.`,
      figures: [
        figure(
          'open + check + plan',
          'ms',
          results.map(({ ms }) => ms),
          1000,
        ),
        figure(
          'processor time of it, all threads',
          'ms',
          results.map(({ cpuMs }) => cpuMs),
        ),
        figure(
          'peak memory',
          'MB',
          results.map(({ peakMB }) => peakMB),
          400,
        ),
        figure(
          'of it before the file was opened',
          'MB',
          results.map(({ emptyMB }) => emptyMB),
        ),
      ],
      tables: [
        {
          title: `What holds the thread that opens ${MOST.nodes.toLocaleString('en')} nodes in 50 MB, step by step, in processor time`,
          columns: ['step', 'ms'],
          rows: stages.map(({ what, ms }) => [what, ms.toFixed(0)]),
        },
      ],
      notes: [
        'A run opens its file on the main thread: a window waits that long once, when a run of such a file is started. The list of workflows is looked through by a thread of its own, and a file in a run is written and exported by another.',
      ],
    };
  },
};
