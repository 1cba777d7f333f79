import { GlabsMoves, healthyResetMs, nothing, type Step } from './glabs-moves.ts';
import type { GlabsState, Owner } from './glabs-state.ts';
import { problems } from './glabs-words.ts';
import type { ProbeOutcome } from './probe.ts';

export const probeWhileStartingMs = 250;
const calmMs = 10_000;
const askKeyAgainMs = 10_000;
const missesUntilUnhealthy = 3;

type Found = { generation: number; outcome: ProbeOutcome; owner: Owner | null };

/** What looks at the port tell, and what follows from it. */
export class GlabsWatch extends GlabsMoves {
  /** Looks at once; what was under way may have waited for hours. */
  protected woke(): Step {
    const { state } = this;
    if (!['ready', 'unhealthy', 'foreign'].includes(state.phase)) return nothing(state);
    const calm = { ...this.enter(state, state.phase, true), calmUntil: this.now + calmMs };
    const step = this.probeNow(calm);
    // The answer about the key may have got lost with what was under way.
    return state.phase === 'ready' ? this.askKey(step) : step;
  }

  protected found({ generation, outcome, owner }: Found): Step {
    const { state } = this;
    if (state.phase !== 'stopped' || generation !== state.generation || outcome.kind !== 'up')
      return nothing(state);
    const lastProbe = { at: this.now, outcome };
    return this.adopt({ ...state, desired: 'up', lastProbe }, outcome, owner);
  }

  protected probed({ generation, outcome, owner }: Found): Step {
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
  protected looked(state: GlabsState, outcome: ProbeOutcome, owner: Owner | null): Step {
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

  protected adopt(state: GlabsState, outcome: ProbeOutcome, owner: Owner | null): Step {
    return this.ready({ ...state, adopted: true, adoptedPid: owner?.pid ?? null }, outcome);
  }

  protected ready(state: GlabsState, outcome: ProbeOutcome): Step {
    const demo = outcome.demo || state.child?.kind === 'demo';
    // Also one that was started here: from now on the demo never stands in for it.
    const realSeenAt = demo ? state.realSeenAt : state.plan.url;
    const entered = { ...this.enter(state, 'ready'), realSeenAt };
    const readyAt = state.readyAt ?? this.now;
    return this.askKey(this.watchAgain({ ...entered, demo, misses: 0, readyAt, problem: null }, outcome));
  }

  /** A look at what is, or was, ready. */
  protected watched(state: GlabsState, outcome: ProbeOutcome): Step {
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

  protected healthy(state: GlabsState, outcome: ProbeOutcome): Step {
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
}
