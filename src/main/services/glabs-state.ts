import type { GlabsPlan } from './glabs-plan.ts';
import type { Problem } from './glabs-words.ts';
import type { ProbeOutcome } from './probe.ts';

/**
 * looking: asking what is on the port before anything is started. waiting: between two starts. All others as
 * ServiceState of shared/services.ts.
 */
export type Phase =
  | 'stopped'
  | 'looking'
  | 'starting'
  | 'ready'
  | 'unhealthy'
  | 'waiting'
  | 'stopping'
  | 'failed'
  | 'foreign';

export interface GlabsState {
  desired: 'up' | 'down';
  phase: Phase;
  /** When the phase began, milliseconds since the epoch. */
  since: number;
  /** Grows with every new thing that is begun; a callback that carries another one is stale. */
  generation: number;
  plan: GlabsPlan;
  /** What the settings say since `child` was started; null: still `plan`. */
  nextPlan: GlabsPlan | null;
  /** The process we started and have not yet seen the end of, with everything it started. At most one, ever. */
  child: Child | null;
  adopted: boolean;
  demo: boolean;
  /** A real G-Labs was seen at this address: from then on the demo never stands in for it. */
  realSeenAt: string | null;
  /** Pid of what was adopted, if the system tells. */
  adoptedPid: number | null;
  /** Probes without an answer in a row. */
  misses: number;
  readyAt: number | null;
  /** Since the last 60 s of health. */
  failures: Record<FailureKind, number>;
  /** In a row, each after less than five seconds of health. */
  quickFailures: number;
  /** Starts after the first one, since Start was pressed. */
  restarts: number;
  nextAttemptAt: number | null;
  lastProbe: { at: number; outcome: ProbeOutcome } | null;
  problem: Problem | null;
  /** G-Labs is there, but does not take the key; what is asked of it will be refused. */
  keyProblem: Problem | null;
  /** When it was last asked whether it takes the key, milliseconds since the epoch. */
  keyAskedAt: number;
  /** Misses before then are not counted: the machine woke up, or its network changed. Milliseconds since the epoch. */
  calmUntil: number;
}

export interface Child {
  generation: number;
  kind: 'command' | 'demo';
  pid: number | null;
  /** It was asked to end, or ended and its group is being swept. */
  ending: boolean;
  /** An earlier Flowdeck started it. */
  taken: boolean;
}

export type FailureKind = 'couldNotStart' | 'neverReady' | 'died';

export type GlabsEvent =
  | { type: 'start'; plan: GlabsPlan }
  | { type: 'stop' }
  /** The settings changed. */
  | { type: 'planned'; plan: GlabsPlan }
  /** An earlier Flowdeck left a process of ours running, and it is to go on. */
  | { type: 'left-over'; pid: number; demo: boolean }
  /** The machine slept, or its network changed. */
  | { type: 'woke' }
  | { type: 'key-checked'; generation: number; problem: Problem | null }
  /** Something healthy was found on the port without anybody having pressed Start. */
  | { type: 'found'; generation: number; outcome: ProbeOutcome; owner: Owner | null }
  | { type: 'probed'; generation: number; outcome: ProbeOutcome; owner: Owner | null }
  | { type: 'spawned'; generation: number; pid: number }
  | { type: 'spawn-failed'; generation: number; message: string; cure: string }
  /** The process we started ended; what it left behind is being ended. */
  | { type: 'exited'; generation: number; how: string; lastOutput: string }
  /** Nothing of the process group is left. */
  | { type: 'gone'; generation: number }
  | { type: 'timer'; generation: number; name: TimerName; lastOutput: string };

export interface Owner {
  pid: number;
  program: string;
}

export type TimerName = 'probe' | 'deadline' | 'restart';

export type GlabsEffect =
  /** `look`: also find out who owns the port. `limitMs`: no answer until then is silence. */
  | { type: 'probe'; generation: number; look: boolean; limitMs: number }
  /** Asks G-Labs whether it takes the key. */
  | { type: 'check-key'; generation: number }
  /** Takes the process of `left-over` into our care. */
  | { type: 'take-over'; generation: number }
  | { type: 'spawn'; generation: number; kind: 'command' | 'demo' }
  /** Ends the process of this generation and its whole group. */
  | { type: 'end'; generation: number }
  | { type: 'timer'; generation: number; name: TimerName; ms: number };

export function initialGlabsState(
  plan: GlabsPlan,
  now: number,
  realSeenAt: string | null = null,
): GlabsState {
  return {
    desired: 'down',
    phase: 'stopped',
    since: now,
    generation: 1,
    plan,
    nextPlan: null,
    child: null,
    adopted: false,
    demo: false,
    realSeenAt,
    adoptedPid: null,
    misses: 0,
    readyAt: null,
    failures: { couldNotStart: 0, neverReady: 0, died: 0 },
    quickFailures: 0,
    restarts: 0,
    nextAttemptAt: null,
    lastProbe: null,
    problem: null,
    keyProblem: null,
    keyAskedAt: 0,
    calmUntil: 0,
  };
}
