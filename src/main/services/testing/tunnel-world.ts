import type { CloudflaredSign } from '../cloudflared-lines.ts';
import { reduceTunnel } from '../tunnel-reducer.ts';
import {
  type Found,
  initialTunnelState,
  type TunnelEffect,
  type TunnelEvent,
  type TunnelPlan,
  type TunnelState,
  tunnelTimes,
} from '../tunnel-state.ts';
import type { PublicAnswer } from '../tunnel-verdict.ts';

export const quickPlan: TunnelPlan = {
  mode: 'quick',
  program: '/usr/bin/cloudflared',
  without: [],
  originUrl: 'http://127.0.0.1:8765',
  publicUrl: null,
  probeOrigin: null,
  healthPaths: ['/api/health'],
  problem: null,
};

/** What becomes of a cloudflared that is started. */
export type Start =
  | 'well'
  | 'not at all'
  | 'silent'
  | 'rate-limited'
  | 'no-network'
  | 'url-then-exit'
  | 'never-ready'
  | 'old-binary';

interface Process {
  generation: number;
  leader: boolean;
  asked: boolean;
  url: string;
  ready: boolean;
  /** Requests end at somebody's configuration. */
  trapped: boolean;
  flags: readonly string[];
}

const answered = (status: number, json: boolean): PublicAnswer => ({
  kind: 'answer',
  status,
  json,
  noConnector: status === 530,
  path: '/api/health',
  ms: 1,
});
const json = (status: number): PublicAnswer => answered(status, true);
const plain = (status: number): PublicAnswer => answered(status, false);

/**
 * A made-up machine with a made-up Cloudflare around the reducer: what the effects start lives here, and time moves
 * only when told.
 */
export class TunnelWorld {
  state: TunnelState;
  now = 1_800_000_000_000;
  random = 0.5;
  online = true;
  originUp = true;
  starts: Start = 'well';
  trapNext = false;
  running: Process[] = [];
  pending: { at: number; event: TunnelEvent }[] = [];
  mostRunning = 0;
  /** When quick tunnels were asked for. */
  created: number[] = [];
  spawned: { failedStarts: number; without: readonly string[] }[] = [];
  published: string[] = [];
  /** Addresses for which a public look came back good. */
  seenGood = new Set<string>();
  /** Processes that were asked to end without a person having asked, with the state of the world. */
  rotations: { online: boolean; originUp: boolean; wasVerified: boolean; allWell: boolean }[] = [];
  private names = 0;

  constructor(plan: TunnelPlan = quickPlan, creations: readonly number[] = []) {
    this.state = initialTunnelState(plan, this.now, creations);
  }

  send(event: TunnelEvent): void {
    const before = this.state;
    const step = reduceTunnel(before, event, {
      now: this.now,
      random: this.random,
      online: this.online,
      times: tunnelTimes,
    });
    this.state = step.state;
    const byPerson = event.type === 'start' || event.type === 'stop' || event.type === 'planned';
    for (const effect of step.effects) this.carryOut(effect, byPerson, before);
  }

  start(plan = this.state.plan): void {
    this.send({ type: 'start', plan });
  }

  /** An earlier Flowdeck left one running. */
  leftover(url: string, ready: boolean): void {
    const left = { generation: 0, leader: true, asked: false, url, ready, trapped: false, flags: [] };
    this.running.push(left);
    this.send({ type: 'left-over', pid: 77, url, metricsPort: 20241, plan: this.state.plan });
    left.generation = this.state.generation;
  }

  get own(): Process | null {
    return this.running.find((process) => process.leader) ?? null;
  }

  private later(ms: number, event: TunnelEvent): void {
    this.pending.push({ at: this.now + ms, event });
  }

  private carryOut(effect: TunnelEffect, byPerson: boolean, before: TunnelState): void {
    if (effect.type === 'timer') {
      const { generation, name, look, ms } = effect;
      this.later(ms, { type: 'timer', generation, name, look, lastOutput: 'last words' });
    } else if (effect.type === 'look') {
      const { generation, look } = effect;
      this.later(5, { type: 'looked', generation, look, found: this.find(effect) });
    } else if (effect.type === 'note-creation') this.created.push(effect.at);
    else if (effect.type === 'publish') this.published.push(effect.url);
    else if (effect.type === 'spawn') this.spawn(effect);
    else if (effect.type === 'end') this.end(effect.generation, byPerson, before);
  }

  private end(generation: number, byPerson: boolean, before: TunnelState): void {
    const { own } = this;
    if (!byPerson && own) {
      this.rotations.push({
        online: this.online,
        originUp: this.originUp,
        wasVerified: before.phase === 'verified' || before.phase === 'degraded',
        allWell: own.ready && !own.trapped,
      });
    }
    for (const process of this.running) if (process.generation === generation) process.asked = true;
    this.leaderEnds(generation);
  }

  private find(effect: Extract<TunnelEffect, { type: 'look' }>): Found {
    const { own, state } = this;
    const found: Found = {
      ready: own === null || state.metricsPort === null ? 'unknown' : own.ready && this.online ? 'yes' : 'no',
      hostname: effect.hostname && own !== null ? new URL(own.url).hostname : null,
      public: null,
      originUp: this.originUp,
    };
    if (!effect.public || state.url === null) return found;
    const answer = this.answer(state.url);
    if (answer.kind === 'answer' && answer.json) this.seenGood.add(state.url);
    return { ...found, public: { url: state.url, answer, cachedMiss: false } };
  }

  /** What somebody outside would see. */
  answer(url: string): PublicAnswer {
    if (!this.online) return { kind: 'no-answer', message: 'No network.', ms: 1 };
    const { own } = this;
    if (this.state.plan.mode === 'url') return this.originUp ? json(200) : plain(502);
    if (own === null || own.url !== url) return { kind: 'no-name', ms: 1 };
    if (!own.ready) return plain(530);
    if (own.trapped) return plain(404);
    return this.originUp ? json(200) : plain(502);
  }

  private spawn(effect: Extract<TunnelEffect, { type: 'spawn' }>): void {
    const { generation, without } = effect;
    this.spawned.push({ failedStarts: effect.failedStarts, without });
    if (this.starts === 'not at all') {
      const problem = { message: 'The program was not found.', cure: 'Correct it.' };
      this.later(1, { type: 'spawn-failed', generation, problem });
      return;
    }
    this.names += 1;
    const name = this.state.plan.publicUrl ?? `https://name-${this.names}.trycloudflare.com`;
    const trapped = this.trapNext;
    this.running.push({
      generation,
      leader: true,
      asked: false,
      url: name,
      ready: false,
      trapped,
      flags: without,
    });
    this.mostRunning = Math.max(this.mostRunning, this.running.length);
    this.later(1, { type: 'spawned', generation, pid: 4000 + generation });
    this.runs(generation, name);
  }

  private runs(generation: number, url: string): void {
    const own = this.running.find((process) => process.generation === generation);
    const starts = this.online ? this.starts : 'no-network';
    const tell = (ms: number, sign: CloudflaredSign): void =>
      this.later(ms, { type: 'sign', generation, sign });
    const rejects = starts === 'old-binary' && !own?.flags.includes('retries');
    if (starts === 'silent') return;
    if (starts === 'rate-limited' || starts === 'no-network') {
      tell(300, { sign: 'trouble', kind: starts });
      this.leaderEnds(generation, 310);
    } else if (rejects) {
      tell(5, { sign: 'flag-refused', flag: 'retries' });
      this.leaderEnds(generation, 6);
    } else {
      if (this.state.plan.mode === 'quick') tell(1000, { sign: 'url', url });
      tell(1010, { sign: 'metrics', port: 20241 });
      if (starts === 'url-then-exit') this.leaderEnds(generation, 1020);
      else if (starts === 'never-ready') tell(1100, { sign: 'trouble', kind: 'edge-refused' });
      else {
        if (own) own.ready = true;
        tell(1500, { sign: 'registered' });
      }
    }
  }

  private leaderEnds(generation: number, after = 0): void {
    const process = this.running.find((each) => each.generation === generation && each.leader);
    if (!process) return;
    process.leader = false;
    this.later(after + 1, { type: 'exited', generation, how: 'exit code 1', lastOutput: 'last words' });
    this.later(after + 100, { type: 'gone', generation });
  }

  crash(): void {
    for (const process of [...this.running]) this.leaderEnds(process.generation);
  }

  tell(sign: CloudflaredSign): void {
    const { own } = this;
    if (own) this.send({ type: 'sign', generation: own.generation, sign });
  }

  setOrigin(up: boolean): void {
    this.originUp = up;
    this.send({ type: 'origin' });
  }

  setOnline(online: boolean): void {
    this.online = online;
    this.send({ type: 'network' });
  }

  /** Lets the next thing happen; false when nothing is left to happen. */
  step(): boolean {
    const next = this.pending.toSorted((a, b) => a.at - b.at)[0];
    if (!next) return false;
    this.pending.splice(this.pending.indexOf(next), 1);
    this.now = Math.max(this.now, next.at);
    if (next.event.type === 'gone') {
      const { generation } = next.event;
      this.running = this.running.filter((process) => process.generation !== generation);
    }
    this.send(next.event);
    return true;
  }

  run(ms: number): void {
    const end = this.now + ms;
    while (this.pending.some((each) => each.at <= end)) this.step();
    this.now = end;
  }

  /** Runs until it holds; false when it does not within the time. */
  runUntil(holds: () => boolean, ms: number): boolean {
    const end = this.now + ms;
    while (!holds() && this.pending.some((each) => each.at <= end)) this.step();
    return holds();
  }
}
