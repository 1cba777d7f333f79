import { describe, expect, it } from 'vitest';
import { glabsView } from './glabs-view.ts';
import { adoptOnly, command, demo, outcome, World } from './testing/glabs-world.ts';

/** Until it is ready, or given up. */
function untilReady(world: World): void {
  while (['waiting', 'looking', 'starting'].includes(world.state.phase)) world.run(250);
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

  it('looks again at what breaks off while nobody has the port: that was one that was ending', () => {
    const world = new World(command);
    world.other = outcome('silent');
    world.send({ type: 'start', plan: command });
    world.run(3100);
    expect(world.state).toMatchObject({ phase: 'looking', lastProbe: { outcome: { kind: 'silent' } } });
    world.other = outcome('down');
    world.run(1000);
    expect(world.state).toMatchObject({ phase: 'ready', child: { kind: 'command' } });
  });

  it('takes what stays silent for a stranger, though nobody can say who it is', () => {
    const world = new World(command);
    world.other = outcome('silent');
    world.send({ type: 'start', plan: command });
    world.run(15_000);
    expect(world.state.phase).toBe('foreign');
    expect(world.spawned).toEqual([]);
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

  it('never stands in for a real G-Labs that was started here', () => {
    const world = new World(command);
    world.send({ type: 'start', plan: command });
    world.run(5000);
    expect(world.state.phase).toBe('ready');
    world.send({ type: 'stop' });
    world.run(10_000);
    const before = world.spawned.length;
    world.send({ type: 'start', plan: demo });
    world.run(10_000);
    expect([world.state.phase, world.spawned.length]).toEqual(['unhealthy', before]);
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

  it('a hang is noticed within 8 s, however it came after the last answer', () => {
    for (let after = 0; after < 2000; after += 50) {
      const world = ready();
      world.mute = 'silent';
      world.run(after);
      const began = world.now;
      for (const process of world.running) process.answers = false;
      while (world.state.phase === 'ready') world.step();
      expect(world.state.problem?.message).toContain('has not answered three times');
      expect(world.now - began).toBeLessThan(8000);
      expect(world.now - began).toBeGreaterThan(4000);
    }
  });

  it('looks begin every 2 s, however long the answer takes', () => {
    const world = ready();
    const times: number[] = [];
    while (times.length < 4) {
      const before = world.state.lastProbe?.at;
      world.step();
      if (world.state.lastProbe && world.state.lastProbe.at !== before) times.push(world.state.lastProbe.at);
    }
    expect(times.slice(1).map((at, n) => at - (times[n] ?? 0))).toEqual([2000, 2000, 2000]);
  });

  it('after a sleep it is looked at at once, and what it does in the first seconds is not held against it', () => {
    const world = ready();
    world.run(700);
    for (const process of world.running) process.answers = false;
    world.send({ type: 'woke' });
    const { lastProbe } = world.state;
    world.run(10);
    expect(world.state.lastProbe?.at).not.toBe(lastProbe?.at);
    world.run(9000);
    expect(world.state).toMatchObject({ phase: 'ready', misses: 0 });
    for (const process of world.running) process.answers = true;
    world.run(30_000);
    expect(world.spawned).toHaveLength(1);
    for (const process of world.running) process.answers = false;
    world.send({ type: 'woke' });
    world.run(20_000);
    expect(world.spawned).toHaveLength(2);
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
      untilReady(world);
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

  it('one that serves for a while before it ends is started again each time, after pauses that grow', () => {
    const world = ready();
    for (let n = 0; n < 12; n += 1) {
      world.crash();
      world.run(2);
      untilReady(world);
      expect(world.state.phase).toBe('ready');
      world.run(6000);
    }
    world.crash();
    world.run(2);
    expect((world.state.nextAttemptAt ?? 0) - world.state.since).toBe(30_000);
  });

  it('one that has worked and is not ready in time after a restart is started once more', () => {
    const world = ready();
    world.starts = 'never';
    world.crash();
    world.run(62_000);
    expect(world.state).toMatchObject({ restarts: 2, failures: { died: 1, neverReady: 1 } });
    world.starts = 'well';
    untilReady(world);
    expect(world.state.phase).toBe('ready');
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
    own.send({ type: 'start', plan: moved });
    own.run(120_000);
    expect(own.spawned).toHaveLength(1);
    expect(own.state).toMatchObject({ phase: 'ready', plan: { url: command.url } });
    own.crash();
    own.run(5000);
    expect(own.state).toMatchObject({ phase: 'ready', plan: { url: moved.url } });
    own.send({ type: 'planned', plan: command });
    own.send({ type: 'stop' });
    expect(own.state.plan.url).toBe(command.url);
    const adopted = new World(command);
    adopted.other = outcome('up');
    adopted.send({ type: 'start', plan: command });
    adopted.run(100);
    adopted.other = outcome('down');
    adopted.send({ type: 'planned', plan: moved });
    adopted.run(1000);
    expect(adopted.state).toMatchObject({ phase: 'ready', adopted: false, plan: { url: moved.url } });
  });

  it('a look at the old address that was under way says nothing about the new one', () => {
    const world = new World(adoptOnly);
    world.other = outcome('up');
    world.send({ type: 'start', plan: adoptOnly });
    world.other = outcome('down');
    world.send({ type: 'planned', plan: { ...adoptOnly, url: 'http://127.0.0.1:9000' } });
    world.run(1000);
    expect(world.state).toMatchObject({ phase: 'unhealthy', adopted: false, realSeenAt: null });
  });
});

describe('the key', () => {
  it('is asked about once at each start; a refusal is told, G-Labs stays up, and another key is noticed', () => {
    const world = new World(command);
    world.keyProblem = { message: 'G-Labs does not take the key.', cure: 'Set the right one.' };
    world.send({ type: 'start', plan: command });
    world.run(9000);
    expect(world.state).toMatchObject({ phase: 'ready', keyProblem: world.keyProblem });
    expect(glabsView(world.state, [], { health: [], lastRestarts: [] })).toMatchObject({
      state: 'ready',
      problem: { message: 'G-Labs does not take the key.', cure: 'Set the right one.' },
    });
    expect(world.keysAsked).toBe(1);
    world.keyProblem = null;
    world.run(6000);
    expect(world.state).toMatchObject({ phase: 'ready', keyProblem: null });
    expect(world.keysAsked).toBe(2);
    world.run(60_000);
    expect(world.keysAsked).toBe(2);
    world.crash();
    world.run(5000);
    expect(world.keysAsked).toBe(3);
  });
});

describe('what an earlier Flowdeck left running', () => {
  const leftBy = (left: World['left']) => {
    const world = new World(command);
    world.left = left;
    world.leftOver();
    return world;
  };

  it('is ours again: ready, watched, started again, ended by Stop', () => {
    const world = leftBy({ kind: 'command', answers: true });
    world.run(1000);
    expect(world.state).toMatchObject({
      desired: 'up',
      phase: 'ready',
      adopted: false,
      child: { pid: 77, taken: true },
    });
    expect(world.spawned).toEqual([]);
    world.crash();
    world.run(5000);
    expect(world.state).toMatchObject({ phase: 'ready', restarts: 1, child: { taken: false } });
    expect(world.mostRunning).toBe(1);
    world.send({ type: 'stop' });
    world.run(1000);
    expect(world.running).toEqual([]);
  });

  it('and does not answer is started anew after the time of a start', () => {
    const world = leftBy({ kind: 'command', answers: false });
    world.run(59_000);
    expect(world.state.phase).toBe('starting');
    world.run(5000);
    expect(world.state).toMatchObject({ phase: 'ready', failures: { neverReady: 1 } });
    expect(world.spawned).toEqual(['command']);
    expect(world.mostRunning).toBe(1);
  });

  it('and is the demo stays labelled', () => {
    const world = leftBy({ kind: 'demo', answers: true });
    expect(world.state).toMatchObject({ phase: 'starting', demo: true });
    world.run(1000);
    expect(world.state).toMatchObject({ phase: 'ready', demo: true });
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
