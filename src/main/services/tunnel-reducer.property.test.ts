import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { quickPlan, type Start, TunnelWorld } from './testing/tunnel-world.ts';
import { reduceTunnel } from './tunnel-reducer.ts';
import { type TunnelEvent, type TunnelPlan, type TunnelState, tunnelTimes } from './tunnel-state.ts';

type Move =
  | { do: 'start' | 'stop' | 'replan'; plan: TunnelPlan }
  | { do: 'crash' | 'drop' | 'heal' | 'lost' | 'delete' | 'sleep' | 'trap' }
  | { do: 'origin' | 'online'; up: boolean }
  | { do: 'starts'; how: Start }
  | { do: 'wait'; ms: number }
  | { do: 'shuffle'; pick: number };

vi.setConfig({ testTimeout: 60_000 });

const problem = { message: 'It is not there.', cure: 'Install it.' };
const plan = fc.constantFrom<TunnelPlan>(
  quickPlan,
  { ...quickPlan, originUrl: 'http://127.0.0.1:9000' },
  { ...quickPlan, mode: 'named', publicUrl: 'https://glabs.example.org' },
  { ...quickPlan, mode: 'named', publicUrl: 'https://moved.example.org' },
  { ...quickPlan, mode: 'url', publicUrl: 'https://other.example.org' },
  { ...quickPlan, problem },
);
const always = fc.constant(quickPlan);

const moves = (plans: fc.Arbitrary<TunnelPlan>): fc.Arbitrary<Move[]> => {
  const move: fc.Arbitrary<Move> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('start' as const, 'stop' as const, 'replan' as const),
        plan: plans,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom(...(['crash', 'drop', 'heal', 'lost', 'delete', 'sleep', 'trap'] as const)),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constantFrom('origin' as const, 'online' as const), up: fc.boolean() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('starts' as const),
        how: fc.constantFrom<Start>(
          'well',
          'not at all',
          'silent',
          'rate-limited',
          'no-network',
          'url-then-exit',
          'never-ready',
          'old-binary',
        ),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        ms: fc.constantFrom(1, 40, 700, 3000, 12_000, 70_000, 400_000),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('shuffle' as const), pick: fc.nat(20) }) },
  );
  return fc.array(move, { maxLength: 60 });
};

function play(world: TunnelWorld, move: Move): void {
  const { own } = world;
  if (move.do === 'start') world.start(move.plan);
  else if (move.do === 'stop') world.send({ type: 'stop' });
  else if (move.do === 'replan') world.send({ type: 'planned', plan: move.plan });
  else if (move.do === 'crash') world.crash();
  else if (move.do === 'drop' || move.do === 'delete') {
    if (own) own.ready = false;
    world.tell(move.do === 'drop' ? { sign: 'lost' } : { sign: 'trouble', kind: 'deleted' });
  } else if (move.do === 'heal') {
    if (own) own.ready = true;
    world.tell({ sign: 'registered' });
  } else if (move.do === 'lost') world.tell({ sign: 'lost' });
  else if (move.do === 'sleep') {
    world.now += 3_600_000;
    world.send({ type: 'network' });
  } else if (move.do === 'trap') world.trapNext = !world.trapNext;
  else if (move.do === 'origin') world.setOrigin(move.up);
  else if (move.do === 'online') world.setOnline(move.up);
  else if (move.do === 'starts') world.starts = move.how;
  else if (move.do === 'wait') world.run(move.ms);
  else if (move.do === 'shuffle') {
    // A callback comes before others that were due earlier; only a process cannot be gone before it ended.
    const early = world.pending[move.pick % Math.max(1, world.pending.length)];
    if (early && early.event.type !== 'gone') early.at = world.now;
    world.step();
  }
}

/** Every callback of another generation, or of another look, than the one under way. */
function staleEvents({ generation, child, look }: TunnelState): TunnelEvent[] {
  const [old, notOurs] = [generation - 1, (child?.generation ?? 0) - 1];
  const found = { ready: 'no' as const, hostname: 'x-y.trycloudflare.com', public: null, originUp: true };
  return [
    { type: 'looked', generation: old, look, found },
    { type: 'looked', generation, look: look - 1, found },
    { type: 'timer', generation, name: 'look', look: look - 1, lastOutput: '' },
    ...(['url', 'registered', 'verified', 'settle', 'look', 'restart'] as const).map((name) => ({
      type: 'timer' as const,
      generation: old,
      name,
      look,
      lastOutput: '',
    })),
    { type: 'sign', generation: notOurs, sign: { sign: 'url', url: 'https://x-y.trycloudflare.com' } },
    { type: 'sign', generation: notOurs, sign: { sign: 'trouble', kind: 'bad-token' } },
    { type: 'spawned', generation: notOurs, pid: 1 },
    { type: 'spawn-failed', generation: notOurs, problem },
    { type: 'exited', generation: notOurs, how: 'exit code 9', lastOutput: '' },
    { type: 'gone', generation: notOurs },
  ];
}

/** Callbacks of the watch that is under way: two of them would look twice as often, for ever. */
const watches = ({ state, pending }: TunnelWorld): number =>
  pending.filter(
    ({ event }) =>
      (event.type === 'looked' || (event.type === 'timer' && event.name === 'look')) &&
      event.generation === state.generation &&
      event.look === state.look,
  ).length;

const mostInTenMinutes = (times: readonly number[]): number =>
  Math.max(0, ...times.map((at) => times.filter((other) => other >= at && other < at + 600_000).length));

it('whatever happens in whatever order: one process, the desired state, at most five tunnels in ten minutes, and verified is true', () => {
  fc.assert(
    fc.property(moves(plan), plan, (made, first) => {
      const world = new TunnelWorld(first);
      let asked: 'up' | 'down' = 'down';
      for (const move of made) {
        play(world, move);
        if (move.do === 'start') asked = 'up';
        else if (move.do === 'stop') asked = 'down';
        const { state } = world;
        expect(state.desired).toBe(asked);
        expect(world.mostRunning).toBeLessThanOrEqual(1);
        expect(watches(world)).toBeLessThanOrEqual(1);
        expect(mostInTenMinutes(world.created)).toBeLessThanOrEqual(5);
        if (state.phase === 'verified') expect(world.seenGood).toContain(state.url);
        for (const url of world.published) expect(world.seenGood).toContain(url);
        for (const stale of staleEvents(state)) {
          const step = reduceTunnel(state, stale, {
            now: world.now,
            random: 0.5,
            online: true,
            times: tunnelTimes,
          });
          expect(step).toEqual({ state, effects: [] });
        }
      }
      // Left alone on a machine where everything works, it comes to what was asked for.
      world.starts = 'well';
      world.trapNext = false;
      if (world.own) {
        world.own.ready = true;
        // Where a named tunnel leads is mended by a person.
        world.own.trapped = false;
      }
      world.setOrigin(true);
      world.setOnline(true);
      world.run(40 * 60_000);
      expect(world.mostRunning).toBeLessThanOrEqual(1);
      expect(mostInTenMinutes(world.created)).toBeLessThanOrEqual(5);
      const { phase, child, problem: said } = world.state;
      if (asked === 'down') {
        expect({ phase, child, left: world.running }).toEqual({ phase: 'stopped', child: null, left: [] });
      } else if (phase !== 'verified') {
        // Only what a person has to mend is the end of trying, and it says so.
        expect(phase).toBe('failed');
        expect(said).not.toBeNull();
      }
    }),
    { numRuns: 600 },
  );
});

it('a tunnel that is good is never given up because G-Labs is down or our own network is away', () => {
  const calm = moves(always).map((all) =>
    all.filter(({ do: what }) => !['drop', 'delete', 'crash', 'trap', 'lost'].includes(what)),
  );
  fc.assert(
    fc.property(calm, (made) => {
      const world = new TunnelWorld();
      world.start();
      world.run(20_000);
      for (const move of made) if (move.do !== 'starts') play(world, move);
      expect(world.rotations.filter(({ wasVerified, allWell }) => wasVerified && allWell)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

it('nothing is given up while our own network is away', () => {
  fc.assert(
    fc.property(moves(always), (made) => {
      const world = new TunnelWorld();
      world.start();
      for (const move of made) play(world, move);
      expect(world.rotations.filter(({ online }) => !online)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
