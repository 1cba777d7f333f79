import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { openMemoryDatabase } from './memory-database.ts';
import { type Played, play } from './play.ts';

// For people: npm run sim -- [--seeds N] [--from N], or --seed N [--trace]

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});
const say = (line: string) => console.log(line);

const tell = ({ seed, problems, trace }: Played, whole: boolean) => {
  for (const problem of problems) say(`SEED ${seed}: ${problem}`);
  if (whole || problems.length > 0) for (const line of trace) say(`  ${line}`);
  if (problems.length > 0 && !whole) say(`To see all of it: npm run sim -- --seed ${seed} --trace`);
};

async function playOne(seed: number): Promise<boolean> {
  const database = openMemoryDatabase();
  const played = await play(seed, database, { keep: values.trace });
  database.db.close();
  tell(played, values.trace);
  const { steps, deaths, accepted, problems } = played;
  say(`seed ${seed}: ${steps} steps, ${deaths} deaths, ${accepted} tasks, ${problems.length} faults`);
  return problems.length === 0;
}

/** On all cores, each of which plays every so many seeds. */
async function playMany(first: number, count: number): Promise<boolean> {
  const began = performance.now();
  const sums = { played: 0, faulty: 0, steps: 0, deaths: 0, accepted: 0, lost: 0 };
  const hear = (played: Played) => {
    sums.played += 1;
    sums.steps += played.steps;
    sums.deaths += played.deaths;
    sums.accepted += played.accepted;
    sums.lost += played.lost;
    if (played.problems.length === 0) return;
    sums.faulty += 1;
    tell(played, false);
  };
  const stride = Math.min(availableParallelism(), count);
  await Promise.all(
    Array.from({ length: stride }, async (_, n) => {
      const workerData = { first: first + n, stride, last: first + count - 1 };
      const worker = new Worker(new URL('./player.ts', import.meta.url), { workerData });
      worker.on('message', hear);
      // Rejects with what the thread threw.
      await once(worker, 'exit');
    }),
  );
  const { played, faulty, steps, deaths, accepted, lost } = sums;
  const seconds = Math.round((performance.now() - began) / 1000);
  say(
    `${played} seeds in ${seconds} s: ${steps} steps, ${deaths} deaths, ${accepted} tasks taken, ${lost} lost, ${faulty} faulty seeds`,
  );
  return faulty === 0 && played === count;
}

const good =
  values.seed === undefined
    ? await playMany(Number(values.from), Number(values.seeds))
    : await playOne(Number(values.seed));
process.exitCode = good ? 0 : 1;
