import { readFile, stat, writeFile } from 'node:fs/promises';
import { type Claim, figure } from '../claim.ts';
import { work } from '../processes.ts';
import { bigProject } from '../project.ts';
import { CompareResult } from '../workers/compare-result.ts';

const NODES = 10_000;

/** Two versions of a workflow as large as anybody will have: every tenth row of a prompt is another one. */
export const diffingClaim: Claim = {
  name: 'diffing',
  async measure({ runs, scratch, say }) {
    const { workflow: before, dataDir } = await bigProject(scratch, NODES);
    const after = before.replace('V0-1', 'V0-2');
    let rows = 0;
    const text = (await readFile(before, 'utf8')).replaceAll(/("dynamicRows": \[\s+")/g, (start) =>
      rows++ % 10 === 0 ? `${start}By night: ` : start,
    );
    await writeFile(after, text);
    const { size } = await stat(after);
    const results: CompareResult[] = [];
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      results.push(await work('compare.ts', { dataDir, before, after }, CompareResult));
    }
    const of = (value: (result: CompareResult) => number) => results.map(value);
    return {
      name: 'diffing',
      title: `Comparing two workflows of ${NODES.toLocaleString('en')} nodes`,
      how: `Two files of ${(size / 2 ** 20).toFixed(1)} MB, ${results[0]?.changed} nodes of which differ; each run in a new process. From the call to the answer: both files are read, parsed and compared, in a thread, which starts with the first comparison. How long the main thread is held is its own processor time between two turns of a timer.`,
      figures: [
        figure(
          'first comparison, with the start of its thread',
          'ms',
          of(({ firstMs }) => firstMs),
          400,
        ),
        figure(
          'the one after it',
          'ms',
          of(({ secondMs }) => secondMs),
          400,
        ),
        figure(
          'processor time of the first, all threads',
          'ms',
          of(({ cpuMs }) => cpuMs),
        ),
        figure(
          'main thread held, longest',
          'ms',
          of(({ heldMs }) => heldMs),
          20,
        ),
        figure(
          'peak memory',
          'MB',
          of(({ peakMB }) => peakMB),
        ),
      ],
      tables: [],
      notes: [],
    };
  },
};
