import type { GlabsPlan } from '../glabs-plan.ts';
import { reduceGlabs } from '../glabs-reducer.ts';
import { type GlabsEffect, type GlabsEvent, type GlabsState, initialGlabsState } from '../glabs-state.ts';
import type { Problem } from '../glabs-words.ts';
import type { ProbeOutcome } from '../probe.ts';

export const url = 'http://127.0.0.1:8765';
export const command: GlabsPlan = { url, launch: 'command', startupTimeoutMs: 60_000 };
export const demo: GlabsPlan = { ...command, launch: 'demo' };
export const adoptOnly: GlabsPlan = { ...command, launch: 'none' };

export const outcome = (kind: ProbeOutcome['kind'], isDemo = false): ProbeOutcome => ({
  kind,
  demo: isDemo,
  tasks: 0,
  message: `${kind}.`,
  ms: 1,
});

/** A made-up machine: one port, at most what the effects started on it, a clock that only moves when told. */
export class World {
  state: GlabsState;
  now = 1_000_000;
  random = 0.5;
  /** Who answers on the port besides our own process. */
  other: ProbeOutcome = outcome('down');
  /** How our own process does not answer. */
  mute: 'down' | 'silent' = 'down';
  /** Processes that the effects started and that have not ended, with what is left of their groups. */
  running: {
    generation: number;
    kind: 'command' | 'demo';
    /** Where it listens. */
    url: string;
    leader: boolean;
    answers: boolean;
    asked: boolean;
  }[] = [];
  /** Whether what is started becomes healthy. */
  starts: 'well' | 'never' | 'not at all' = 'well';
  pending: { at: number; event: GlabsEvent }[] = [];
  mostRunning = 0;
  spawned: ('command' | 'demo')[] = [];
  spawnedAt: number[] = [];
  keysAsked = 0;
  keyProblem: Problem | null = null;
  /** A process that an earlier Flowdeck left, until it is taken over. */
  left: { kind: 'command' | 'demo'; answers: boolean } | null = null;

  constructor(plan: GlabsPlan) {
    this.state = initialGlabsState(plan, this.now);
  }

  send(event: GlabsEvent): void {
    const step = reduceGlabs(this.state, event, { now: this.now, random: this.random });
    this.state = step.state;
    for (const effect of step.effects) this.carryOut(effect);
  }

  private later(ms: number, event: GlabsEvent): void {
    this.pending.push({ at: this.now + ms, event });
  }

  carryOut(effect: GlabsEffect): void {
    const { generation } = effect;
    if (effect.type === 'timer')
      this.later(effect.ms, { type: 'timer', generation, name: effect.name, lastOutput: 'last words' });
    if (effect.type === 'probe') {
      const answer = this.answer();
      const ms = answer.kind === 'silent' ? effect.limitMs : 5;
      this.later(ms, { type: 'probed', generation, outcome: { ...answer, ms }, owner: null });
    }
    if (effect.type === 'check-key') {
      this.keysAsked += 1;
      this.later(20, { type: 'key-checked', generation, problem: this.keyProblem });
    }
    if (effect.type === 'take-over') this.takeOver(generation);
    if (effect.type === 'spawn') this.spawn(generation, effect.kind);
    if (effect.type === 'end') this.end(generation);
  }

  answer(): ProbeOutcome {
    const own = this.running.find((process) => process.leader);
    if (own && own.url === this.state.plan.url)
      return own.answers ? outcome('up', own.kind === 'demo') : outcome(this.mute);
    return this.other;
  }

  private spawn(generation: number, kind: 'command' | 'demo'): void {
    this.spawned.push(kind);
    this.spawnedAt.push(this.now);
    if (this.starts === 'not at all') {
      this.later(1, {
        type: 'spawn-failed',
        generation,
        message: 'The program was not found.',
        cure: 'Correct it.',
      });
      return;
    }
    const { url } = this.state.plan;
    const answers = this.starts === 'well';
    this.running.push({ generation, kind, url, leader: true, answers, asked: false });
    this.mostRunning = Math.max(this.mostRunning, this.running.length);
    this.later(1, { type: 'spawned', generation, pid: 4000 + generation });
  }

  /** As at the beginning of a session: what was left is either taken over or ended before it. */
  leftOver(): void {
    const { left } = this;
    if (left) this.send({ type: 'left-over', pid: 77, demo: left.kind === 'demo' });
  }

  private takeOver(generation: number): void {
    const { left } = this;
    if (!left) throw new Error('nothing was left');
    this.left = null;
    this.running.push({ ...left, generation, url: this.state.plan.url, leader: true, asked: false });
    this.mostRunning = Math.max(this.mostRunning, this.running.length);
    this.later(1, { type: 'spawned', generation, pid: 77 });
  }

  private end(generation: number): void {
    const process = this.running.find((each) => each.generation === generation);
    if (process) process.asked = true;
    if (process?.leader) this.leaderEnds(generation);
  }

  leaderEnds(generation: number): void {
    const process = this.running.find((each) => each.generation === generation && each.leader);
    if (!process) return;
    process.leader = false;
    this.later(1, { type: 'exited', generation, how: 'exit code 1', lastOutput: 'last words' });
    this.later(100, { type: 'gone', generation });
  }

  crash(): void {
    for (const process of [...this.running]) this.leaderEnds(process.generation);
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
}
