import { RunOptions } from '../../../../shared/domain.ts';
import { type Failure, toFailure } from '../../../../shared/failure.ts';
import type { RunEventOf } from '../../../../shared/run-events.ts';
import { createRunner } from '../../runner.ts';
import type { RunHandle, Runner, StartControl } from '../../runner-api.ts';
import type { Site } from './site.ts';
import type { SimProcess } from './world.ts';

/** What became of a process that ran the workflow once. */
export type Ended =
  | { kind: 'died' }
  | { kind: 'ran'; event: RunEventOf<'run.finished'>; failure: Failure | null; generations: number }
  | { kind: 'refused'; failure: Failure }
  /** It waits for something that never comes, or goes round and round. */
  | { kind: 'stuck'; why: string };

export interface Life {
  options?: Partial<RunOptions>;
  control?: StartControl;
  /** Steps until it is killed; null: it is not. */
  diesAfter: number | null;
  /** Hears of the run when it has begun: what a person does meanwhile. */
  meanwhile?: (handle: RunHandle, process: SimProcess) => void;
}

/** More than any run of a small workflow needs, backoffs included. */
const MOST_STEPS = 40_000;

/** One process: starts the runner, runs the workflow, ends; or is killed somewhere on the way. */
export async function live(
  site: Site,
  { options = {}, control, diesAfter, meanwhile }: Life,
): Promise<Ended> {
  const { world } = site;
  const process = world.begin();
  const runner = createRunner(site.of(process));
  const ended = await untilOver(
    site,
    process,
    diesAfter,
    (async (): Promise<Ended> => {
      try {
        const handle = await runner.start(site.workflow, RunOptions.parse(options), control);
        handle.onEvent((event) => {
          const told = 'message' in event ? event.message : 'reason' in event ? event.reason : undefined;
          const of = 'nodeId' in event && event.nodeId !== undefined ? ` of ${event.nodeId}` : '';
          world.note(
            `  ${event.type}${of}${'state' in event ? ` ${event.state}` : ''}${told ? `: ${told}` : ''}`,
          );
        });
        meanwhile?.(handle, process);
        const { event, failure } = await handle.finished;
        return { kind: 'ran', event, failure, generations: handle.view().summary.plan.generations };
      } catch (error) {
        return { kind: 'refused', failure: toFailure(error) };
      }
    })(),
  );
  if (ended.kind === 'died') return ended;
  const held = site.locks.held();
  if (held.length > 0 && ended.kind !== 'stuck')
    return { kind: 'stuck', why: `the run is over and ${held.join(', ')} is locked` };
  world.kill(process);
  return ended;
}

/** A process that does one thing and ends. */
export async function once<T>(
  site: Site,
  work: (runner: Runner) => Promise<T>,
): Promise<T | { stuck: string }> {
  const process = site.world.begin();
  const runner = createRunner(site.of(process));
  const done = await untilOver(
    site,
    process,
    null,
    work(runner).then((value) => ({ kind: 'done' as const, value })),
  );
  site.world.kill(process);
  if (done.kind === 'done') return done.value;
  return { stuck: done.kind === 'stuck' ? done.why : 'it died' };
}

async function untilOver<T>(
  { world }: Site,
  process: SimProcess,
  diesAfter: number | null,
  work: Promise<T>,
): Promise<T | Extract<Ended, { kind: 'died' | 'stuck' }>> {
  let over: { value: T } | null = null;
  let broken: { error: unknown } | null = null;
  work.then(
    (value) => {
      over = { value };
    },
    (error: unknown) => {
      broken = { error };
    },
  );
  const when = world.dice.chance(0.5) ? 'before' : 'after';
  for (let steps = 0; ; steps++) {
    await world.rest();
    // What the callbacks above have set: the compiler does not see them run.
    const result = over as { value: T } | null;
    const problem = broken as { error: unknown } | null;
    if (result) return result.value;
    if (problem) throw problem.error;
    const dies = diesAfter !== null && steps >= diesAfter ? ({ process, when } as const) : undefined;
    if (world.advance(dies) === 'nothing to do')
      return { kind: 'stuck', why: 'everybody waits for something that never comes' };
    if (dies) return { kind: 'died' };
    if (steps > MOST_STEPS) return { kind: 'stuck', why: `no end after ${MOST_STEPS} steps` };
  }
}
