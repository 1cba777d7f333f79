import { describe, expect, it } from 'vitest';
import { quickPlan, TunnelWorld } from './testing/tunnel-world.ts';
import type { TunnelPlan } from './tunnel-state.ts';

const second = 1000;
const minute = 60 * second;

function verified(plan: TunnelPlan = quickPlan): TunnelWorld {
  const world = new TunnelWorld(plan);
  world.start();
  world.run(20 * second);
  expect(world.state).toMatchObject({ phase: 'verified', problem: null });
  return world;
}

const phases = (world: TunnelWorld, ms: number): string[] => {
  const seen: string[] = [world.state.phase];
  world.runUntil(() => {
    if (seen.at(-1) !== world.state.phase) seen.push(world.state.phase);
    return false;
  }, ms);
  return seen;
};

describe('Start', () => {
  it('goes by every step to verified, and settles before the name is looked up', () => {
    const world = new TunnelWorld();
    world.start();
    expect(phases(world, 20 * second)).toEqual([
      'spawning',
      'url-assigned',
      'registered',
      'settling',
      'verified',
    ]);
    // The look that told that the edge knows us came right after the address.
    const registered = 1_800_000_000_000 + 1000;
    expect(world.state.since - registered).toBeGreaterThanOrEqual(5000);
    expect(world.published).toEqual(['https://name-1.trycloudflare.com']);
    expect(world.created).toHaveLength(1);
  });

  it('does not settle where the name is not looked up', () => {
    const world = new TunnelWorld({ ...quickPlan, probeOrigin: 'http://127.0.0.1:9' });
    world.start();
    world.run(2 * second);
    expect(world.state.phase).toBe('verified');
  });

  it('twice is once', () => {
    const world = new TunnelWorld();
    for (let n = 0; n < 5; n += 1) {
      world.start();
      world.run(300);
    }
    world.run(20 * second);
    world.start();
    expect(world.spawned).toHaveLength(1);
  });

  it('with the program missing fails with the way to install it, and starts nothing', () => {
    const problem = { message: 'It is not there.', cure: 'Install it.', command: 'brew install cloudflared' };
    const world = new TunnelWorld({ ...quickPlan, problem });
    world.start();
    expect(world.state).toMatchObject({ desired: 'up', phase: 'failed', problem });
    expect(world.spawned).toEqual([]);
    world.send({ type: 'planned', plan: quickPlan });
    world.run(20 * second);
    expect(world.state).toMatchObject({ phase: 'verified', problem: null });
  });

  it('fails at once when the program cannot be run', () => {
    const world = new TunnelWorld();
    world.starts = 'not at all';
    world.start();
    world.run(minute);
    expect(world.state).toMatchObject({ phase: 'failed', child: null });
    expect(world.spawned).toHaveLength(1);
  });

  it('tries an older binary again without the flag it does not know, at once', () => {
    const world = new TunnelWorld();
    world.starts = 'old-binary';
    world.start();
    world.run(10 * second);
    expect(world.state).toMatchObject({ phase: 'verified', failures: 0 });
    expect(world.spawned.map(({ without }) => without)).toEqual([[], ['retries']]);
  });

  it('takes the address from /quicktunnel where the log hides it', () => {
    const world = new TunnelWorld();
    world.start();
    const { send } = world;
    world.send = (event) => {
      if (event.type === 'sign' && event.sign.sign === 'url') return;
      send.call(world, event);
    };
    world.run(20 * second);
    expect(world.state).toMatchObject({ phase: 'verified', url: 'https://name-1.trycloudflare.com' });
  });

  it('without a network waits for one, and asks for no tunnel', () => {
    const world = new TunnelWorld();
    world.online = false;
    world.start();
    world.run(5 * minute);
    expect(world.state).toMatchObject({
      phase: 'backoff',
      problem: { message: expect.stringContaining('no network') },
    });
    expect(world.created).toEqual([]);
    world.setOnline(true);
    world.run(20 * second);
    expect(world.state.phase).toBe('verified');
  });
});

describe('a start that does not come through', () => {
  it.each([
    ['silent', 30, /named no address within 30 s.*last words/],
    ['never-ready', 45, /not connected within 45 s.*port 7844/],
  ] as const)('%s: ends at its deadline, says why, and is tried anew', (starts, seconds, words) => {
    const world = new TunnelWorld();
    world.starts = starts;
    world.start();
    world.run((seconds - 1) * second);
    expect(world.state.child).toMatchObject({ ending: false });
    world.run(2 * second);
    expect(world.state).toMatchObject({
      phase: 'backoff',
      problem: { message: expect.stringMatching(words) },
    });
    world.starts = 'well';
    world.run(20 * second);
    expect(world.state).toMatchObject({ phase: 'verified', restarts: 1 });
    expect(world.state.startedFor).toMatch(words);
    expect(world.mostRunning).toBe(1);
  });

  it('takes turns with the protocol, and comes to IPv4', () => {
    const world = new TunnelWorld();
    world.starts = 'url-then-exit';
    world.start();
    world.run(5 * minute);
    expect(world.spawned.map(({ failedStarts }) => failedStarts)).toEqual([0, 1, 2, 3, 4]);
    expect(world.state).toMatchObject({
      desired: 'up',
      phase: 'failed',
      problem: {
        message: expect.stringMatching(/failed 5 times in a row.*exit code 1/),
        cure: expect.stringContaining('press Start'),
      },
    });
    world.starts = 'well';
    world.start();
    expect(world.state.phase).toBe('backoff');
    world.run(11 * minute);
    expect(world.state).toMatchObject({ phase: 'verified', restarts: 0 });
  });

  it('for which only waiting helps is tried for ever, five times in ten minutes, saying when', () => {
    const world = new TunnelWorld();
    world.starts = 'rate-limited';
    world.start();
    world.run(2 * second);
    expect(world.state).toMatchObject({
      phase: 'backoff',
      problem: { message: expect.stringContaining('429') },
    });
    expect(world.state.nextAttemptAt).toBeGreaterThan(world.now);
    world.run(3 * 60 * minute);
    expect(world.state.phase).toBe('backoff');
    expect(world.created.length).toBeGreaterThan(10);
    // The protocol is not at fault.
    expect(world.spawned.every(({ failedStarts }) => failedStarts === 0)).toBe(true);
    world.starts = 'well';
    world.run(10 * minute);
    expect(world.state.phase).toBe('verified');
  });

  it('counts what earlier sessions asked for', () => {
    const now = 1_800_000_000_000;
    const world = new TunnelWorld(
      quickPlan,
      [5, 4, 3, 2, 1].map((n) => now - n * minute),
    );
    world.start();
    expect(world.state).toMatchObject({ phase: 'backoff', nextAttemptAt: now + 5 * minute });
    expect(world.state.problem?.message).toMatch(/5 tunnels were made in the last 10 minutes/);
    world.run(6 * minute);
    expect(world.state.phase).toBe('verified');
  });

  it('because the token is refused is not repeated', () => {
    const world = new TunnelWorld({ ...quickPlan, mode: 'named', publicUrl: 'https://glabs.example.org' });
    world.starts = 'silent';
    world.start();
    world.run(second);
    world.tell({ sign: 'trouble', kind: 'bad-token' });
    world.crash();
    world.run(10 * minute);
    expect(world.state).toMatchObject({
      phase: 'failed',
      problem: { cure: expect.stringContaining('token') },
    });
    expect(world.spawned).toHaveLength(1);
  });
});

describe('while it is verified', () => {
  it('a lost connection that comes back keeps the name, and nothing is started', () => {
    const world = verified();
    const { own } = world;
    if (own) own.ready = false;
    world.tell({ sign: 'lost' });
    world.run(45 * second);
    expect(world.state.phase).toBe('degraded');
    if (own) own.ready = true;
    world.tell({ sign: 'registered' });
    world.run(second);
    expect(world.state).toMatchObject({ phase: 'verified', problem: null, restarts: 0 });
    expect(world.spawned).toHaveLength(1);
    expect(new Set(world.published).size).toBe(1);
  });

  it('one that stays away for 90 s is replaced, after one more look', () => {
    const world = verified();
    const { own } = world;
    if (own) own.ready = false;
    world.run(85 * second);
    expect(world.spawned).toHaveLength(1);
    world.run(2 * minute);
    expect(world.state).toMatchObject({
      phase: 'verified',
      restarts: 1,
      url: 'https://name-2.trycloudflare.com',
    });
    expect(world.published).toEqual(['https://name-1.trycloudflare.com', 'https://name-2.trycloudflare.com']);
  });

  it('one that comes back in the very last moment keeps its name', () => {
    const world = verified();
    const { own } = world;
    if (own) own.ready = false;
    world.runUntil(() => world.state.rechecking, 3 * minute);
    if (own) own.ready = true;
    world.pending = world.pending.filter(({ event }) => event.type !== 'looked');
    world.send({
      type: 'looked',
      generation: world.state.generation,
      look: world.state.look,
      found: {
        ready: 'yes',
        hostname: null,
        originUp: true,
        public: { url: own?.url ?? '', answer: world.answer(own?.url ?? ''), cachedMiss: false },
      },
    });
    world.run(2 * minute);
    expect(world.state).toMatchObject({ phase: 'verified', restarts: 0 });
    expect(world.spawned).toHaveLength(1);
  });

  it('one that Cloudflare has deleted is replaced as soon as three looks say so', () => {
    const world = verified();
    const { own } = world;
    if (own) own.ready = false;
    world.tell({ sign: 'trouble', kind: 'deleted' });
    expect(world.runUntil(() => world.spawned.length === 2, 40 * second)).toBe(true);
    expect(world.state.startedFor).toContain('given up');
  });

  it('G-Labs being down costs nothing, however long', () => {
    const world = verified();
    world.setOrigin(false);
    world.run(second);
    expect(world.state).toMatchObject({
      phase: 'degraded',
      problem: { message: expect.stringContaining('tunnel is good') },
    });
    world.run(60 * minute);
    expect(world.spawned).toHaveLength(1);
    world.setOrigin(true);
    world.run(second);
    expect(world.state).toMatchObject({ phase: 'verified', restarts: 0 });
  });

  it('a night without a network costs nothing', () => {
    const world = verified();
    world.setOnline(false);
    world.run(8 * 60 * minute);
    expect(world.state).toMatchObject({
      phase: 'degraded',
      problem: { message: expect.stringContaining('no network') },
    });
    expect(world.spawned).toHaveLength(1);
    world.setOnline(true);
    world.run(2 * second);
    expect(world.state).toMatchObject({ phase: 'verified', url: 'https://name-1.trycloudflare.com' });
  });

  it('after a sleep, misses of the first twenty seconds do not count', () => {
    const world = verified();
    const { own } = world;
    if (own) own.ready = false;
    world.send({ type: 'network' });
    world.run(19 * second);
    expect(world.state).toMatchObject({ phase: 'verified', misses: 0 });
  });

  it('a configuration that takes the requests away is seen, and left by a new start', () => {
    const world = new TunnelWorld();
    world.trapNext = true;
    world.start();
    world.runUntil(() => world.state.phase === 'degraded', 30 * second);
    expect(world.state.problem?.message).toContain('404');
    world.trapNext = false;
    world.run(30 * second);
    expect(world.state).toMatchObject({ phase: 'verified', restarts: 1 });
  });

  it('a crash is followed by a new one after five seconds, and a minute of success makes good for it', () => {
    const world = verified();
    for (let n = 0; n < 12; n += 1) {
      world.run(3 * minute);
      world.crash();
      world.run(2);
      expect(world.state).toMatchObject({ phase: 'restarting', failures: 1 });
      expect((world.state.nextAttemptAt ?? 0) - world.now).toBeLessThanOrEqual(6000);
      world.run(20 * second);
      expect(world.state.phase).toBe('verified');
    }
  });

  it('a flood of signs is one look', () => {
    const world = verified();
    world.run(5 * second);
    const before = world.pending.length;
    for (let n = 0; n < 1000; n += 1) world.tell({ sign: 'lost' });
    expect(world.pending.length).toBe(before + 1);
    const { state } = world;
    for (let n = 0; n < 3; n += 1) world.tell({ sign: 'lost' });
    expect(world.state).toBe(state);
    world.tell({ sign: 'trouble', kind: 'edge-refused' });
    const troubled = world.state;
    world.tell({ sign: 'trouble', kind: 'edge-refused' });
    expect(world.state).toBe(troubled);
  });
});

it('what is told of its end quotes its last words, and does not say that there were none before its last step', () => {
  for (const [lastOutput, message] of [
    ['no route', 'cloudflared ended: exit code 1. Last output: "no route".'],
    ['', 'cloudflared ended: exit code 1.'],
  ] as const) {
    const world = verified();
    const generation = world.state.child?.generation ?? 0;
    world.send({ type: 'exited', generation, how: 'exit code 1', lastOutput });
    expect(world.state.problem?.message).toBe(message);
  }
});

describe('changed settings', () => {
  it('another address of G-Labs or another program begins anew; the same ones do nothing', () => {
    const world = verified();
    world.send({ type: 'planned', plan: { ...quickPlan } });
    world.run(minute);
    expect(world.spawned).toHaveLength(1);
    world.send({ type: 'planned', plan: { ...quickPlan, originUrl: 'http://127.0.0.1:9000' } });
    world.run(minute);
    expect(world.spawned).toHaveLength(2);
    expect(world.state.phase).toBe('verified');
    expect(world.mostRunning).toBe(1);
  });

  it('a program that is not found for a while ends no tunnel that runs, and is told when the next start is due', () => {
    const world = verified();
    const { url } = world.state;
    const problem = { message: 'It is not there.', cure: 'Install it.' };
    const missing = { ...quickPlan, program: '', problem };
    world.send({ type: 'planned', plan: missing });
    world.send({ type: 'planned', plan: quickPlan });
    world.run(2 * minute);
    expect(world.state).toMatchObject({ phase: 'verified', url, problem: null });
    expect(world.spawned).toHaveLength(1);
    world.send({ type: 'planned', plan: missing });
    world.crash();
    world.run(minute);
    expect(world.state).toMatchObject({ desired: 'up', phase: 'failed', problem });
    world.send({ type: 'planned', plan: quickPlan });
    world.run(minute);
    expect(world.state).toMatchObject({ phase: 'verified' });
  });

  it('from quick to an address of one’s own ends cloudflared and looks at that address', () => {
    const world = verified();
    const publicUrl = 'https://glabs.example.org';
    world.send({ type: 'planned', plan: { ...quickPlan, mode: 'url', publicUrl } });
    world.run(10 * second);
    expect(world.state).toMatchObject({ phase: 'verified', url: publicUrl, child: null });
    expect(world.running).toEqual([]);
    expect(world.published.at(-1)).toBe(publicUrl);
  });

  it('another public address is not verified by what the old one answered', () => {
    const named: TunnelPlan = { ...quickPlan, mode: 'named', publicUrl: 'https://one.example.org' };
    const world = verified(named);
    world.send({ type: 'planned', plan: { ...named, publicUrl: 'https://two.example.org' } });
    expect(world.state).toMatchObject({ phase: 'settling', url: 'https://two.example.org' });
    world.run(5 * second);
    expect(world.spawned).toHaveLength(1);
    expect(world.state.phase).toBe('settling');
  });

  it('nor by an answer that was on its way from the old one', () => {
    const named: TunnelPlan = { ...quickPlan, mode: 'named', publicUrl: 'https://one.example.org' };
    const world = verified(named);
    world.send({ type: 'origin' });
    world.send({ type: 'planned', plan: { ...named, publicUrl: 'https://two.example.org' } });
    world.run(5 * second);
    expect(world.seenGood).not.toContain('https://two.example.org');
    expect(world.state.phase).toBe('settling');
  });

  it('to none ends it, which is no failure', () => {
    const world = verified();
    const problem = { message: 'None.', cure: 'Set it.' };
    world.send({ type: 'planned', plan: { ...quickPlan, mode: 'none', problem } });
    world.run(second);
    expect(world.state).toMatchObject({ desired: 'down', phase: 'stopped', child: null, problem: null });
    expect(world.running).toEqual([]);
  });
});

describe('an address of one’s own', () => {
  const own: TunnelPlan = { ...quickPlan, mode: 'url', publicUrl: 'https://glabs.example.org', program: '' };

  it('is looked at, without any process; G-Labs being down is told and watched', () => {
    const world = verified(own);
    expect(world.spawned).toEqual([]);
    world.setOrigin(false);
    world.run(minute);
    expect(world.state).toMatchObject({ phase: 'degraded', url: own.publicUrl });
    world.setOrigin(true);
    world.run(second);
    expect(world.state.phase).toBe('verified');
  });

  it('that never answers is unhealthy after its time, and watched on', () => {
    const world = new TunnelWorld(own);
    world.answer = () => ({ kind: 'no-name', ms: 1 });
    world.start();
    world.run(2 * minute);
    expect(world.state).toMatchObject({
      phase: 'degraded',
      problem: { message: expect.stringContaining('not known') },
    });
    world.answer = TunnelWorld.prototype.answer;
    world.run(20 * second);
    expect(world.state.phase).toBe('verified');
  });
});

describe('one that an earlier Flowdeck left on purpose', () => {
  it('goes on under its name, without a start', () => {
    const world = new TunnelWorld();
    world.leftover('https://old-name.trycloudflare.com', true);
    world.run(second);
    expect(world.state).toMatchObject({
      desired: 'up',
      phase: 'verified',
      url: 'https://old-name.trycloudflare.com',
      child: { pid: 77 },
    });
    expect(world.spawned).toEqual([]);
    world.send({ type: 'stop' });
    world.run(second);
    expect(world.state).toMatchObject({ phase: 'stopped', child: null });
    expect(world.running).toEqual([]);
  });

  it('and that is of no use any more is replaced after its time', () => {
    const world = new TunnelWorld();
    world.leftover('https://old-name.trycloudflare.com', false);
    world.run(3 * minute);
    expect(world.state).toMatchObject({ phase: 'verified', url: 'https://name-1.trycloudflare.com' });
    expect(world.mostRunning).toBe(1);
  });
});

describe('Stop', () => {
  it('ends what was started, and says stopped only when all of it is gone', () => {
    const world = verified();
    world.send({ type: 'stop' });
    world.run(50);
    expect(world.state.phase).toBe('stopping');
    world.run(second);
    expect(world.state).toMatchObject({ desired: 'down', phase: 'stopped', child: null, url: null });
    world.run(60 * minute);
    expect(world.spawned).toHaveLength(1);
  });
});
