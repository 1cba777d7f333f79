import { nothing, probeLimitMs, type Step } from './glabs-moves.ts';
import type { GlabsPlan } from './glabs-plan.ts';
import type { GlabsEvent, GlabsState, Phase } from './glabs-state.ts';
import { GlabsWatch } from './glabs-watch.ts';
import { problems } from './glabs-words.ts';

const sweepCheckMs = 250;

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

/** Beginning and ending, as people, settings, processes and time ask for it. */
class Reduction extends GlabsWatch {
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
}
