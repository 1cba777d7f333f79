import { restartDelay } from './backoff.ts';
import type { GlabsPlan } from './glabs-plan.ts';
import type { FailureKind, GlabsEffect, GlabsEvent, GlabsState, Owner, Phase } from './glabs-state.ts';
import { type Problem, problems } from './glabs-words.ts';
import type { ProbeOutcome } from './probe.ts';

/** Milliseconds. behaviour.md §10. */
export const probeEveryMs = 2000;
const probeWhileStartingMs = 250;
const probeLimitMs = 3000;
/** Of one that was ready: three misses at one begin every 2 s are a hang, noticed within 8 s. */
const watchLimitMs = 1500;
const calmMs = 10_000;
const askKeyAgainMs = 10_000;
const sweepCheckMs = 250;
const healthyResetMs = 60_000;
const missesUntilUnhealthy = 3;
const quickFailuresUntilFailed = 5;
/** A failure is quick when less health than this came before it. */
const quickMs = 5000;

export interface Step {
  state: GlabsState;
  effects: GlabsEffect[];
}

/**
 * The supervision of G-Labs as a pure function (behaviour.md §10): what is, what happened → what is now, what to do.
 * Two things hold whatever the order of events: at most one process of ours is alive, and what the person last asked
 * for is not lost. `now` in milliseconds since the epoch, `random` in [0, 1).
 */
export function reduceGlabs(
  state: GlabsState,
  event: GlabsEvent,
  context: { now: number; random: number },
): Step {
  return new Reduction(state, context.now, context.random).on(event);
}

const nothing = (state: GlabsState): Step => ({ state, effects: [] });

class Reduction {
  readonly state: GlabsState;
  readonly now: number;
  readonly random: number;

  constructor(state: GlabsState, now: number, random: number) {
    this.state = state;
    this.now = now;
    this.random = random;
  }

  on(event: GlabsEvent): Step {
    switch (event.type) {
      case 'start':
        return this.start(this.planning(event.plan));
      case 'stop':
        return this.stop();
      case 'planned':
        return this.planned(this.planning(event.plan));
      case 'left-over':
        return this.leftOver(event);
      case 'woke':
        return this.woke();
      case 'key-checked':
        return event.generation === this.state.generation
          ? nothing({ ...this.state, keyProblem: event.problem })
          : nothing(this.state);
      case 'found':
        return this.found(event);
      case 'probed':
        return this.probed(event);
      case 'spawned':
        return this.spawned(event);
      case 'spawn-failed':
        return this.spawnFailed(event);
      case 'exited':
        return this.exited(event);
      case 'gone':
        return this.gone(event.generation);
      case 'timer':
        return this.timer(event);
    }
  }

  /** What we started goes on as it is, and is looked at where it listens: the new plan counts from its next start. */
  private planning(plan: GlabsPlan): GlabsState {
    const { state } = this;
    return state.child === null ? { ...state, plan, nextPlan: null } : { ...state, nextPlan: plan };
  }

  private start(state: GlabsState): Step {
    const busy: Phase[] = ['looking', 'starting', 'ready'];
    if (state.desired === 'up' && busy.includes(state.phase)) return nothing(state);
    // A hung process of ours that still runs is not helped by a second one beside it.
    if (state.desired === 'up' && state.phase === 'stopping') return nothing(state);
    return this.attempt({
      ...state,
      desired: 'up',
      restarts: 0,
      failures: { couldNotStart: 0, neverReady: 0, died: 0 },
      quickFailures: 0,
      problem: null,
    });
  }

  private stop(): Step {
    const down = this.enter(
      { ...this.state, desired: 'down', problem: null, nextAttemptAt: null },
      'stopped',
      true,
    );
    // What is not ours runs on, and Start would find it there.
    const lastProbe = this.state.adopted ? this.state.lastProbe : null;
    const cleared = {
      ...down,
      plan: down.nextPlan ?? down.plan,
      nextPlan: null,
      lastProbe,
      adopted: false,
      demo: false,
      adoptedPid: null,
      misses: 0,
      readyAt: null,
      keyProblem: null,
    };
    return this.endChild(cleared, 'stopping');
  }

  private planned(state: GlabsState): Step {
    if (state.plan.url === this.state.plan.url) return nothing(state);
    // A look at the old address that is under way says nothing about the new one.
    if (state.phase === 'stopped') return nothing(this.enter(state, 'stopped', true));
    const looks: Phase[] = ['looking', 'ready', 'unhealthy', 'foreign'];
    return looks.includes(state.phase) && state.desired === 'up' ? this.attempt(state) : nothing(state);
  }

  /** It counts as started here: watched, ended, started again. */
  private leftOver({ pid, demo }: { pid: number; demo: boolean }): Step {
    const { state } = this;
    if (state.child !== null || state.phase !== 'stopped') return nothing(state);
    const starting = this.enter({ ...state, desired: 'up', demo }, 'starting', true);
    const { generation } = starting;
    const kind = demo ? 'demo' : 'command';
    return {
      state: { ...starting, child: { generation, kind, pid, ending: false, taken: true } },
      effects: [
        { type: 'take-over', generation },
        { type: 'timer', generation, name: 'deadline', ms: state.plan.startupTimeoutMs },
        { type: 'probe', generation, look: false, limitMs: probeLimitMs },
      ],
    };
  }

  /** Looks at once; what was under way may have waited for hours. */
  private woke(): Step {
    const { state } = this;
    if (!['ready', 'unhealthy', 'foreign'].includes(state.phase)) return nothing(state);
    const calm = { ...this.enter(state, state.phase, true), calmUntil: this.now + calmMs };
    const step = this.probeNow(calm);
    // The answer about the key may have got lost with what was under way.
    return state.phase === 'ready' ? this.askKey(step) : step;
  }

  private found({ generation, outcome, owner }: Found): Step {
    const { state } = this;
    if (state.phase !== 'stopped' || generation !== state.generation || outcome.kind !== 'up')
      return nothing(state);
    const lastProbe = { at: this.now, outcome };
    return this.adopt({ ...state, desired: 'up', lastProbe }, outcome, owner);
  }

  private probed({ generation, outcome, owner }: Found): Step {
    if (generation !== this.state.generation) return nothing(this.state);
    const state: GlabsState = { ...this.state, lastProbe: { at: this.now, outcome } };
    switch (state.phase) {
      case 'looking':
        return this.looked(state, outcome, owner);
      case 'starting':
        return outcome.kind === 'up' ? this.ready(state, outcome) : this.again(state, probeWhileStartingMs);
      case 'ready':
      case 'unhealthy':
        return this.watched(state, outcome);
      case 'foreign':
        return outcome.kind === 'foreign' || outcome.kind === 'silent'
          ? this.again(state)
          : this.attempt(state);
      default:
        return nothing(state);
    }
  }

  /** Nothing of ours runs; what is on the port? */
  private looked(state: GlabsState, outcome: ProbeOutcome, owner: Owner | null): Step {
    if (outcome.kind === 'up') return this.adopt(state, outcome, owner);
    if (outcome.kind === 'silent' && owner === null && state.misses + 1 < missesUntilUnhealthy) {
      // It broke off, and nobody has the port: one that was just ending, such as the one before.
      return this.again({ ...state, misses: state.misses + 1 }, probeWhileStartingMs);
    }
    if (outcome.kind !== 'down') {
      const problem = problems.foreign(state.plan.url, owner, outcome.message);
      return this.again({ ...this.enter(state, 'foreign'), problem });
    }
    const mayDemo = state.realSeenAt !== state.plan.url;
    if (state.plan.launch === 'none' || (state.plan.launch === 'demo' && !mayDemo)) {
      return this.again({
        ...this.enter(state, 'unhealthy'),
        problem: problems.nothingThere(state.plan.url),
      });
    }
    const kind = state.plan.launch;
    const starting = this.enter({ ...state, demo: kind === 'demo', misses: 0 }, 'starting');
    const { generation } = starting;
    return {
      state: { ...starting, child: { generation, kind, pid: null, ending: false, taken: false } },
      effects: [
        { type: 'spawn', generation, kind },
        { type: 'timer', generation, name: 'deadline', ms: state.plan.startupTimeoutMs },
        { type: 'timer', generation, name: 'probe', ms: probeWhileStartingMs },
      ],
    };
  }

  private adopt(state: GlabsState, outcome: ProbeOutcome, owner: Owner | null): Step {
    return this.ready({ ...state, adopted: true, adoptedPid: owner?.pid ?? null }, outcome);
  }

  private ready(state: GlabsState, outcome: ProbeOutcome): Step {
    const demo = outcome.demo || state.child?.kind === 'demo';
    // Also one that was started here: from now on the demo never stands in for it.
    const realSeenAt = demo ? state.realSeenAt : state.plan.url;
    const entered = { ...this.enter(state, 'ready'), realSeenAt };
    const readyAt = state.readyAt ?? this.now;
    return this.askKey(this.watchAgain({ ...entered, demo, misses: 0, readyAt, problem: null }, outcome));
  }

  /** A look at what is, or was, ready. */
  private watched(state: GlabsState, outcome: ProbeOutcome): Step {
    if (outcome.kind === 'up') return this.healthy(state, outcome);
    if (this.now < state.calmUntil) return this.watchAgain(state, outcome);
    const misses = state.misses + 1;
    const missed = { ...state, misses };
    if (misses < missesUntilUnhealthy) return this.watchAgain(missed, outcome);
    if (state.child) return this.failed(missed, 'died', problems.hung());
    if (outcome.kind === 'foreign') return this.attempt(missed);
    // What we adopted is gone: the configured command, or another demo after a demo, takes its place.
    const launch = state.plan.launch;
    const mayStart = launch === 'command' || (launch === 'demo' && state.realSeenAt !== state.plan.url);
    if (outcome.kind === 'down' && mayStart) return this.attempt(missed);
    const problem = state.adopted
      ? problems.adoptedGone(state.plan.url, outcome)
      : problems.nothingThere(state.plan.url);
    return this.watchAgain({ ...this.enter(missed, 'unhealthy'), problem }, outcome);
  }

  private healthy(state: GlabsState, outcome: ProbeOutcome): Step {
    if (state.phase === 'unhealthy') {
      return state.child ? this.ready(state, outcome) : this.adopt(state, outcome, null);
    }
    const steady = state.readyAt !== null && this.now - state.readyAt >= healthyResetMs;
    const failures = steady ? { couldNotStart: 0, neverReady: 0, died: 0 } : state.failures;
    // Another process may have taken the place of the adopted one: a demo must not pass for the real one, nor the reverse.
    if (state.adopted && outcome.demo !== state.demo)
      return this.adopt({ ...state, readyAt: null }, outcome, null);
    const watched = this.watchAgain({ ...state, misses: 0, failures }, outcome);
    // Another key may be set by any program; one that is refused is asked about until it is not.
    const again = state.keyProblem !== null && this.now - state.keyAskedAt >= askKeyAgainMs;
    return again ? this.askKey(watched) : watched;
  }

  private spawned({ generation, pid }: { generation: number; pid: number }): Step {
    const { state } = this;
    if (state.child?.generation !== generation) return nothing(state);
    return nothing({ ...state, child: { ...state.child, pid } });
  }

  private spawnFailed(event: { generation: number; message: string; cure: string }): Step {
    const { state } = this;
    if (state.child?.generation !== event.generation) return nothing(state);
    const childless: GlabsState = { ...state, child: null };
    if (state.phase === 'stopping') return this.gone(event.generation);
    if (state.phase !== 'starting') return nothing(childless);
    // The program is missing or may not be run: the next try would end alike.
    const failures = { ...state.failures, couldNotStart: state.failures.couldNotStart + 1 };
    return nothing({
      ...this.enter(childless, 'failed', true),
      failures,
      problem: problems.cannotStart(event.message, event.cure),
    });
  }

  private exited(event: { generation: number; how: string; lastOutput: string }): Step {
    const { state } = this;
    const { child } = state;
    if (child?.generation !== event.generation) return nothing(state);
    const asked = child.ending;
    const ending: GlabsState = { ...state, child: { ...child, ending: true } };
    if (asked) return nothing(ending);
    const kind = state.phase === 'starting' ? 'neverReady' : 'died';
    return this.failed(ending, kind, problems.ended(event.how, event.lastOutput));
  }

  private gone(generation: number): Step {
    const { state } = this;
    if (state.child?.generation !== generation) return nothing(state);
    const childless: GlabsState = { ...state, child: null };
    if (state.phase !== 'stopping') return nothing(childless);
    return state.desired === 'up' ? this.attempt(childless) : nothing(this.enter(childless, 'stopped', true));
  }

  private timer(event: {
    generation: number;
    name: 'probe' | 'deadline' | 'restart';
    lastOutput: string;
  }): Step {
    const { state } = this;
    const { generation } = state;
    if (event.generation !== generation) return nothing(state);
    if (event.name === 'probe') return this.probeNow(state);
    if (event.name === 'deadline' && state.phase === 'starting') {
      const problem = problems.neverReady(state.plan.startupTimeoutMs / 1000, event.lastOutput);
      // It has worked before, or long had its time: one that is started anew may do better.
      if (state.child?.taken || state.restarts > 0) return this.failed(state, 'neverReady', problem);
      const failures = { ...state.failures, neverReady: state.failures.neverReady + 1 };
      return this.endChild({ ...this.enter(state, 'failed', true), failures, problem }, 'failed');
    }
    if (event.name === 'restart' && state.phase === 'waiting') {
      if (!state.child) return this.attempt({ ...state, restarts: state.restarts + 1 });
      return { state, effects: [{ type: 'timer', generation, name: 'restart', ms: sweepCheckMs }] };
    }
    return nothing(state);
  }

  /** Our process ended or hangs: once more after a pause, or no more (behaviour.md §10). */
  private failed(state: GlabsState, kind: FailureKind, problem: Problem): Step {
    const steady = state.readyAt !== null && this.now - state.readyAt >= healthyResetMs;
    const before = steady ? { couldNotStart: 0, neverReady: 0, died: 0 } : state.failures;
    const failures = { ...before, [kind]: before[kind] + 1 };
    const times = failures.couldNotStart + failures.neverReady + failures.died;
    // One that served for a while is worth another start, however often: the pauses grow all the same.
    const quick = state.readyAt === null || this.now - state.readyAt < quickMs;
    const quickFailures = quick ? state.quickFailures + 1 : 0;
    const counted: GlabsState = { ...state, failures, quickFailures, readyAt: null, misses: 0 };
    if (quickFailures >= quickFailuresUntilFailed) {
      const words = problems.tooOften(quickFailures, problem.message);
      return this.endChild({ ...this.enter(counted, 'failed', true), problem: words }, 'failed');
    }
    const ms = restartDelay(times, this.random);
    const waiting = { ...this.enter(counted, 'waiting', true), problem, nextAttemptAt: this.now + ms };
    const ended = this.endChild(waiting, 'waiting');
    return {
      ...ended,
      effects: [...ended.effects, { type: 'timer', generation: waiting.generation, name: 'restart', ms }],
    };
  }

  /** Looks what is on the port; starts nothing as long as a process of ours is there. */
  private attempt(state: GlabsState): Step {
    const fresh: GlabsState = {
      ...state,
      plan: state.nextPlan ?? state.plan,
      nextPlan: null,
      adopted: false,
      adoptedPid: null,
      demo: false,
      misses: 0,
      readyAt: null,
      nextAttemptAt: null,
      keyProblem: null,
    };
    if (state.child) return this.endChild(this.enter(fresh, 'stopping', true), 'stopping');
    return this.probeNow(this.enter(fresh, 'looking', true));
  }

  /** Asks the process of ours to end, once; the phase is `phase` while it is there. */
  private endChild(state: GlabsState, phase: Phase): Step {
    const { child } = state;
    if (!child) return nothing(state);
    const entered = this.enter({ ...state, child: { ...child, ending: true } }, phase);
    return { state: entered, effects: child.ending ? [] : [{ type: 'end', generation: child.generation }] };
  }

  private probeNow(state: GlabsState): Step {
    const look = state.phase === 'foreign' || state.phase === 'looking';
    const limitMs = state.phase === 'ready' ? watchLimitMs : probeLimitMs;
    return { state, effects: [{ type: 'probe', generation: state.generation, look, limitMs }] };
  }

  private askKey(step: Step): Step {
    const { generation } = step.state;
    return {
      state: { ...step.state, keyAskedAt: this.now },
      effects: [...step.effects, { type: 'check-key', generation }],
    };
  }

  /** The next look begins a span after the last one began, however long the answer took. */
  private watchAgain(state: GlabsState, outcome: ProbeOutcome): Step {
    return this.again(state, Math.max(0, probeEveryMs - outcome.ms));
  }

  private again(state: GlabsState, ms: number = probeEveryMs): Step {
    return { state, effects: [{ type: 'timer', generation: state.generation, name: 'probe', ms }] };
  }

  /** `renew`: what was under way is stale from now on. */
  private enter(state: GlabsState, phase: Phase, renew = false): GlabsState {
    const since = state.phase === phase ? state.since : this.now;
    return { ...state, phase, since, generation: renew ? state.generation + 1 : state.generation };
  }
}

type Found = { generation: number; outcome: ProbeOutcome; owner: Owner | null };
