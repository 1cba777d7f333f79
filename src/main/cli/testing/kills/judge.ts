import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import BetterSqlite from 'better-sqlite3';
import { z } from 'zod';
import { RunEvent } from '../../../../shared/run-events.ts';
import { generationNodes } from '../../../workflow/generation.ts';
import { parseWorkflow, type Workflow } from '../../../workflow/read.ts';
import type { Desk, Ended } from '../../test-support.ts';
import { census } from '../chaos/census.ts';
import type { Door } from './door.ts';
import type { Mode } from './moments.ts';

const Planned = z.looseObject({ type: z.literal('plan.finished'), generations: z.number() });
const Row = z.object({
  state: z.string(),
  place: z.string(),
  taskId: z.string().nullable(),
  url: z.string().nullable(),
  sha256: z.string().nullable(),
  file: z.string().nullable(),
});
type Row = z.infer<typeof Row>;

interface Scene {
  desk: Desk;
  door: Door;
  workflow: string;
  last: Ended;
  mode: Mode;
}

/** All that is not as it must be after a story, and how many requests were lost by the journal's word. */
export async function judge(scene: Scene): Promise<{ faults: string[]; lost: number }> {
  const { desk, door, workflow, last } = scene;
  const end = last
    .lines()
    .map((line) => RunEvent.safeParse(line))
    .findLast(({ data }) => data?.type === 'run.finished')?.data;
  if (last.code !== 0 || end?.type !== 'run.finished' || end.status !== 'completed')
    return { faults: [`the last run ended with ${last.code}: ${last.stderr.slice(-1500)}`], lost: 0 };

  const read = parseWorkflow(await readFile(workflow, 'utf8'), workflow);
  const candidates = wantedOf(read);
  const rows = rowsOf(desk);
  const lost = rows.filter(({ state }) => state === 'lost');
  const plan = Planned.safeParse((await desk.flowdeck('plan', workflow, '--json')).lines().at(-1));
  const faults = [
    ...submissions(await door.made(), candidates, lost, scene.mode),
    ...journal(rows, candidates),
    ...(await outputs(read, rows)),
    ...(await exported(end.output, read)),
    ...(await leftovers(desk, dirname(dirname(workflow)))),
    ...(plan.data?.generations === 0
      ? []
      : [`another run would make ${plan.data?.generations ?? 'who knows what'}`]),
  ];
  return { faults, lost: lost.length };
}

const wantedOf = (workflow: Workflow): number =>
  generationNodes(workflow).reduce((sum, node) => sum + node.prompts.length * node.perRow, 0);

function rowsOf({ dataDir }: Desk): Row[] {
  const db = new BetterSqlite(join(dataDir, 'flowdeck.db'), { readonly: true });
  try {
    const whole = db.pragma('integrity_check', { simple: true });
    if (whole !== 'ok') throw new Error(`the database is damaged: ${whole}`);
    const all = db
      .prepare(
        `SELECT state, node_id || ' ' || row || ' ' || candidate AS place, task_id AS taskId, url, sha256, file FROM journal`,
      )
      .all();
    return z.array(Row).parse(all);
  } finally {
    db.close();
  }
}

/**
 * What G-Labs took on is what was wanted and what was lost with it. A request that was on its way when it died counts as
 * lost though it may never have come in: such ones have no task.
 */
function submissions(made: number, candidates: number, lost: readonly Row[], mode: Mode): string[] {
  const surely = lost.filter(({ taskId }) => taskId !== null).length;
  const words = `G-Labs took on ${made}; wanted were ${candidates}, lost ${lost.length} (${surely} with a task)`;
  if (mode !== 'dies') return made === candidates && lost.length === 0 ? [] : [words];
  return made >= candidates + surely && made <= candidates + lost.length ? [] : [words];
}

/** One written row for each candidate, and none that is still open. */
function journal(rows: readonly Row[], candidates: number): string[] {
  const written = rows.filter(({ state }) => state === 'written');
  const places = new Set(written.map(({ place }) => place));
  const over = ['written', 'lost', 'failed', 'unsent'];
  const open = rows.filter(({ state }) => !over.includes(state));
  return [
    ...(places.size === candidates && written.length === candidates
      ? []
      : [`${written.length} rows are written, for ${places.size} of ${candidates} candidates`]),
    ...open.map(({ state, place }) => `a request for ${place} is still ${state}`),
  ];
}

/** Every address in the workflow leads to a whole file, that of its own place. */
async function outputs(workflow: Workflow, rows: readonly Row[]): Promise<string[]> {
  const byUrl = new Map(rows.flatMap((row) => (row.url === null ? [] : [[row.url, row]])));
  const faults: string[] = [];
  for (const node of generationNodes(workflow)) {
    for (const [index, url] of node.saved.entries()) {
      const place = `${node.nodeId} ${Math.floor(index / node.perRow) + 1} ${(index % node.perRow) + 1}`;
      const row = url === null ? undefined : byUrl.get(url);
      if (url === null || row === undefined) {
        faults.push(`${place} has ${url}, which is nothing that was made`);
        continue;
      }
      if (row.place !== place) faults.push(`${place} has what was made for ${row.place}`);
      for (const file of [fileURLToPath(url), row.file ?? '']) {
        if ((await hashOf(file)) !== row.sha256) faults.push(`${file} is not what was fetched for ${place}`);
      }
    }
  }
  return faults;
}

/** The export has what the workflow has. */
async function exported(output: string | null, workflow: Workflow): Promise<string[]> {
  if (output === null) return ['there is no export'];
  const text = await readFile(output, 'utf8');
  const saved = (of: Workflow) => JSON.stringify(generationNodes(of).map((node) => node.saved));
  return saved(parseWorkflow(text, output)) === saved(workflow)
    ? []
    : [`${output} has not the workflow's outputs`];
}

/** Nothing half-written, and nobody who still lives. */
async function leftovers(desk: Desk, project: string): Promise<string[]> {
  const files = await readdir(project, { recursive: true });
  const half = files.filter((file) => /\.tmp$/.test(file)).map((file) => `${file} was left half-written`);
  if (process.platform !== 'linux') return half;
  const none = () => false;
  const living = await census({ folder: desk.folder, isGlabs: none, isCloudflared: none, isFlowdeck: none });
  return [...half, ...living.map(({ pid, command }) => `process ${pid} lives: ${command}`)];
}

const hashOf = async (file: string): Promise<string | null> => {
  const bytes = await readFile(file).catch(() => null);
  return bytes && createHash('sha256').update(bytes).digest('hex');
};
