import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { RunEvent, type RunEventOf } from '../../../../shared/run-events.ts';
import type { JournalState } from '../../../db/journal.ts';
import { type Ended, Line } from '../../test-support.ts';
import { makeProject } from './project.ts';
import type { Stage } from './stage.ts';

/** A run of a workflow in a process of its own, by the real clock. */
export interface ChaosRun {
  pid: number;
  over(): boolean;
  /** It waits for its backend just now. */
  waits(): boolean;
  ended: Promise<Ended>;
  /** Tells of everything that is not as it must be once it has ended, and gives its last line. */
  judge(): Promise<RunEventOf<'run.finished'> | null>;
}

/** Of the made workflow: four pictures and four clips a scene. */
const CANDIDATES_OF_SCENE = 8;
const Planned = z.looseObject({ type: z.literal('plan.finished'), generations: z.number() });

/** Resolves when G-Labs is at work for it, or when it has ended. */
export async function startRun(stage: Stage, name: string, scenes: number): Promise<ChaosRun> {
  const { desk, chronicle } = stage;
  const project = join(desk.folder, name);
  const workflow = await makeProject(project, scenes);
  const running = desk.start(['run', workflow, '--json', '--wait-backend', '1200']);
  const events: RunEvent[] = [];
  let over = false;
  if (running.process.stdout) {
    createInterface({ input: running.process.stdout }).on('line', (text) => {
      const line = Line.parse(JSON.parse(text));
      chronicle.hear('run', line);
      const event = RunEvent.safeParse(line);
      if (event.success) events.push(event.data);
    });
  }
  const ended = running.ended.finally(() => {
    over = true;
  });
  const pid = running.process.pid ?? 0;
  chronicle.tell('run', `process ${pid} begins with ${name}, ${scenes} scenes`);

  await Promise.race([running.line('task.submitted'), ended]);

  const judge: ChaosRun['judge'] = async () => {
    const { code, stderr } = await ended;
    const fault = (text: string) => chronicle.fault(`${name}: ${text}`);
    if (code !== 0) fault(`the run ended with ${code}: ${stderr.slice(-2000)}`);
    const finished = events.findLast((event) => event.type === 'run.finished') ?? null;
    if (finished === null) {
      fault('the run has no end');
      return null;
    }
    const { status, counts } = finished;
    const candidates = scenes * CANDIDATES_OF_SCENE;
    if (status !== 'completed' || counts.failed > 0) fault(`it is ${status}, ${counts.failed} nodes failed`);
    const wrong = [
      ...ordered(events, candidates),
      ...booked(stage, finished, events, candidates),
      ...(await filesOf(project, events)),
    ];
    for (const text of wrong) fault(text);
    const planned = await desk.flowdeck('plan', workflow, '--json');
    const plan = Planned.safeParse(planned.lines().at(-1));
    if (plan.data?.generations !== 0) fault(`another run would make ${plan.data?.generations} again`);
    return finished;
  };
  const waits = () => {
    const last = events.findLast(({ type }) => type === 'backend.down' || type === 'backend.up');
    return last?.type === 'backend.down';
  };
  return { pid, over: () => over, waits, ended, judge };
}

/** Every candidate is stored once, and not asked for again after that; every outage it told is over. */
function ordered(events: readonly RunEvent[], candidates: number): string[] {
  const wrong: string[] = [];
  const stored = new Set<string>();
  for (const event of events) {
    if (event.type !== 'candidate.stored' && event.type !== 'task.submitted') continue;
    const place = `node ${event.nodeId} row ${event.row} candidate ${event.candidate}`;
    if (stored.has(place)) wrong.push(`${place} was done, and then came ${event.type}`);
    if (event.type === 'candidate.stored') stored.add(place);
  }
  if (stored.size !== candidates) wrong.push(`${stored.size} of ${candidates} candidates are stored`);
  const count = (type: string) => events.filter((event) => event.type === type).length;
  const [down, up] = [count('backend.down'), count('backend.up')];
  if (down !== up) wrong.push(`${down} outages began, ${up} ended`);
  return wrong;
}

/** The journal has one written row for each candidate, and every other request of the run is accounted for. */
function booked(
  { db }: Stage,
  { runId, counts }: RunEventOf<'run.finished'>,
  events: readonly RunEvent[],
  candidates: number,
): string[] {
  const nodes = new Set(events.flatMap((event) => (event.type === 'task.submitted' ? [event.nodeId] : [])));
  const rows = [...nodes].flatMap((nodeId) => db.journal.ofNode(runId, nodeId));
  const wrong: string[] = [];
  const count = (state: JournalState) => rows.filter((row) => row.state === state).length;
  const [written, lost, refused] = [count('written'), count('lost'), count('failed')];
  const unsent = count('unsent');
  const places = new Set(
    rows.filter(({ state }) => state === 'written').map((row) => `${row.nodeId} ${row.row} ${row.candidate}`),
  );
  if (written !== candidates || places.size !== candidates) {
    wrong.push(`${written} rows are written, for ${places.size} of ${candidates} candidates`);
  }
  const open = rows.length - written - lost - refused - unsent;
  if (open > 0) wrong.push(`${open} requests are left open in the journal`);
  const refusedElse = rows.filter(({ state, errorCode }) => state === 'failed' && errorCode !== 503);
  for (const row of refusedElse) wrong.push(`a request was refused: ${row.errorCode} ${row.message}`);
  if (lost !== counts.lost) wrong.push(`${counts.lost} are lost, ${lost} in the journal`);
  // Also one that was answered with 503 left this machine; one that surely never arrived counts for nothing.
  if (counts.submitted !== written + lost + refused) {
    wrong.push(
      `${counts.submitted} submissions: ${written} done, ${lost} lost, ${refused} refused, ${unsent} unsent`,
    );
  }
  return wrong;
}

/** What was stored is there as it was told, and nothing else is but copies of it (those of the picked ones). */
async function filesOf(project: string, events: readonly RunEvent[]): Promise<string[]> {
  const wrong: string[] = [];
  const stored = events.filter((event) => event.type === 'candidate.stored');
  for (const { file, sha256 } of stored) {
    if ((await hashOf(resolve(project, file))) !== sha256) wrong.push(`${file} is not what was stored`);
  }
  const known = new Set(stored.map(({ sha256 }) => sha256));
  const assets = await readdir(join(project, 'Assets'), { recursive: true, withFileTypes: true });
  for (const entry of assets.filter((each) => each.isFile())) {
    const file = join(entry.parentPath, entry.name);
    if (!known.has(await hashOf(file))) wrong.push(`${file} lies there, and is nothing that was stored`);
  }
  return wrong;
}

const hashOf = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
