import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Claim, figure } from '../claim.ts';
import { root, startSimulator } from '../processes.ts';
import { bigProject, type Project } from '../project.ts';

const SCENES = 10;
const IN_FLIGHT = 10;
/** Tasks that are still going on when they are taken up again. */
const SIMULATOR = ['--latency', '600000', '--latency-spread', '0', '--slots', '20', '--tiny'];
const ways = [
  { name: 'built (out/main)', program: 'out/main/cli.js' },
  { name: 'from the sources', program: 'src/main/cli/main.ts' },
];

/** Runs until so many lines of a type have come, then kills it; milliseconds from its start to the first and the last. */
async function runUntil(
  program: string,
  { workflow, dataDir }: Project,
  server: string,
  type: string,
): Promise<{ firstMs: number; lastMs: number }> {
  const args = [join(root, program), 'run', workflow, '--json', '--data-dir', dataDir, '--server', server];
  const began = performance.now();
  const child: ChildProcess = spawn(process.execPath, [...args, '--concurrency', '5'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const gone = new Promise((done) => child.once('close', done));
  const times: number[] = [];
  if (child.stdout === null) throw new Error('It has no output.');
  for await (const line of createInterface({ input: child.stdout })) {
    if (JSON.parse(line).type !== type) continue;
    times.push(performance.now() - began);
    if (times.length === IN_FLIGHT) child.kill('SIGKILL');
  }
  await gone;
  if (times.length < IN_FLIGHT) throw new Error(`It ended after ${times.length} of ${IN_FLIGHT} ${type}.`);
  return { firstMs: times[0] ?? Number.NaN, lastMs: times.at(-1) ?? Number.NaN };
}

/** Serves until it says that a run was interrupted; milliseconds from the start of its process. */
async function toldAfter(program: string, dataDir: string): Promise<number> {
  const args = [join(root, program), 'serve', '--port', '0', '--no-open', '--json', '--data-dir', dataDir];
  const began = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise((done) => child.once('close', done));
  try {
    for await (const line of createInterface({ input: child.stderr }))
      if (line.includes('was interrupted')) return performance.now() - began;
    throw new Error('It ended without a word of the interrupted run.');
  } finally {
    child.kill('SIGTERM');
    await gone;
  }
}

/** How soon what is in flight is followed again after a crash, and how soon a person hears of it. */
export const recoveringClaim: Claim = {
  name: 'recovering',
  async measure({ runs, scratch, say }) {
    const there = ways.filter(({ program }) => existsSync(join(root, program)));
    const times = new Map(there.map(({ name }) => [name, [] as { firstMs: number; lastMs: number }[]]));
    const told = new Map(there.map(({ name }) => [name, [] as number[]]));
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      for (const { name, program } of there) {
        const simulator = await startSimulator(SIMULATOR);
        try {
          const project = await bigProject(scratch, SCENES * 9, { 'runner.maxTasks': IN_FLIGHT });
          await runUntil(program, project, simulator.url, 'task.submitted');
          told.get(name)?.push(await toldAfter(program, project.dataDir));
          times.get(name)?.push(await runUntil(program, project, simulator.url, 'task.reattached'));
        } finally {
          await simulator.end();
        }
      }
    }
    return {
      name: 'recovering',
      title: 'After a crash',
      how: `A run of ${SCENES} scenes is killed with SIGKILL when ${IN_FLIGHT} tasks are in flight, and run again as a new process; counted from the start of that process until it tells of the first and of the last of them. And \`flowdeck serve\`, from the start of its process until it says that a run was interrupted; its windows hear of it in the same moment.`,
      figures: [
        ...[...times].flatMap(([name, all]) => [
          figure(
            `first task followed again, ${name}`,
            'ms',
            all.map(({ firstMs }) => firstMs),
          ),
          figure(
            `all ${IN_FLIGHT} tasks followed again, ${name}`,
            'ms',
            all.map(({ lastMs }) => lastMs),
            2000,
          ),
        ]),
        ...[...told].map(([name, all]) => figure(`the interrupted run is told, ${name}`, 'ms', all, 1000)),
      ],
      tables: [],
      notes: [],
    };
  },
};
