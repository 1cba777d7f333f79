import { createDice } from './dice.ts';
import { wrongLeavings } from './leavings.ts';
import { type Ended, live, once } from './life.ts';
import type { MemoryDatabase } from './memory-database.ts';
import { staleRows, wrongPayments } from './payments.ts';
import { createPerson, type Person } from './person.ts';
import { createSite, type Site } from './site.ts';
import { createWorld } from './world.ts';

/** What came of one schedule. */
export interface Played {
  seed: number;
  /** What is wrong, in words; empty when all is as it should be. */
  problems: string[];
  /** The last lines of what happened, or all of them. */
  trace: readonly string[];
  /** Two runs of a seed are the same when this is. */
  hash: string;
  steps: number;
  deaths: number;
  /** Tasks the backend took. */
  accepted: number;
  /** Rows of the journal that count as lost. */
  lost: number;
}

const MOST_DEATHS = 5;
/** A process that lives so many steps has been through most of a small run. */
const LONG_LIFE = 700;
const MOST_CALM_RUNS = 12;

/**
 * Plays the schedule of a seed: a small workflow is run, by processes that are killed at any moment, with all that goes
 * wrong around them; then calm comes, and it is run until it is done. Then everything must add up. `database` is
 * emptied first. `keep`: the whole trace.
 */
export async function play(seed: number, database: MemoryDatabase, { keep = false } = {}): Promise<Played> {
  database.empty();
  const dice = createDice(seed);
  const world = createWorld(dice.fork(), keep);
  const site = createSite(world, dice.fork(), database);
  const person = createPerson(site, dice.fork());
  const problems: string[] = [];
  let deaths = 0;
  let lost = 0;
  try {
    const runs: Ended[] = [];
    const gates = dice.chance(0.3) ? 'hold' : 'auto';
    for (let lives = dice.between(1, 1 + MOST_DEATHS); lives > 0; lives--) {
      const dies = dice.chance(0.8);
      const ended = await live(site, {
        options: {
          gates,
          concurrency: dice.between(1, 4),
          mode: dice.pick(['full', 'full', 'full', 'images']),
        },
        // Early steps as likely as late ones: most of what matters is near the beginning of something.
        diesAfter: dies ? Math.floor(LONG_LIFE ** dice.next()) : null,
        meanwhile: person.meanwhile,
      });
      runs.push(ended);
      if (ended.kind === 'died') deaths += 1;
      if (ended.kind === 'stuck') throw new Error(ended.why);
    }
    site.faults.end();
    site.disk.setFull(false);
    await bringToTheEnd(site, person, runs);
    problems.push(
      ...wrongPayments(site, person),
      ...wrongLeavings(site, person),
      ...wrongCounts(site, person, runs),
    );
  } catch (error) {
    problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    lost = site.database.journal().filter((row) => row.state === 'lost').length;
  }
  return {
    seed,
    problems: [...problems, ...person.surprises],
    trace: world.trace(),
    hash: world.hash(),
    steps: world.count(),
    deaths,
    accepted: site.backend.tasks.all.filter((task) => !task.foreign).length,
    lost,
  };
}

/** Runs in the calm, as a person would, until nothing is left to do. */
async function bringToTheEnd(site: Site, person: Person, runs: Ended[]): Promise<void> {
  const told: string[] = [];
  for (let n = 0; n < MOST_CALM_RUNS; n++) {
    const ended = await live(site, { diesAfter: null });
    runs.push(ended);
    if (ended.kind === 'stuck') throw new Error(ended.why);
    told.push(summaryOf(ended));
    if (await makeParkedAnew(site, person, runs)) continue;
    if (ended.kind !== 'ran' || ended.event.status !== 'completed') continue;
    assertExported(site, ended.event.output);
    if (ended.generations > 0) continue;
    const left = await once(site, (runner) => runner.sendLeft(new AbortController().signal));
    if (typeof left !== 'number') throw new Error(left.stuck);
    if (left > 0) throw new Error(`${left} outputs still wait for a store that is there`);
    if (!(await takeUpRerolls(site, person, runs))) return;
  }
  throw new Error(`not done after ${MOST_CALM_RUNS} runs in the calm: ${told.join('; ')}`);
}

const summaryOf = (ended: Ended): string =>
  ended.kind === 'ran'
    ? `${ended.event.status} ${ended.event.message ?? ''}`
    : ended.kind === 'refused'
      ? ended.failure.message
      : ended.kind;

/** The export of a run is the file as the run left it. */
function assertExported({ disk, workflow }: Site, output: string | null): void {
  const exported = output === null ? undefined : disk.files.get(output);
  const file = disk.files.get(workflow);
  if (!exported || !file || Buffer.compare(exported.bytes, file.bytes) !== 0)
    throw new Error(`the export ${output} is not the file as the run left it`);
}

/** Requests whose fate nobody can tell: a person says that they are to be made anew. */
async function makeParkedAnew(site: Site, person: Person, runs: Ended[]): Promise<boolean> {
  const rows = site.database.journal();
  const stale = staleRows(rows);
  const parked = new Set(
    rows.filter((row) => row.state === 'parked' && !stale.has(row.id)).map((row) => row.nodeId),
  );
  for (const nodeId of parked) {
    person.rerolled(nodeId);
    runs.push(await live(site, { options: { reroll: [{ nodeId }] }, diesAfter: null }));
  }
  return parked.size > 0;
}

/** Re-rolls that were cut short: what was ordered for them is taken up by another re-roll of the place. */
async function takeUpRerolls(site: Site, person: Person, runs: Ended[]): Promise<boolean> {
  const [open] = site.database.db.journal.open(site.workflow, false);
  if (open === undefined) return false;
  const last = new Map<string, { nodeId: number; row: number; candidate: number; state: string }>();
  for (const row of site.database.journal()) last.set(`${row.nodeId}/${row.row}/${row.candidate}`, row);
  const targets = [...last.values()]
    .filter(({ state }) => ['intent', 'submitted', 'completed', 'downloaded', 'stored'].includes(state))
    .map(({ nodeId, row, candidate }) => ({ nodeId, row, candidate }));
  for (const { nodeId } of targets) person.rerolled(nodeId);
  runs.push(await live(site, { options: { reroll: targets }, diesAfter: null }));
  return true;
}

/** What runs say they did: every node is told once, and every request is counted. */
function wrongCounts(site: Site, person: Person, runs: readonly Ended[]): string[] {
  const wrong: string[] = [];
  let submitted = 0;
  for (const run of runs) {
    if (run.kind !== 'ran') continue;
    const { counts, status } = run.event;
    submitted += counts.submitted;
    const told = counts.generated + counts.cached + counts.failed + counts.skipped + counts.held;
    if (status !== 'interrupted' && status !== 'aborted' && told !== counts.nodes)
      wrong.push(`a run of ${counts.nodes} nodes told of ${told}: ${JSON.stringify(counts)}`);
  }
  const rows = site.database.journal();
  const untold = rows.some((row) => row.taskId === null && (row.state === 'lost' || row.state === 'parked'));
  const allEnded = runs.every((run) => run.kind === 'ran' && run.event.status !== 'aborted');
  const taken = site.backend.tasks.all.filter((task) => !task.foreign).length;
  const read = taken + site.backend.refusals();
  if (allEnded && !person.cancelled() && !untold && submitted !== read)
    wrong.push(`G-Labs read ${read} requests, and the runs count ${submitted}`);
  return wrong;
}
