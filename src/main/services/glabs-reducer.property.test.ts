import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GlabsPlan } from './glabs-plan.ts';
import { reduceGlabs } from './glabs-reducer.ts';
import type { GlabsEvent, GlabsState } from './glabs-state.ts';
import type { ProbeOutcome } from './probe.ts';
import { adoptOnly, command, demo, outcome, World } from './testing/glabs-world.ts';

describe('whatever happens in whatever order', () => {
  type Move =
    | { do: 'start' | 'stop' | 'replan'; plan: GlabsPlan }
    | { do: 'crash' | 'hang' | 'recover' | 'found' | 'woke' | 'left' }
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
      { type: 'key-checked', generation: old, problem: { message: 'old', cure: 'old' } },
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
        do: fc.constantFrom('crash', 'hang', 'recover', 'found', 'woke', 'left'),
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
    else if (made.do === 'woke') world.send({ type: 'woke' });
    else if (made.do === 'left' && world.running.length === 0) {
      world.left = { kind: 'command', answers: true };
      world.leftOver();
      // Refused: it would have been ended before the session began.
      world.left = null;
    } else if (made.do === 'port') world.other = made.other;
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
          else if (['found', 'left'].includes(made.do) && before === 'down' && world.state.desired === 'up')
            asked = 'up';
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

  // 0.4, 0.8, 1.6, 3.2, 6.4, 12.8 and 24 s are the shortest pauses: with one life of five seconds, eight in a minute.
  it('it is started at most eight times in any minute without a person, whatever befalls it', () => {
    const befalls = fc.oneof(
      { weight: 6, arbitrary: fc.constant('crash and a while' as const) },
      { weight: 4, arbitrary: fc.constantFrom('crash' as const, 'hang' as const, 'recover' as const) },
      { weight: 1, arbitrary: fc.constant('woke' as const) },
      { weight: 3, arbitrary: fc.constantFrom(3, 300, 1500, 9000, 61_000) },
      { weight: 1, arbitrary: fc.constantFrom('well' as const, 'never' as const) },
    );
    fc.assert(
      fc.property(
        fc.array(befalls, { maxLength: 80 }),
        fc.double({ min: 0, max: 0.999 }),
        (events, random) => {
          const world = new World({ ...command, startupTimeoutMs: 2000 });
          world.random = random;
          world.send({ type: 'start', plan: world.state.plan });
          for (const event of events) {
            if (event === 'crash') world.crash();
            else if (event === 'crash and a while') {
              world.crash();
              world.run(9000);
            } else if (event === 'hang' || event === 'recover')
              for (const process of world.running) process.answers = event === 'recover';
            else if (event === 'woke') world.send({ type: 'woke' });
            else if (typeof event === 'number') world.run(event);
            else world.starts = event;
          }
          world.run(300_000);
          for (const at of world.spawnedAt) {
            const within = world.spawnedAt.filter((other) => other >= at && other < at + 60_000);
            expect(within.length).toBeLessThanOrEqual(8);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
