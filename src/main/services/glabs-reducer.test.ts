import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GlabsPlan } from './glabs-plan.ts';
import { reduceGlabs } from './glabs-reducer.ts';
import { type GlabsEffect, type GlabsEvent, type GlabsState, initialGlabsState } from './glabs-state.ts';
import type { ProbeOutcome } from './probe.ts';

const url = 'http://127.0.0.1:8765';
const command: GlabsPlan = { url, launch: 'command', startupTimeoutMs: 60_000 };
const demo: GlabsPlan = { ...command, launch: 'demo' };
const adoptOnly: GlabsPlan = { ...command, launch: 'none' };

const outcome = (kind: ProbeOutcome['kind'], isDemo = false): ProbeOutcome => ({
  kind,
  demo: isDemo,
  tasks: 0,
  message: `${kind}.`,
  ms: 1,
});

/** A made-up machine: one port, at most what the effects started on it, a clock that only moves when told. */
class World {
  state: GlabsState;
  now = 1_000_000;
  random = 0.5;
  /** Who answers on the port besides our own process. */
  other: ProbeOutcome = outcome('down');
  /** Processes that the effects started and that have not ended, with what is left of their groups. */
  running: {
    generation: number;
    kind: 'command' | 'demo';
    leader: boolean;
    answers: boolean;
    asked: boolean;
  }[] = [];
  /** Whether what is started becomes healthy. */
  starts: 'well' | 'never' | 'not at all' = 'well';
  pending: { at: number; event: GlabsEvent }[] = [];
  mostRunning = 0;
  spawned: ('command' | 'demo')[] = [];

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
    if (effect.type === 'probe')
      this.later(5, { type: 'probed', generation, outcome: this.answer(), owner: null });
    if (effect.type === 'spawn') this.spawn(generation, effect.kind);
    if (effect.type === 'end') this.end(generation);
  }

  answer(): ProbeOutcome {
    const own = this.running.find((process) => process.leader);
    if (own) return own.answers ? outcome('up', own.kind === 'demo') : outcome('down');
    return this.other;
  }

  private spawn(generation: number, kind: 'command' | 'demo'): void {
    this.spawned.push(kind);
    if (this.starts === 'not at all') {
      this.later(1, {
        type: 'spawn-failed',
        generation,
        message: 'The program was not found.',
        cure: 'Correct it.',
      });
      return;
    }
    this.running.push({ generation, kind, leader: true, answers: this.starts === 'well', asked: false });
    this.mostRunning = Math.max(this.mostRunning, this.running.length);
    this.later(1, { type: 'spawned', generation, pid: 4000 + generation });
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

describe('Start', () => {
  it('adopts what already answers and starts nothing', () => {
    const world = new World(command);
    world.other = outcome('up');
    world.send({ type: 'start', plan: command });
    world.run(1000);
    expect(world.state).toMatchObject({ phase: 'ready', adopted: true, demo: false, child: null });
    expect(world.spawned).toEqual([]);
  });

  it.each([
    [command, 'command', false],
    [demo, 'demo', true],
  ] as const)('else starts what the plan says', (plan, kind, isDemo) => {
    const world = new World(plan);
    world.send({ type: 'start', plan });
    world.run(1000);
    expect(world.state).toMatchObject({ phase: 'ready', adopted: false, demo: isDemo, child: { kind } });
    expect(world.spawned).toEqual([kind]);
  });

  it('waits for G-Labs when it may only adopt, and adopts it when it comes', () => {
    const world = new World(adoptOnly);
    world.send({ type: 'start', plan: adoptOnly });
    world.run(20_000);
    expect(world.state).toMatchObject({
      desired: 'up',
      phase: 'unhealthy',
      problem: { message: expect.stringContaining('Nothing answers') },
    });
    world.other = outcome('up');
    world.run(3000);
    expect(world.state).toMatchObject({ phase: 'ready', adopted: true, problem: null });
  });

  it('leaves a stranger on the port alone, names it, and goes on when it has left', () => {
    const world = new World(command);
    world.other = outcome('foreign');
    world.send({ type: 'start', plan: command });
    const { generation } = world.state;
    world.pending = [];
    world.send({ type: 'probed', generation, outcome: world.other, owner: { pid: 77, program: 'python3' } });
    expect(world.state).toMatchObject({
      phase: 'foreign',
      problem: { message: expect.stringMatching(/python3 \(process 77\)/) },
    });
    world.run(10_000);
    expect(world.spawned).toEqual([]);
    world.other = outcome('down');
    world.run(5000);
    expect(world.state.phase).toBe('ready');
  });

  it('twice is once', () => {
    const world = new World(command);
    for (let n = 0; n < 5; n += 1) {
      world.send({ type: 'start', plan: command });
      world.run(3);
    }
    world.run(5000);
    world.send({ type: 'start', plan: command });
    expect(world.spawned).toEqual(['command']);
  });

  it('fails at once when the program cannot be started', () => {
    const world = new World(command);
    world.starts = 'not at all';
    world.send({ type: 'start', plan: command });
    world.run(60_000);
    expect(world.state).toMatchObject({ phase: 'failed', child: null, failures: { couldNotStart: 1 } });
    expect(world.spawned).toHaveLength(1);
  });

  it('fails with the last output when it is not ready in time, and ends what it started', () => {
    const world = new World(command);
    world.starts = 'never';
    world.send({ type: 'start', plan: command });
    world.run(59_000);
    expect(world.state.phase).toBe('starting');
    world.run(2000);
    expect(world.state).toMatchObject({
      desired: 'up',
      phase: 'failed',
      failures: { neverReady: 1 },
      problem: { message: expect.stringMatching(/not ready within 60 s.*last words/) },
    });
    world.run(1000);
    expect(world.running).toEqual([]);
    world.starts = 'well';
    world.send({ type: 'start', plan: command });
    world.run(1000);
    expect(world.state).toMatchObject({ phase: 'ready', problem: null });
  });
});

describe('the demo', () => {
  it('never stands in for a real G-Labs that was adopted and went away', () => {
    const world = new World(demo);
    world.other = outcome('up');
    world.send({ type: 'start', plan: demo });
    world.run(1000);
    world.other = outcome('down');
    world.run(60_000);
    expect(world.state).toMatchObject({
      phase: 'unhealthy',
      demo: false,
      problem: { message: expect.stringContaining('no longer answers') },
    });
    world.send({ type: 'stop' });
    world.send({ type: 'start', plan: demo });
    world.run(10_000);
    expect(world.spawned).toEqual([]);
    world.other = outcome('up');
    world.run(5000);
    expect(world.state).toMatchObject({ phase: 'ready', adopted: true });
  });

  it('is labelled when it is adopted, and when it takes the place of what was adopted', () => {
    const world = new World(command);
    world.other = outcome('up', true);
    world.send({ type: 'start', plan: command });
    world.run(1000);
    expect(world.state).toMatchObject({ adopted: true, demo: true });
    world.other = outcome('up', false);
    world.run(3000);
    expect(world.state).toMatchObject({ adopted: true, demo: false, phase: 'ready' });
  });
});

describe('while it runs', () => {
  const ready = () => {
    const world = new World(command);
    world.send({ type: 'start', plan: command });
    world.run(1000);
    expect(world.state.phase).toBe('ready');
    return world;
  };

  it('two misses are nothing, three are a hang: it is ended and started again', () => {
    const world = ready();
    for (const process of world.running) process.answers = false;
    world.run(4100);
    expect(world.state).toMatchObject({ phase: 'ready', misses: 2 });
    for (const process of world.running) process.answers = true;
    world.run(2100);
    expect(world.state.misses).toBe(0);
    for (const process of world.running) process.answers = false;
    world.run(10_000);
    expect(world.state).toMatchObject({ phase: 'ready', restarts: 1, failures: { died: 1 } });
    expect(world.mostRunning).toBe(1);
  });

  it('an exit is seen at once, with the reason and the time of the next start', () => {
    const world = ready();
    world.crash();
    world.run(2);
    expect(world.state).toMatchObject({
      phase: 'waiting',
      problem: { message: expect.stringMatching(/exit code 1.*last words/) },
    });
    expect(world.state.nextAttemptAt).toBe(world.now - 1 + 500);
    world.run(2000);
    expect(world.state).toMatchObject({ phase: 'ready', restarts: 1, nextAttemptAt: null });
  });

  it('five quick failures are the end of trying, in words; Start begins anew', () => {
    const world = ready();
    const delays: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      world.crash();
      world.run(2);
      if (world.state.nextAttemptAt) delays.push(world.state.nextAttemptAt - world.state.since);
      world.run(40_000);
    }
    expect(delays).toEqual([500, 1000, 2000, 4000]);
    expect(world.state).toMatchObject({
      desired: 'up',
      phase: 'failed',
      problem: { message: expect.stringContaining('5 times in a row') },
    });
    expect(world.spawned).toHaveLength(5);
    world.send({ type: 'start', plan: command });
    world.run(1000);
    expect(world.state).toMatchObject({ phase: 'ready', failures: { died: 0 }, restarts: 0 });
  });

  it('a minute of health makes good for failures before', () => {
    const world = ready();
    for (let n = 0; n < 12; n += 1) {
      world.crash();
      world.run(70_000);
    }
    expect(world.state).toMatchObject({ phase: 'ready', restarts: 12 });
  });

  it('a change of the address moves what was adopted, and not what we started', () => {
    const moved = { ...command, url: 'http://127.0.0.1:9000' };
    const own = ready();
    own.send({ type: 'planned', plan: moved });
    own.run(5000);
    expect(own.spawned).toHaveLength(1);
    const adopted = new World(command);
    adopted.other = outcome('up');
    adopted.send({ type: 'start', plan: command });
    adopted.run(100);
    adopted.other = outcome('down');
    adopted.send({ type: 'planned', plan: moved });
    adopted.run(1000);
    expect(adopted.state).toMatchObject({ phase: 'ready', adopted: false, plan: { url: moved.url } });
  });
});

describe('Stop', () => {
  it('ends what was started, and says stopped only when all of it is gone', () => {
    const world = new World(command);
    world.send({ type: 'start', plan: command });
    world.run(1000);
    world.send({ type: 'stop' });
    world.run(50);
    expect(world.state.phase).toBe('stopping');
    world.run(200);
    expect(world.state).toMatchObject({ desired: 'down', phase: 'stopped', child: null });
    expect(world.running).toEqual([]);
    world.run(100_000);
    expect(world.spawned).toHaveLength(1);
  });

  it('lets go of what was adopted', () => {
    const world = new World(command);
    world.other = outcome('up');
    world.send({ type: 'start', plan: command });
    world.run(1000);
    world.send({ type: 'stop' });
    expect(world.state).toMatchObject({ phase: 'stopped', adopted: false });
  });
});

describe('whatever happens in whatever order', () => {
  type Move =
    | { do: 'start' | 'stop' | 'replan'; plan: GlabsPlan }
    | { do: 'crash' | 'hang' | 'recover' | 'found' }
    | { do: 'port'; other: ProbeOutcome }
    | { do: 'starts'; how: World['starts'] }
    | { do: 'wait'; ms: number }
    | { do: 'shuffle'; pick: number };

  const plan = fc.constantFrom(command, demo, adoptOnly, { ...command, url: 'http://127.0.0.1:9000' });
  const anyOutcome = fc.constantFrom(
    outcome('up'),
    outcome('up', true),
    outcome('down'),
    outcome('foreign'),
    outcome('silent'),
  );
  /** Every callback of another generation than the one under way. */
  function staleEvents({ generation, child }: GlabsState): GlabsEvent[] {
    const [old, notOurs] = [generation - 1, (child?.generation ?? 0) - 1];
    return [
      { type: 'probed', generation: old, outcome: outcome('up'), owner: null },
      { type: 'probed', generation: old, outcome: outcome('down'), owner: null },
      { type: 'found', generation: old, outcome: outcome('up'), owner: null },
      { type: 'timer', generation: old, name: 'probe', lastOutput: '' },
      { type: 'timer', generation: old, name: 'deadline', lastOutput: '' },
      { type: 'timer', generation: old, name: 'restart', lastOutput: '' },
      { type: 'spawned', generation: notOurs, pid: 1 },
      { type: 'spawn-failed', generation: notOurs, message: 'x', cure: 'y' },
      { type: 'exited', generation: notOurs, how: 'exit code 9', lastOutput: '' },
      { type: 'gone', generation: notOurs },
    ];
  }

  /** Callbacks of the watch that is under way: two of them would probe twice as often, for ever. */
  const watches = (world: World): number =>
    world.pending.filter(
      ({ event }) =>
        'generation' in event &&
        event.generation === world.state.generation &&
        (event.type === 'probed' || (event.type === 'timer' && event.name === 'probe')),
    ).length;

  const move: fc.Arbitrary<Move> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('start' as const, 'stop' as const, 'replan' as const),
        plan,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('crash' as const, 'hang' as const, 'recover' as const, 'found' as const),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('port' as const), other: anyOutcome }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('starts' as const),
        how: fc.constantFrom('well' as const, 'never' as const, 'not at all' as const),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        ms: fc.constantFrom(1, 3, 50, 300, 2500, 70_000),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('shuffle' as const), pick: fc.nat(20) }) },
  );

  function play(world: World, made: Move): void {
    const { generation } = world.state;
    if (made.do === 'start') world.send({ type: 'start', plan: made.plan });
    else if (made.do === 'stop') world.send({ type: 'stop' });
    else if (made.do === 'replan') world.send({ type: 'planned', plan: made.plan });
    else if (made.do === 'crash') world.crash();
    else if (made.do === 'hang') for (const process of world.running) process.answers = false;
    else if (made.do === 'recover') for (const process of world.running) process.answers = true;
    else if (made.do === 'found')
      world.send({ type: 'found', generation, outcome: world.other, owner: null });
    else if (made.do === 'port') world.other = made.other;
    else if (made.do === 'starts') world.starts = made.how;
    else if (made.do === 'wait') world.run(made.ms);
    else if (made.do === 'shuffle' && world.pending.length > 0) {
      // A callback comes before others that were due earlier; only a process cannot be gone before it ended.
      const early = world.pending[made.pick % world.pending.length];
      if (early && early.event.type !== 'gone') early.at = world.now;
      world.step();
    }
  }

  it('there is never more than one process, and what was last asked for is not lost', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), plan, (moves, first) => {
        const world = new World(first);
        let asked: 'up' | 'down' = 'down';
        for (const made of moves) {
          const before = world.state.desired;
          play(world, made);
          if (made.do === 'start') asked = 'up';
          else if (made.do === 'stop') asked = 'down';
          // Only something found running makes «up» without being asked.
          else if (made.do === 'found' && before === 'down' && world.state.desired === 'up') asked = 'up';
          expect(world.state.desired).toBe(asked);
          expect(world.mostRunning).toBeLessThanOrEqual(1);
          expect(watches(world)).toBeLessThanOrEqual(1);
          for (const stale of staleEvents(world.state)) {
            const step = reduceGlabs(world.state, stale, { now: world.now, random: 0.5 });
            expect(step).toEqual({ state: world.state, effects: [] });
          }
          if (world.state.adopted) expect(world.running.filter((process) => !process.asked)).toEqual([]);
        }
        // Left alone on a machine where everything works, it comes to what was asked for.
        world.starts = 'well';
        world.other = outcome('down');
        for (const process of world.running) process.answers = true;
        world.run(200_000);
        expect(world.mostRunning).toBeLessThanOrEqual(1);
        if (asked === 'down') {
          expect(world.state).toMatchObject({ phase: 'stopped', child: null });
          expect(world.running).toEqual([]);
          return;
        }
        const { phase, plan: used, problem } = world.state;
        const mayStart =
          used.launch === 'command' || (used.launch === 'demo' && world.state.realSeenAt !== used.url);
        if (phase !== 'ready') {
          expect(problem).not.toBeNull();
          expect(phase === 'failed' || (phase === 'unhealthy' && !mayStart)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
