import { type ChaosRun, startRun } from './chaos-run.ts';
import { type EventKind, planEvents } from './events.ts';
import { openStage, pause, type Stage, type StageOptions, soon } from './stage.ts';
import { strike } from './strike.ts';
import { keepUp } from './upkeep.ts';
import { judgeCalm, judgeEnd } from './verdict.ts';
import { watchResidents } from './watch.ts';

export interface ChaosOptions extends StageOptions {
  events: number;
  kinds?: readonly EventKind[];
  /** How much of the pauses between events is kept; default 1. */
  pauses?: number;
  scenes: number;
}

export interface ChaosReport {
  /** Empty: all is as it must be. */
  faults: readonly string[];
  /** Everything that was told, line by line. */
  lines: readonly string[];
  struck: Partial<Record<EventKind, number>>;
  /** Events that found nothing to strike. */
  missed: number;
  counts: Record<string, number>;
  runs: { lost: number; submitted: number }[];
  helped: number;
}

/** A run that hears nothing for so long will not end by itself any more. */
const RUN_END_MS = 20 * 60_000;
const UP_MS = 180_000;
/** For how long a calm is waited for. */
const CALM_MS = 60_000;

/**
 * Real processes, a run through all of it, and the events of a seed; then everything has to be well (issue 4). Ends
 * what it started, whatever comes of it. Rejects when it is stopped by `signal`; its process is to end then.
 */
export async function runChaos(
  options: ChaosOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<ChaosReport> {
  const stage = await openStage(options);
  const stopped = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => stopped.reject(signal.reason));
  try {
    return await Promise.race([play(stage, options), stopped.promise]);
  } finally {
    await stage.close();
  }
}

async function play(stage: Stage, options: ChaosOptions): Promise<ChaosReport> {
  const { chronicle } = stage;
  const upkeep = keepUp(stage);
  const watch = watchResidents(stage);
  const struck: ChaosReport['struck'] = {};
  let missed = 0;
  const runs: ChaosRun[] = [];
  const begin = async () => {
    if (!(await soon(UP_MS, () => isUp(stage)))) chronicle.fault('the services are not up for a run');
    runs.push(await startRun(stage, `project-${runs.length + 1}`, options.scenes));
  };
  await begin();
  const events = planEvents(options.seed, options.events, options.kinds);
  for (const [index, event] of events.entries()) {
    // Chaos is of interest only where somebody works.
    if (runs.at(-1)?.over()) await begin();
    if (event.calm) await soon(CALM_MS, () => isUp(stage) && runs.at(-1)?.waits() === false);
    await pause(event.pauseMs * (options.pauses ?? 1));
    chronicle.tell('event', `#${index + 1} ${event.kind}`);
    const done = await strike(event, stage, upkeep);
    if (done === null) missed++;
    else struck[event.kind] = (struck[event.kind] ?? 0) + 1;
    chronicle.tell('event', `#${index + 1} ${event.kind}: ${done ?? 'there was nothing to strike'}`);
  }
  chronicle.tell('end', 'no more events');
  const ends = [];
  for (const run of runs) {
    if (!(await soon(RUN_END_MS, () => run.over()))) {
      chronicle.fault(`the run of process ${run.pid} does not end`);
      process.kill(run.pid, 'SIGKILL');
    }
    const finished = await run.judge();
    if (finished !== null) ends.push(finished.counts);
  }
  await judgeCalm(stage);
  await judgeEnd(stage, upkeep, watch);
  return {
    faults: chronicle.faults(),
    lines: chronicle.lines(),
    struck,
    missed,
    counts: chronicle.counts(),
    runs: ends.map(({ lost, submitted }) => ({ lost, submitted })),
    helped: upkeep.helped(),
  };
}

const isUp = (stage: Stage): boolean =>
  stage.view('glabs')?.state === 'ready' && stage.view('tunnel')?.tunnel?.stage === 'verified';
