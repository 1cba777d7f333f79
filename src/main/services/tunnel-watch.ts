import type { Problem } from '../../shared/services.ts';
import { type CloudflaredSign, quickTunnelUrl } from './cloudflared-lines.ts';
import { calmed, nothing, TunnelMoves, type TunnelStep } from './tunnel-moves.ts';
import { inCalm } from './tunnel-pace.ts';
import type { Found, TunnelState } from './tunnel-state.ts';
import { judgeTunnel, type Verdict } from './tunnel-verdict.ts';
import { problems, verdictProblem } from './tunnel-words.ts';

const missesUntilDegraded = 3;

/** What is made of what was seen: lines of cloudflared's log, and looks at its metrics and at the public address. */
export class TunnelWatch extends TunnelMoves {
  protected looked(event: { generation: number; look: number; found: Found }): TunnelStep {
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
      return this.connected(answered);
    }
    return this.watching(answered) ? this.assess(answered, found) : nothing(answered);
  }

  protected sign(generation: number, sign: CloudflaredSign): TunnelStep {
    const { state } = this;
    if (state.child?.generation !== generation || state.generation !== generation || state.child.ending)
      return nothing(state);
    switch (sign.sign) {
      case 'url':
        return state.url === null ? this.assigned({ ...state, url: sign.url }) : nothing(state);
      case 'metrics': {
        if (sign.port === state.metricsPort) return nothing(state);
        const known = { ...state, metricsPort: sign.port };
        if (state.phase === 'spawning' && state.url !== null) return this.assigned(known);
        // `/ready` tells from now on; a hidden address is told by `/quicktunnel`.
        return this.lookNow(known);
      }
      case 'registered':
        return this.registered(changed(state, { trouble: null, deleted: false }));
      case 'lost':
        return this.alarmed(state);
      case 'origin-refused':
        return this.alarmed(changed(state, { originRefused: true }));
      case 'flag-refused':
        return nothing({ ...state, refusedFlag: sign.flag });
      case 'trouble':
        return this.alarmed(
          changed(state, { trouble: sign.kind, deleted: state.deleted || sign.kind === 'deleted' }),
        );
    }
  }

  private assigned(state: TunnelState): TunnelStep {
    const entered = this.enter(state, 'url-assigned');
    return state.metricsPort === null ? nothing(entered) : this.lookNow(entered);
  }

  private registered(state: TunnelState): TunnelStep {
    if (state.phase === 'url-assigned' && state.metricsPort === null) return this.connected(state);
    return state.phase === 'url-assigned' || this.watching(state) ? this.lookNow(state) : nothing(state);
  }

  /** A sign of trouble in the log: looks sooner than planned, and only once for many of them. */
  private alarmed(state: TunnelState): TunnelStep {
    const { now, times } = this.context;
    const lately = state.lastPublicAt !== null && now - state.lastPublicAt < times.connectingLook;
    return state.phase === 'verified' && !lately ? this.lookNow(state) : nothing(state);
  }

  /** The edge knows us. That is a step of its own, so that everybody sees it. */
  private connected(state: TunnelState): TunnelStep {
    const registered = this.enter(state, 'registered');
    return { state: registered, effects: [this.timerFor(registered, 'settle', 0)] };
  }

  /** The name may take a moment, and must not be asked for too early. */
  protected settle(state: TunnelState): TunnelStep {
    const { now, times } = this.context;
    const newName = state.plan.mode === 'quick' && state.plan.probeOrigin === null;
    const ms = newName ? times.settle : 0;
    const known: TunnelState = {
      ...state,
      failedStarts: 0,
      trouble: null,
      hurried: false,
      quietUntil: now + ms,
    };
    const entered = this.enter(known, 'settling');
    return ms === 0 ? this.lookNow(entered) : this.lookIn(entered, ms);
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
      quickFailures: now - verifiedSince >= times.quick ? 0 : state.quickFailures,
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
}

/** The same object when nothing changes: a flood of equal lines must not be a flood of states. */
function changed(
  state: TunnelState,
  to: Partial<Pick<TunnelState, 'trouble' | 'deleted' | 'originRefused'>>,
): TunnelState {
  const next = { ...state, ...to };
  const same =
    next.trouble === state.trouble &&
    next.deleted === state.deleted &&
    next.originRefused === state.originRefused;
  return same ? state : next;
}
