import type { Problem, TunnelStage } from '../../shared/services.ts';
import { calmed, nothing, type TunnelContext, type TunnelStep } from './tunnel-moves.ts';
import { inCalm, limitWait } from './tunnel-pace.ts';
import {
  fresh,
  startKey,
  type TimerName,
  type TunnelEvent,
  type TunnelPlan,
  type TunnelState,
} from './tunnel-state.ts';
import { TunnelWatch } from './tunnel-watch.ts';
import { problems, troubles } from './tunnel-words.ts';

/**
 * The supervision of the tunnel as a pure function (cloudflared.md B14): what is, what happened → what is now, what to
 * do. Whatever the order of events: at most one process of ours is alive, what the person last asked for is not lost,
 * quick tunnels are made at most five times in ten minutes, G-Labs being down or our own network being away never
 * costs the address, and `verified` means that this very address answered.
 */
export function reduceTunnel(state: TunnelState, event: TunnelEvent, context: TunnelContext): TunnelStep {
  return new Reduction(state, context).on(event);
}

/** Beginning and ending, as people, settings, processes and time ask for it. */
class Reduction extends TunnelWatch {
  on(event: TunnelEvent): TunnelStep {
    switch (event.type) {
      case 'start':
        return this.start({ ...this.state, plan: event.plan });
      case 'stop':
        return this.stop();
      case 'planned':
        return this.planned({ ...this.state, plan: event.plan });
      case 'left-over':
        return this.leftOver(event);
      case 'spawned':
        return this.spawned(event);
      case 'spawn-failed':
        return this.spawnFailed(event);
      case 'exited':
        return this.exited(event);
      case 'gone':
        return this.gone(event.generation);
      case 'sign':
        return this.sign(event.generation, event.sign);
      case 'looked':
        return this.looked(event);
      case 'timer':
        return this.timer(event);
      case 'origin':
        return this.watching(this.state) ? this.lookNow(this.state) : nothing(this.state);
      case 'network':
        return this.network();
    }
  }

  private start(state: TunnelState): TunnelStep {
    const asked: TunnelState = { ...state, desired: 'up' };
    const idle: TunnelStage[] = ['stopped', 'failed', 'backoff'];
    // It is up, or on its way; what the settings say now may still be another tunnel.
    if (state.desired === 'up' && !idle.includes(state.phase)) return this.planned(asked);
    return this.anew(asked);
  }

  /** Because a person asked: what failed before does not count. How often tunnels were made does. */
  private anew(state: TunnelState): TunnelStep {
    return this.begin({
      ...state,
      restarts: 0,
      failures: 0,
      quickFailures: 0,
      failedStarts: 0,
      without: [],
      reason: null,
      problem: null,
    });
  }

  private stop(state: TunnelState = this.state): TunnelStep {
    const down: TunnelState = {
      ...this.enter(state, 'stopped', true),
      ...fresh(),
      desired: 'down',
      problem: null,
      nextAttemptAt: null,
      waitingFor: null,
    };
    return this.endChild(down, 'stopping');
  }

  private planned(state: TunnelState): TunnelStep {
    const before = this.state.plan;
    if (state.desired === 'down') return nothing(state);
    // Nobody wants one any more: that is no failure.
    if (state.plan.mode === 'none') return this.stop(state);
    const runs = state.child !== null && !state.child.ending;
    // That its program, or its token, cannot be found just now says nothing about one that runs.
    const unsure = before.problem !== null || state.plan.problem !== null;
    if (runs && unsure && sameTunnel(before, state.plan)) return nothing(state);
    if (startKey(before) !== startKey(state.plan)) {
      return this.anew({ ...state, reason: null });
    }
    // What is said in `failed` may be the problem of the plan itself: it is always the one of today.
    if (state.phase === 'failed' && state.plan.problem)
      return nothing({ ...state, problem: state.plan.problem });
    if (!this.watching(state) || probeKey(before) === probeKey(state.plan)) return nothing(state);
    const url = state.plan.mode === 'quick' ? state.url : state.plan.publicUrl;
    if (url === state.url) return this.lookNow(state);
    // Another address: nobody has seen that one work.
    const unseen = { ...this.enter(state, 'settling'), url, verifiedSince: null, problem: null };
    const deadline = this.timerFor(unseen, 'verified', this.context.times.verifiedDeadline);
    return this.also(this.lookNow(unseen), [deadline]);
  }

  /**
   * Brings the tunnel up, as soon as it may: nothing of ours is left over, there is a network, and not too many
   * tunnels were made lately.
   */
  private begin(state: TunnelState): TunnelStep {
    const { now, online, times } = this.context;
    const ready: TunnelState = { ...state, nextAttemptAt: null, waitingFor: null };
    const { plan } = state;
    if (plan.problem) {
      const failed = { ...this.enter({ ...ready, ...fresh() }, 'failed', true), problem: plan.problem };
      return this.endChild(failed, 'failed');
    }
    if (state.child)
      return this.endChild(this.enter({ ...ready, ...fresh() }, 'restarting', true), 'restarting');
    if (plan.mode === 'url') {
      const watched = this.enter(
        { ...ready, ...fresh(), url: plan.publicUrl, problem: null },
        'settling',
        true,
      );
      const deadline = this.timerFor(watched, 'verified', times.verifiedDeadline);
      return this.also(this.lookNow(watched), [deadline]);
    }
    if (!online) return this.wait(ready, times.look, 'network', problems.offline());
    const limited = plan.mode === 'quick' ? limitWait(state.creations, now, times) : 0;
    if (limited > 0) {
      const most = problems.limited(state.creations.length, Math.round(times.creationWindow / 60_000));
      return this.wait(ready, limited, 'leave', most);
    }
    return this.spawn(ready);
  }

  private spawn(state: TunnelState): TunnelStep {
    const { now, times } = this.context;
    const { plan } = state;
    const quick = plan.mode === 'quick';
    const forgetBefore = now - times.creationWindow;
    const entered = this.enter({ ...state, ...fresh() }, 'spawning', true);
    const { generation } = entered;
    const spawning: TunnelState = {
      ...entered,
      url: quick ? null : plan.publicUrl,
      child: { generation, pid: null, ending: false },
      creations: quick ? [...state.creations.filter((at) => at > forgetBefore), now] : state.creations,
      restarts: state.restarts + (state.reason === null ? 0 : 1),
      startedFor: state.reason,
      reason: null,
    };
    return {
      state: spawning,
      effects: [
        ...(quick ? [{ type: 'note-creation' as const, at: now, forgetBefore }] : []),
        {
          type: 'spawn',
          generation,
          failedStarts: state.failedStarts,
          without: [...plan.without, ...state.without],
        },
        this.timerFor(spawning, 'url', times.urlDeadline),
        this.timerFor(spawning, 'registered', times.registeredDeadline),
        this.timerFor(spawning, 'verified', times.verifiedDeadline),
      ],
    };
  }

  /** Its address may still be good: that is worth more than a new start. */
  private leftOver(event: Extract<TunnelEvent, { type: 'left-over' }>): TunnelStep {
    const { state, context } = this;
    if (state.phase !== 'stopped' || state.child !== null) return nothing(state);
    const { pid, url, metricsPort, plan } = event;
    const entered = this.enter({ ...state, ...fresh(), plan, url, metricsPort }, 'settling', true);
    const { generation } = entered;
    const taken: TunnelState = { ...entered, desired: 'up', child: { generation, pid, ending: false } };
    const deadline = this.timerFor(taken, 'verified', context.times.verifiedDeadline);
    const looking = this.lookNow(taken);
    return this.also({ ...looking, effects: [{ type: 'take-over', generation }, ...looking.effects] }, [
      deadline,
    ]);
  }

  private spawned({ generation, pid }: { generation: number; pid: number }): TunnelStep {
    const { child } = this.state;
    if (child?.generation !== generation) return nothing(this.state);
    return nothing({ ...this.state, child: { ...child, pid } });
  }

  private spawnFailed(event: { generation: number; problem: Problem }): TunnelStep {
    const { state } = this;
    if (state.child?.generation !== event.generation) return nothing(state);
    if (state.phase !== 'spawning') return this.gone(event.generation);
    // The program is missing or may not be run: the next try would end alike.
    const failed = this.enter({ ...state, ...fresh(), child: null }, 'failed', true);
    return nothing({ ...failed, problem: event.problem });
  }

  private exited(event: { generation: number; how: string; lastOutput: string }): TunnelStep {
    const { state } = this;
    const { child } = state;
    if (child?.generation !== event.generation) return nothing(state);
    const ending: TunnelState = { ...state, child: { ...child, ending: true } };
    if (child.ending) return nothing(ending);
    const { refusedFlag } = state;
    if (refusedFlag !== null && !state.without.includes(refusedFlag)) {
      // An older binary: once more without that flag, at once, for nothing was asked of Cloudflare.
      const reason = `cloudflared does not know --${refusedFlag}`;
      const again = { ...ending, without: [...state.without, refusedFlag], reason };
      return nothing(this.enter(again, 'restarting', true));
    }
    return this.failed(ending, state.trouble, problems.ended(event.how, event.lastOutput, state.trouble));
  }

  private gone(generation: number): TunnelStep {
    const { state } = this;
    if (state.child?.generation !== generation) return nothing(state);
    const childless: TunnelState = { ...state, child: null };
    if (state.phase === 'stopping') {
      return state.desired === 'up' ? this.begin(childless) : nothing(this.enter(childless, 'stopped', true));
    }
    if (state.phase !== 'restarting') return nothing(childless);
    return state.nextAttemptAt === null ? this.begin(childless) : nothing(this.enter(childless, 'backoff'));
  }

  private network(): TunnelStep {
    const { now, online, times } = this.context;
    const state: TunnelState = { ...calmed(this.state), calmUntil: now + times.calm };
    const waits = state.phase === 'backoff' && state.waitingFor === 'network' && state.child === null;
    // A network that comes and goes must not use up the tunnels we may ask for.
    const paused = now - (state.creations.at(-1) ?? 0) >= times.backoffFirst;
    if (waits && online && paused) return this.begin(state);
    return this.watching(state) ? this.lookNow(state) : nothing(state);
  }

  private timer(event: {
    generation: number;
    name: TimerName;
    look: number;
    lastOutput: string;
  }): TunnelStep {
    const { state } = this;
    if (event.generation !== state.generation) return nothing(state);
    switch (event.name) {
      case 'look':
        return event.look === state.look ? { state, effects: [this.lookEffect(state)] } : nothing(state);
      case 'settle':
        return state.phase === 'registered' ? this.settle(state) : nothing(state);
      case 'restart':
        return this.restartDue(state);
      case 'url':
      case 'registered':
      case 'verified':
        return this.deadline(state, event.name, event.lastOutput);
    }
  }

  private restartDue(state: TunnelState): TunnelStep {
    if (state.phase !== 'backoff' && state.phase !== 'restarting') return nothing(state);
    if (state.child === null) return this.begin(state);
    return { state, effects: [this.timerFor(state, 'restart', this.context.times.sweepCheck)] };
  }

  private deadline(
    state: TunnelState,
    name: 'url' | 'registered' | 'verified',
    lastOutput: string,
  ): TunnelStep {
    const { times, online, now } = this.context;
    const meant: Record<typeof name, TunnelStage[]> = {
      url: ['spawning'],
      registered: ['spawning', 'url-assigned'],
      verified: ['spawning', 'url-assigned', 'registered', 'settling'],
    };
    if (!meant[name].includes(state.phase)) return nothing(state);
    if (!online || inCalm(state, now)) {
      // Not its fault. It gets more time, as long as it lives.
      return { state, effects: [this.timerFor(state, name, times.look)] };
    }
    if (name === 'url') {
      const problem = state.trouble
        ? troubles[state.trouble]
        : problems.noUrl(times.urlDeadline / 1000, lastOutput);
      return this.failed(state, state.trouble, problem);
    }
    if (name === 'registered') {
      const problem = problems.notConnected(times.registeredDeadline / 1000, state.trouble);
      return this.failed(state, state.trouble, problem);
    }
    const problem = problems.notVerified(times.verifiedDeadline / 1000, state.problem);
    if (state.child === null) return nothing({ ...this.enter(state, 'degraded'), problem });
    return this.failed(state, state.trouble, problem);
  }
}

const sameTunnel = (one: TunnelPlan, other: TunnelPlan): boolean =>
  one.mode === other.mode && one.originUrl === other.originUrl && one.publicUrl === other.publicUrl;

function probeKey({ publicUrl, probeOrigin, healthPaths }: TunnelPlan): string {
  return JSON.stringify([publicUrl, probeOrigin, healthPaths]);
}
