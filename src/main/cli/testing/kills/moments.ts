import { drawsFor } from '../../../../simulator/chance.ts';

/** What the simulator does beside its work. */
export const modes = ['up', 'drops', 'dies'] as const;
/**
 * `up`: nothing. `drops`: it takes a request and never answers, or cuts the connection before it took it. `dies`: it is
 * killed too, and the next one knows no task of it.
 */
export type Mode = (typeof modes)[number];

/** When a process is killed: so long after its start, or so long after the nth line of a kind. Milliseconds. */
export type Moment =
  | { after: 'start'; ms: number }
  | { after: (typeof lines)[number]; nth: number; ms: number };

/** Lines of `run --json` after which something is under way that must not be lost. */
const lines = ['run.started', 'node.state', 'task.submitted', 'candidate.stored', 'run.finished'] as const;

/** One process of a story: how it is started, when it dies, and whether the simulator dies with it. */
export interface Blow {
  how: 'run' | 'recover';
  moment: Moment;
  /** The simulator dies so many milliseconds before it; null: it stays. */
  simulator: number | null;
}

export interface Story {
  seed: string;
  mode: Mode;
  workflow: string;
  latencyMs: number;
  blows: Blow[];
}

const workflows = ['valid/XYZG3-V0-1.nbflow', 'valid/minified.nbflow', 'valid/XYZG4-V2-0-1.nbflow'] as const;
/** From the start of a process to its first request, roughly, and how long a run of these workflows goes on. */
const STARTS_MS = 900;
const GOES_ON_MS = 3500;

/** What happens in the story of this number. The same seed gives the same blows, though not the same instants. */
export function tellStory(seed: number, number: number, mode: Mode, blows: number): Story {
  const draw = drawsFor(seed, 'kills', mode, number);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(draw() * of.length)] as T;
  return {
    seed: `${seed}.${number}`,
    mode,
    workflow: pick(workflows),
    latencyMs: pick([0, 60, 250, 600]),
    blows: Array.from(
      { length: blows },
      (_, index): Blow => ({
        how: index > 0 && draw() < 0.5 ? 'recover' : 'run',
        moment: momentOf(draw, pick),
        simulator: mode === 'dies' && draw() < 0.5 ? Math.round(draw() * 400) : null,
      }),
    ),
  };
}

function momentOf(draw: () => number, pick: <T>(of: readonly T[]) => T): Moment {
  if (draw() < 0.5) return { after: 'start', ms: Math.round(STARTS_MS + draw() * GOES_ON_MS) };
  const after = pick(lines);
  const most = after === 'run.started' || after === 'run.finished' ? 1 : 30;
  return { after, nth: 1 + Math.floor(draw() * most), ms: Math.round(draw() ** 3 * 120) };
}
