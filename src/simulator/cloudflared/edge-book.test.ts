import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EdgeConnection, edgeBook } from './edge-book.ts';
import type { Connect, EdgeLine } from './edge-protocol.ts';
import { admit, meets, type TunnelFacts } from './edge-rules.ts';
import { hostnames } from './hostnames.ts';
import { readScenarios, type Scenario, scenarios } from './scenarios.ts';

const facts = (more: Partial<TunnelFacts> = {}): TunnelFacts => ({
  ...{ playing: new Set<Scenario>(['ok']), deleted: false, awayUntil: 0, findableAt: 0 },
  ...more,
});
const playing = (...names: Scenario[]): Partial<TunnelFacts> => ({ playing: new Set(names) });

describe('who is let in', () => {
  it('goes by the protocol where one of them is blocked', () => {
    expect(admit(facts(playing('quic-blocked')), 'quic', 0)).toBe('vanished');
    expect(admit(facts(playing('quic-blocked')), 'http2', 0)).toBe('registered');
    expect(admit(facts(playing('http2-refused')), 'http2', 0)).toBe('refused');
    expect(admit(facts(playing('http2-refused')), 'quic', 0)).toBe('registered');
  });

  it('nobody comes back to a deleted tunnel, whatever else it plays', () => {
    fc.assert(
      fc.property(
        fc.subarray([...scenarios]),
        fc.constantFrom('quic', 'http2'),
        fc.nat(),
        (names, protocol, now) => {
          expect(admit(facts({ ...playing(...names), deleted: true }), protocol, now)).toBe('unauthorized');
        },
      ),
    );
    expect(admit(undefined, 'http2', 0)).toBe('unauthorized');
  });

  it('after a blip from its end on', () => {
    const away = facts({ awayUntil: 100 });
    expect([99, 100].map((now) => admit(away, 'http2', now))).toEqual(['refused', 'registered']);
  });
});

describe('what is met under a name', () => {
  it('nothing before it can be found, 1033 without a process, else the process', () => {
    expect(meets(undefined, 0, 0)).toBe('unfindable');
    expect(meets(facts({ findableAt: null }), 1, 5)).toBe('unfindable');
    expect([4, 5].map((now) => meets(facts({ findableAt: 5 }), 1, now))).toEqual(['unfindable', 'connector']);
    expect(meets(facts(), 0, 5)).toBe('no-connector');
    expect(meets(facts({ deleted: true }), 1, 5)).toBe('no-connector');
  });
});

/** A book with a clock that the test moves, and connections that are kept in lists. */
function book(speed = 1) {
  const clock = { time: 0, waiting: [] as { at: number; what: () => void }[] };
  const made = edgeBook(
    { seed: 7, speed },
    { now: () => clock.time, after: (ms, what) => clock.waiting.push({ at: clock.time + ms, what }) },
  );
  const sent: EdgeLine[] = [];
  return {
    ...made,
    sent,
    pass(ms: number) {
      clock.time += ms;
      for (const due of clock.waiting.filter((one) => one.at <= clock.time)) due.what();
      clock.waiting = clock.waiting.filter((one) => one.at > clock.time);
    },
    dial(tunnelId: string, more: Partial<Connect> = {}) {
      const connect: Connect = {
        ...{ tunnelId, connIndex: 0, connectorId: 'c', pid: 1, protocol: 'http2', proxyPort: 4000 },
        ...{ scenario: 'ok', hostname: null, ...more },
      };
      return made.connect(connect, (id) => {
        const connection: EdgeConnection = {
          ...{ id, connect, send: (line: EdgeLine) => sent.push(line) },
          close: () => made.disconnected(connection),
        };
        return connection;
      });
    },
  };
}
const open = (tunnel: { id: string; host: string } | null): { id: string; host: string } => {
  if (tunnel === null) throw new Error('no tunnel was created');
  return tunnel;
};

describe('the edge', () => {
  it('keeps a name through a blip, and takes the same process back after it', () => {
    const edge = book();
    const { id, host } = open(edge.create('blip'));
    edge.dial(id);
    expect(edge.meet(host)).toEqual({ meets: 'connector', proxyPort: 4000 });
    edge.pass(5000);
    expect(edge.meet(host)).toEqual({ meets: 'no-connector' });
    expect(edge.dial(id)).toBe('refused');
    edge.pass(12_000);
    expect(edge.dial(id)).toMatchObject({ id: expect.any(String) });
    expect(edge.meet(host).meets).toBe('connector');
  });

  it('strikes once: what came back from a blip is not dropped again', () => {
    const edge = book();
    const { id, host } = open(edge.create('blip'));
    edge.dial(id);
    edge.pass(5000);
    edge.pass(12_000);
    edge.dial(id);
    edge.pass(60_000);
    expect(edge.meet(host).meets).toBe('connector');
  });

  it('makes times shorter by the speed, but not those that a test names', () => {
    const edge = book(10);
    const { id, host } = open(edge.create('slow-dns'));
    edge.dial(id);
    edge.pass(599);
    expect(edge.meet(host).meets).toBe('unfindable');
    edge.pass(1);
    expect(edge.meet(host).meets).toBe('connector');
    edge.play(host, 'slow-dns', 1000);
    edge.pass(999);
    expect(edge.meet(host).meets).toBe('unfindable');
  });

  it('tells the process what it is to play, and drops it where the scenario says so', () => {
    const edge = book();
    const { id, host } = open(edge.create('ok'));
    edge.dial(id);
    expect(edge.play(host, 'stubborn+deleted', null)).toBeNull();
    expect(edge.sent).toEqual([{ type: 'play', scenario: 'stubborn+deleted' }]);
    expect(edge.state().tunnels[0]).toMatchObject({ deleted: true, connections: [] });
    expect(edge.play(host, 'ok', null)).toMatch(/stays so/);
  });

  it('hands queued scenarios out in their order, one for each start', () => {
    const edge = book();
    edge.queue('429', 2);
    edge.queue('silent', 1);
    expect(['ok', 'ok', 'ok', 'blip'].map((wish) => edge.start(wish))).toEqual([
      '429',
      '429',
      'silent',
      'blip',
    ]);
    expect(edge.state().starts).toBe(4);
  });

  it('counts refused creations with the others', () => {
    const edge = book();
    expect([edge.create('429'), edge.create('ok')?.host]).toEqual([null, expect.any(String)]);
    expect(edge.state().creations.map((one) => one.host === null)).toEqual([true, false]);
  });
});

describe('names of tunnels', () => {
  it('are four words, the same row for the same seed, and never one twice', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const [one, same] = [hostnames(seed), hostnames(seed)];
        const names = Array.from({ length: 50 }, one);
        expect(names).toEqual(Array.from({ length: 50 }, same));
        expect(new Set(names).size).toBe(50);
        for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+){3}\.trycloudflare\.com$/);
      }),
      { numRuns: 20 },
    );
  });
});

describe('scenarios', () => {
  it('go together with a plus, and an unknown one is named', () => {
    expect([...readScenarios('deleted+stubborn')]).toEqual(['deleted', 'stubborn']);
    expect(() => readScenarios('deleted+lazy')).toThrow(/no scenario lazy/);
  });
});
