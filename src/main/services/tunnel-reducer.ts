import type { Problem, TunnelStage } from '../../shared/services.ts';
import { type CloudflaredSign, quickTunnelUrl, type Trouble } from './cloudflared-lines.ts';
import { inCalm, limitWait, nextDelay, onlyWaitingHelps, quickFailuresUntilFailed } from './tunnel-pace.ts';
import {
  type Found,
  fresh,
  startKey,
  type TunnelEffect,
  type TunnelEvent,
  type TunnelPlan,
  type TunnelState,
  type TunnelTimes,
} from './tunnel-state.ts';
import { judgeTunnel, type Verdict } from './tunnel-verdict.ts';
import { problems, troubles, verdictProblem } from './tunnel-words.ts';

const missesUntilDegraded = 3;

export interface TunnelStep {
  state: TunnelState;
  effects: TunnelEffect[];
}

export interface TunnelContext {
  /** Milliseconds since the epoch. */
  now: number;
  /** In [0, 1). */
  random: number;
  /** Whether this machine has a network that a tunnel could use. */
  online: boolean;
  times: TunnelTimes;
}

/**
 * The supervision of the tunnel as a pure function (cloudflared.md B14): what is, what happened → what is now, what to
 * do. Whatever the order of events: at most one process of ours is alive, what the person last asked for is not lost,
 * quick tunnels are made at most five times in ten minutes, G-Labs being down or our own network being away never
 * costs the address, and `verified` means that this very address answered.
 */
export function reduceTunnel(state: TunnelState, event: TunnelEvent, context: TunnelContext): TunnelStep {
  return new Reduction(state, context).on(event);
}

const nothing = (state: TunnelState): TunnelStep => ({ state, effects: [] });

class Reduction {
  readonly state: TunnelState;
  readonly context: TunnelContext;

  constructor(state: TunnelState, context: TunnelContext) {
    this.state = state;
    this.context = context;
  }

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

  private stop(): TunnelStep {
    const down: TunnelState = {
      ...this.enter(this.state, 'stopped', true),
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

  private wait(
    state: TunnelState,
    ms: number,
    waitingFor: 'pause' | 'network' | 'leave',
    problem: Problem,
  ): TunnelStep {
    const nextAttemptAt = this.context.now + ms;
    const waiting = { ...this.enter(state, 'backoff', true), nextAttemptAt, waitingFor, problem };
    return { state: waiting, effects: [this.timerFor(waiting, 'restart', ms)] };
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

  private sign(generation: number, sign: CloudflaredSign): TunnelStep {
    const { state } = this;
    if (state.child?.generation !== generation || state.generation !== generation || state.child.ending)
      return nothing(state);
    switch (sign.sign) {
      case 'url':
        return state.url === null ? this.assigned({ ...state, url: sign.url }) : nothing(state);
      case 'metrics': {
        const known = { ...state, metricsPort: sign.port };
        if (state.phase === 'spawning' && state.url !== null) return this.assigned(known);
        // `/ready` tells from now on; a hidden address is told by `/quicktunnel`.
        return this.lookNow(known);
      }
      case 'registered':
        return this.registered({ ...state, trouble: null, deleted: false });
      case 'lost':
        return this.alarmed(state);
      case 'origin-refused':
        return this.alarmed({ ...state, originRefused: true });
      case 'flag-refused':
        return nothing({ ...state, refusedFlag: sign.flag });
      case 'trouble':
        return this.alarmed({
          ...state,
          trouble: sign.kind,
          deleted: state.deleted || sign.kind === 'deleted',
        });
    }
  }

  private assigned(state: TunnelState): TunnelStep {
    const entered = this.enter(state, 'url-assigned');
    return state.metricsPort === null ? nothing(entered) : this.lookNow(entered);
  }

  private registered(state: TunnelState): TunnelStep {
    if (state.phase === 'url-assigned' && state.metricsPort === null) return this.settle(state);
    return state.phase === 'url-assigned' || this.watching(state) ? this.lookNow(state) : nothing(state);
  }

  /** A sign of trouble in the log: looks sooner than planned, and only once for many of them. */
  private alarmed(state: TunnelState): TunnelStep {
    const { now, times } = this.context;
    const lately = state.lastPublicAt !== null && now - state.lastPublicAt < times.connectingLook;
    return state.phase === 'verified' && !lately ? this.lookNow(state) : nothing(state);
  }

  /** The edge knows us. The name may take a moment, and must not be asked for too early. */
  private settle(state: TunnelState): TunnelStep {
    const { now, times } = this.context;
    const newName = state.plan.mode === 'quick' && state.plan.probeOrigin === null;
    const ms = newName ? times.settle : 0;
    const known: TunnelState = { ...state, failedStarts: 0, trouble: null, quietUntil: now + ms };
    const entered = this.enter(known, 'settling');
    return ms === 0 ? this.lookNow(entered) : this.lookIn(entered, ms);
  }

  private looked(event: { generation: number; look: number; found: Found }): TunnelStep {
    const { state } = this;
    if (event.generation !== state.generation || event.look !== state.look) return nothing(state);
    const { found } = event;
    const answered = this.named({ ...state, hurried: false }, found.hostname);
    if (answered.phase === 'spawning') {
      if (answered.url !== null) return this.assigned(answered);
      return this.lookIn(answered, this.context.times.connectingLook);
    }
    if (answered.phase === 'url-assigned') {
      if (found.ready !== 'yes') return this.lookIn(answered, this.context.times.connectingLook);
      return this.settle(this.enter(answered, 'registered'));
    }
    return this.watching(answered) ? this.assess(answered, found) : nothing(answered);
  }

  /** `/quicktunnel` has the last word on the name. */
  private named(state: TunnelState, hostname: string | null): TunnelState {
    const url = hostname === null ? null : quickTunnelUrl(hostname);
    if (state.plan.mode !== 'quick' || url === null || url === state.url) return state;
    const unseen = state.phase === 'verified' || state.phase === 'degraded';
    return { ...(unseen ? this.enter(state, 'settling') : state), url, verifiedSince: null };
  }

  private assess(state: TunnelState, found: Found): TunnelStep {
    const { now, online, times } = this.context;
    const answer = found.public?.url === state.url ? found.public.answer : null;
    if (!online) {
      // Nothing that is seen now says anything about the tunnel.
      const calm = calmed(state);
      const shown =
        state.phase === 'settling' ? calm : this.enter({ ...calm, verifiedSince: null }, 'degraded');
      return this.lookIn({ ...shown, problem: problems.offline() }, times.look);
    }
    // The address changed while the look was under way: it says nothing about this one.
    if (found.public !== null && answer === null) return this.lookIn(state, 0);
    if (answer === null) {
      if (found.ready === 'yes' || found.ready === 'unknown') return this.lookIn(calmed(state), times.look);
      return this.missed(state, problems.disconnected());
    }
    const { verdict, action } = judgeTunnel({
      answer,
      ready: found.ready,
      originUp: found.originUp,
      originRefused: state.originRefused,
      quick: state.plan.mode === 'quick' && state.child !== null,
    });
    const status = answer.kind === 'answer' ? answer.status : null;
    const problem = verdictProblem(verdict, state.url ?? '', status);
    const message =
      problem?.message ?? `${answer.kind === 'answer' ? answer.path : 'It'} answers through the tunnel.`;
    const seen: TunnelState = {
      ...state,
      lastPublicAt: now,
      lastVerdict: verdict,
      lastProbe: { at: now, ok: action === 'good', ms: answer.ms, message },
    };
    if (action === 'good') return this.good(seen, found.public?.cachedMiss === true);
    if (action === 'wait') {
      return found.ready === 'no' || found.ready === 'silent'
        ? this.missed(seen, problems.disconnected())
        : this.missed(seen, problem);
    }
    if (action === 'restart') return this.trapped(seen, state.lastVerdict, problem);
    const kept: TunnelState = { ...calmed(seen), problem };
    const stillVerified =
      state.phase === 'verified' && (verdict === 'in-flight-limit' || verdict === 'body-limit');
    return this.lookIn(
      stillVerified ? kept : this.enter({ ...kept, verifiedSince: null }, 'degraded'),
      times.look,
    );
  }

  private good(state: TunnelState, cachedMiss: boolean): TunnelStep {
    const { now, times } = this.context;
    const url = state.url ?? '';
    const began = state.phase !== 'verified';
    const verifiedSince = state.verifiedSince ?? now;
    const steady = now - verifiedSince >= times.steady;
    const verified: TunnelState = {
      ...calmed(this.enter(state, 'verified')),
      verifiedSince,
      settlingLooks: 0,
      originRefused: false,
      deleted: false,
      trouble: null,
      failures: steady ? 0 : state.failures,
      quickFailures: steady ? 0 : state.quickFailures,
      problem: cachedMiss ? problems.cachedMiss(new URL(url).hostname) : null,
    };
    const next = this.lookIn(verified, times.look);
    return began ? this.also(next, [{ type: 'publish', url }]) : next;
  }

  private missed(state: TunnelState, problem: Problem | null): TunnelStep {
    const { now, times } = this.context;
    if (state.phase === 'settling') {
      const pause = times.settlingLook * 2 ** Math.min(state.settlingLooks, 3);
      return this.lookIn({ ...state, settlingLooks: state.settlingLooks + 1, problem }, pause);
    }
    if (inCalm(state, now)) return this.lookIn(calmed(state), times.look);
    const missed: TunnelState = { ...state, misses: state.misses + 1, firstMissAt: state.firstMissAt ?? now };
    const degraded = missed.misses >= missesUntilDegraded || state.phase === 'degraded';
    const shown: TunnelState = degraded
      ? { ...this.enter({ ...missed, verifiedSince: null }, 'degraded'), problem }
      : missed;
    const lasted = now - (missed.firstMissAt ?? now) >= times.lostAfter || state.deleted;
    if (missed.misses < missesUntilDegraded || !lasted || state.child === null) {
      return this.lookIn({ ...shown, rechecking: false }, times.look);
    }
    // Once more right before it is given up: the address is worth it.
    if (!state.rechecking) return this.lookNow({ ...shown, rechecking: true });
    return this.failed(shown, state.deleted ? 'deleted' : null, problems.lost(state.deleted));
  }

  /** Every request ends at somebody's configuration. Twice, to be sure; then anew with our own. */
  private trapped(state: TunnelState, before: Verdict | null, problem: Problem | null): TunnelStep {
    if (before !== 'config-trap') {
      const degraded = this.enter({ ...state, verifiedSince: null }, 'degraded');
      return this.lookIn({ ...degraded, problem }, this.context.times.connectingLook);
    }
    return this.failed(state, null, problem ?? problems.lost(false));
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
    name: 'url' | 'registered' | 'verified' | 'look' | 'restart';
    look: number;
    lastOutput: string;
  }): TunnelStep {
    const { state } = this;
    if (event.generation !== state.generation) return nothing(state);
    switch (event.name) {
      case 'look':
        return event.look === state.look ? { state, effects: [this.lookEffect(state)] } : nothing(state);
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

  /** It ended, or it is of no use any more: once more after a pause, or no more. */
  private failed(state: TunnelState, trouble: Trouble | null, problem: Problem): TunnelStep {
    const { now, random, times } = this.context;
    const steady = state.verifiedSince !== null && now - state.verifiedSince >= times.steady;
    const patience = onlyWaitingHelps(trouble);
    const beforeEdge: TunnelStage[] = ['spawning', 'url-assigned'];
    const failures = (steady ? 0 : state.failures) + 1;
    const quickFailures = (steady ? 0 : state.quickFailures) + (patience ? 0 : 1);
    const counted: TunnelState = {
      ...state,
      ...fresh(),
      failures,
      quickFailures,
      failedStarts:
        beforeEdge.includes(state.phase) && !patience ? state.failedStarts + 1 : state.failedStarts,
      reason: problem.message,
    };
    if (trouble === 'bad-token') {
      return this.endChild({ ...this.enter(counted, 'failed', true), problem }, 'failed');
    }
    if (quickFailures >= quickFailuresUntilFailed) {
      const words = problems.tooOften(quickFailures, problem);
      return this.endChild({ ...this.enter(counted, 'failed', true), problem: words }, 'failed');
    }
    const limited = state.plan.mode === 'quick' ? limitWait(state.creations, now, times) : 0;
    const ms = Math.max(nextDelay(failures, random, times), limited);
    const waitingFor = trouble === 'no-network' ? 'network' : patience ? 'leave' : 'pause';
    const waiting = this.wait(counted, ms, waitingFor, problem);
    const ended = this.endChild(waiting.state, 'restarting');
    return this.also(ended, waiting.effects);
  }

  /** Asks the process of ours to end, once; the phase is `phase` while it is there. */
  private endChild(state: TunnelState, phase: TunnelStage): TunnelStep {
    const { child } = state;
    if (!child) return nothing(state);
    const entered = this.enter({ ...state, child: { ...child, ending: true } }, phase);
    return { state: entered, effects: child.ending ? [] : [{ type: 'end', generation: child.generation }] };
  }

  /** There is an address to look at. */
  private watching(state: TunnelState): boolean {
    return ['settling', 'verified', 'degraded'].includes(state.phase);
  }

  /** Instead of the look that is due or under way; many of these before an answer are one. */
  private lookNow(state: TunnelState): TunnelStep {
    const quiet = state.phase === 'settling' && this.context.now < state.quietUntil;
    if (state.hurried || quiet) return nothing(state);
    const hurried: TunnelState = { ...state, look: state.look + 1, hurried: true };
    return { state: hurried, effects: [this.lookEffect(hurried, true)] };
  }

  private lookIn(state: TunnelState, ms: number): TunnelStep {
    const next: TunnelState = { ...state, look: state.look + 1 };
    return { state: next, effects: [this.timerFor(next, 'look', ms)] };
  }

  private lookEffect(state: TunnelState, urgent = false): TunnelEffect {
    const { now, times } = this.context;
    const due =
      urgent ||
      state.phase !== 'verified' ||
      state.misses > 0 ||
      state.lastPublicAt === null ||
      now - state.lastPublicAt >= times.publicLook;
    const { generation, look } = state;
    const quick = state.plan.mode === 'quick' && !this.watching(state);
    return { type: 'look', generation, look, public: this.watching(state) && due, hostname: quick };
  }

  private timerFor(
    state: TunnelState,
    name: 'url' | 'registered' | 'verified' | 'look' | 'restart',
    ms: number,
  ): TunnelEffect {
    return { type: 'timer', generation: state.generation, name, look: state.look, ms };
  }

  private also(step: TunnelStep, effects: TunnelEffect[]): TunnelStep {
    return { state: step.state, effects: [...step.effects, ...effects] };
  }

  /** `renew`: what was under way is stale from now on. */
  private enter(state: TunnelState, phase: TunnelStage, renew = false): TunnelState {
    const since = state.phase === phase ? state.since : this.context.now;
    return { ...state, phase, since, generation: renew ? state.generation + 1 : state.generation };
  }
}

function calmed(state: TunnelState): TunnelState {
  return { ...state, misses: 0, firstMissAt: null, rechecking: false };
}

function probeKey({ publicUrl, probeOrigin, healthPaths }: TunnelPlan): string {
  return JSON.stringify([publicUrl, probeOrigin, healthPaths]);
}
