import type { Problem, TunnelStage } from '../../shared/services.ts';
import type { CloudflaredSign, Trouble } from './cloudflared-lines.ts';
import type { PublicAnswer, Ready, Verdict } from './tunnel-verdict.ts';

export type TunnelMode = 'quick' | 'named' | 'url' | 'none';

/** What starting the tunnel means by the settings of this moment. */
export interface TunnelPlan {
  mode: TunnelMode;
  /** Path of cloudflared; empty where it is not needed. */
  program: string;
  /** Flags that this binary does not know yet. */
  without: readonly string[];
  /** Where requests from outside go, without a trailing slash. */
  originUrl: string;
  /** For the modes named and url, without a trailing slash. */
  publicUrl: string | null;
  /** Where public probes go instead. */
  probeOrigin: string | null;
  healthPaths: readonly string[];
  /** Why Start cannot do anything at all: no program, no token, no address. */
  problem: Problem | null;
}

/** Milliseconds (cloudflared.md B14). */
export interface TunnelTimes {
  /** From the start of the process. */
  urlDeadline: number;
  registeredDeadline: number;
  verifiedDeadline: number;
  /** Before the name is looked up for the first time: a miss would be remembered. */
  settle: number;
  /** Between looks at `/ready` while the edge is being reached. */
  connectingLook: number;
  /** First pause between public looks while the name spreads; doubles up to eight times as much. */
  settlingLook: number;
  look: number;
  publicLook: number;
  /** Misses that last this long are answered by a new start. */
  lostAfter: number;
  /** After sleep or a change of the network, misses do not count. */
  calm: number;
  /** A failure is quick when it was verified for less than this before. */
  quick: number;
  steady: number;
  backoffFirst: number;
  backoffMost: number;
  creationWindow: number;
  sweepCheck: number;
}

export const tunnelTimes: TunnelTimes = {
  urlDeadline: 30_000,
  registeredDeadline: 45_000,
  verifiedDeadline: 90_000,
  settle: 5000,
  connectingLook: 1000,
  settlingLook: 1000,
  look: 10_000,
  publicLook: 60_000,
  lostAfter: 90_000,
  calm: 20_000,
  quick: 5000,
  steady: 60_000,
  backoffFirst: 5000,
  backoffMost: 300_000,
  creationWindow: 600_000,
  sweepCheck: 250,
};

export interface TunnelState {
  desired: 'up' | 'down';
  phase: TunnelStage;
  /** When the phase began, milliseconds since the epoch; so are all times here. */
  since: number;
  /** Grows with every new thing that is begun; a callback that carries another one is stale. */
  generation: number;
  plan: TunnelPlan;
  /** cloudflared, as long as anything of it is left. At most one, ever. */
  child: { generation: number; pid: number | null; ending: boolean } | null;
  /** Public address of what runs now, seen to work or not. */
  url: string | null;
  metricsPort: number | null;
  /** The watch under way; an answer to an earlier look is stale. */
  look: number;
  /** A look was brought forward and has not been answered: a flood of signs is one look. */
  hurried: boolean;
  lastPublicAt: number | null;
  lastVerdict: Verdict | null;
  /** Since the last good answer. */
  originRefused: boolean;
  /** Cloudflare says that it has forgotten the tunnel. */
  deleted: boolean;
  /** What cloudflared complained of since it was started. */
  trouble: Trouble | null;
  refusedFlag: string | null;
  /** Flags that the binary turned out not to know. */
  without: readonly string[];
  /** Until then the name must not be looked up. */
  quietUntil: number;
  /** Public looks while settling: they become rarer. */
  settlingLooks: number;
  misses: number;
  firstMissAt: number | null;
  /** The misses have lasted; one more look, then a new start. */
  rechecking: boolean;
  /** Misses before this time do not count. */
  calmUntil: number;
  verifiedSince: number | null;
  /** Failures in a row, for the pause before the next start. */
  failures: number;
  /** Those of them that waiting does not cure. */
  quickFailures: number;
  /** Starts in a row that never reached the edge: they choose the protocol. */
  failedStarts: number;
  /** When quick tunnels were asked for, oldest first; those of earlier sessions too. */
  creations: readonly number[];
  restarts: number;
  /** Why the next start is necessary; null: a person asks. */
  reason: string | null;
  /** Why the last start was. */
  startedFor: string | null;
  nextAttemptAt: number | null;
  /** What is waited for: `network` begins anew as soon as there is one; `leave`: until Cloudflare gives tunnels again. */
  waitingFor: 'pause' | 'network' | 'leave' | null;
  lastProbe: { at: number; ok: boolean; ms: number; message: string } | null;
  problem: Problem | null;
}

/** What a look found. Null: it was not asked. */
export interface Found {
  ready: Ready;
  /** Of `/quicktunnel`. */
  hostname: string | null;
  public: { url: string; answer: PublicAnswer; cachedMiss: boolean } | null;
  originUp: boolean;
}

export type TimerName = 'url' | 'registered' | 'verified' | 'settle' | 'look' | 'restart';

export type TunnelEvent =
  | { type: 'start'; plan: TunnelPlan }
  | { type: 'stop' }
  /** The settings changed. */
  | { type: 'planned'; plan: TunnelPlan }
  | { type: 'spawned'; generation: number; pid: number }
  | { type: 'spawn-failed'; generation: number; problem: Problem }
  /** The process ended; what it left behind is being ended. */
  | { type: 'exited'; generation: number; how: string; lastOutput: string }
  | { type: 'gone'; generation: number }
  | { type: 'sign'; generation: number; sign: CloudflaredSign }
  | { type: 'looked'; generation: number; look: number; found: Found }
  /** `look`: which watch it belongs to. */
  | { type: 'timer'; generation: number; name: TimerName; look: number; lastOutput: string }
  /** An earlier Flowdeck left a cloudflared of ours running on purpose, and it is to go on. */
  | { type: 'left-over'; pid: number; url: string; metricsPort: number; plan: TunnelPlan }
  /** G-Labs came or went. */
  | { type: 'origin' }
  | { type: 'network' };

export type TunnelEffect =
  /** The time is written down before the process is begun: a crash in between counts it. */
  | { type: 'note-creation'; at: number; forgetBefore: number }
  | { type: 'spawn'; generation: number; failedStarts: number; without: readonly string[] }
  /** Takes the process of `left-over` into our care. */
  | { type: 'take-over'; generation: number }
  | { type: 'end'; generation: number }
  | { type: 'look'; generation: number; look: number; public: boolean; hostname: boolean }
  | { type: 'timer'; generation: number; name: TimerName; look: number; ms: number }
  | { type: 'publish'; url: string };

export function initialTunnelState(
  plan: TunnelPlan,
  now: number,
  creations: readonly number[] = [],
): TunnelState {
  return {
    desired: 'down',
    phase: 'stopped',
    since: now,
    generation: 1,
    plan,
    child: null,
    ...fresh(),
    without: [],
    calmUntil: 0,
    failures: 0,
    quickFailures: 0,
    failedStarts: 0,
    creations,
    restarts: 0,
    reason: null,
    startedFor: null,
    nextAttemptAt: null,
    waitingFor: null,
    lastProbe: null,
    problem: null,
  };
}

/** When this changes, a tunnel that runs is of no use any more. */
export function startKey({ mode, program, originUrl, problem }: TunnelPlan): string {
  // Only a quick tunnel is told where G-Labs is; the way of a named one is set in Cloudflare's dashboard.
  return JSON.stringify([mode, program, mode === 'quick' ? originUrl : null, problem !== null]);
}

/** What is known of a tunnel that has just been begun: nothing. */
export function fresh() {
  return {
    url: null,
    metricsPort: null,
    look: 0,
    hurried: false,
    lastPublicAt: null,
    lastVerdict: null,
    originRefused: false,
    deleted: false,
    trouble: null,
    refusedFlag: null,
    quietUntil: 0,
    settlingLooks: 0,
    misses: 0,
    firstMissAt: null,
    rechecking: false,
    verifiedSince: null,
  } satisfies Partial<TunnelState>;
}
