import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { type Desk, type Ended, Line, openDesk } from '../../test-support.ts';
import { type Door, openDoor } from './door.ts';
import { judge } from './judge.ts';
import type { Blow, Story } from './moments.ts';

/** What came of a story. */
export interface Told {
  /** Processes that really died in their run; a blow that came too late killed nobody. */
  killed: number;
  simulatorsKilled: number;
  lost: number;
  faults: string[];
  /** The folder of a story that went wrong stays. */
  folder: string;
}

const faultsOf: Record<Story['mode'], string[]> = {
  up: [],
  drops: ['--fault', 'drop-answer,probability=0.2', '--fault', 'drop-before,probability=0.1'],
  dies: [],
};

/** Plays a story with real processes, lets the run end in peace, and looks at what is there. */
export async function play(story: Story, say: (line: string) => void): Promise<Told> {
  const desk = await openDesk();
  const door = await openDoor(['--latency', String(story.latencyMs), '--seed', '7', ...faultsOf[story.mode]]);
  const told: Told = { killed: 0, simulatorsKilled: 0, lost: 0, faults: [], folder: desk.folder };
  try {
    const workflow = await desk.workflow(story.workflow);
    await atHome(workflow);
    for (const blow of story.blows) {
      const end = await strike(desk, door, workflow, blow);
      if (end.simulatorDied) told.simulatorsKilled++;
      say(`${story.seed}: ${blow.how}, ${JSON.stringify(blow.moment)}: ${end.words}`);
      if (end.killed) told.killed++;
      if (end.killed || end.code === 0) continue;
      told.faults.push(`${blow.how} ended by itself with ${end.code}: ${end.stderr.slice(-1500)}`);
    }
    const last = await command(desk, door, workflow, 'run').ended;
    const verdict = await judge({ desk, door, workflow, last, mode: story.mode });
    told.lost = verdict.lost;
    told.faults.push(...verdict.faults);
  } finally {
    await door.close();
    if (told.faults.length === 0) await desk.close();
  }
  return told;
}

/** None of these workflows has output yet: what is elsewhere are references, and one on this machine serves as well. */
async function atHome(workflow: string): Promise<void> {
  const text = await readFile(workflow, 'utf8');
  await writeFile(workflow, text.replaceAll(/https:\/\/pub-0000\.r2\.dev\/[^"]*/g, '../refs/avatar-a.png'));
}

function command(desk: Desk, door: Door, workflow: string, how: Blow['how']) {
  const more = how === 'recover' ? ['--apply'] : [];
  const options = ['--json', '--server', door.url, '--poll-ms', '60', '--wait-backend', '60'];
  return desk.start([how, workflow, ...more, ...options]);
}

/** Starts a process and kills it at its moment, if it lives that long. */
async function strike(desk: Desk, door: Door, workflow: string, blow: Blow) {
  const running = command(desk, door, workflow, blow.how);
  const over = new AbortController();
  const ended: Promise<Ended> = running.ended.finally(() => over.abort());
  const came = momentCame(running, blow, over.signal);
  let simulatorDied = false;
  await came;
  if (!over.signal.aborted && blow.simulator !== null) {
    await door.kill();
    simulatorDied = true;
    await pause(blow.simulator, undefined, { signal: over.signal }).catch(() => undefined);
  }
  running.process.kill('SIGKILL');
  const { code, stderr } = await ended;
  if (simulatorDied) await door.revive();
  const killed = code === null;
  return { killed, code, stderr, simulatorDied, words: killed ? 'killed' : `had ended with ${code}` };
}

/** Resolves when the moment is there, or when the process has ended. */
async function momentCame(
  running: ReturnType<Desk['start']>,
  { moment }: Blow,
  over: AbortSignal,
): Promise<void> {
  const rest = (ms: number) => pause(ms, undefined, { signal: over }).catch(() => undefined);
  if (moment.after === 'start') return rest(moment.ms);
  const { stdout } = running.process;
  if (stdout === null) throw new Error('it has no output');
  let left = moment.nth;
  await new Promise<void>((resolve) => {
    over.addEventListener('abort', () => resolve(), { once: true });
    createInterface({ input: stdout }).on('line', (text) => {
      if (Line.parse(JSON.parse(text)).type === moment.after && --left === 0) resolve();
    });
  });
  await rest(moment.ms);
}
