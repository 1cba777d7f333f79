import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServiceState } from '../../../shared/services.ts';
import { HOUR_MS, healthSummary, outages, stretches } from './health.ts';

const now = Date.parse('2026-11-20T12:00:00.000Z');
const from = (minutesAgo: number) => new Date(now - minutesAgo * 60_000).toISOString();

describe('the last hour of a service', () => {
  it('is whole and without a gap, whatever was remembered', () => {
    const span = fc.record({
      ago: fc.integer({ min: 0, max: 2 * HOUR_MS }),
      state: fc.constantFrom(...ServiceState.options),
    });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 30 }), (all) => {
        const spans = all
          .toSorted((a, b) => b.ago - a.ago)
          .map(({ ago, state }) => ({ from: new Date(now - ago).toISOString(), state }));
        const hour = stretches(spans, now);
        expect(hour[0]?.from).toBe(now - HOUR_MS);
        expect(hour.at(-1)?.to).toBe(now);
        for (const [i, { from: begin, to, health }] of hour.entries()) {
          expect(to).toBeGreaterThan(begin);
          const next = hour[i + 1];
          if (next) expect([next.from, next.health !== health]).toEqual([to, true]);
        }
      }),
    );
  });

  it('begins unknown where nobody was watching', () => {
    expect(stretches([{ from: from(10), state: 'ready' }], now)).toEqual([
      { from: now - HOUR_MS, to: now - 600_000, health: 'unknown' },
      { from: now - 600_000, to: now, health: 'up' },
    ]);
    expect(stretches([], now)).toEqual([{ from: now - HOUR_MS, to: now, health: 'unknown' }]);
  });
});

describe('outages', () => {
  const hour = (...states: ('ready' | 'unhealthy' | 'starting' | 'stopped' | 'failed')[]) =>
    stretches(
      states.map((state, i) => ({ from: from(59 - i), state })),
      now,
    );

  it('last until the service is up again, however often it is started in between', () => {
    expect(outages(hour('ready', 'unhealthy', 'starting', 'unhealthy', 'starting', 'ready'))).toBe(1);
    expect(outages(hour('ready', 'unhealthy', 'ready', 'failed', 'stopped', 'failed'))).toBe(3);
  });

  it('are not a first start, and not a service that is switched off', () => {
    expect(outages(hour('stopped', 'starting', 'ready', 'stopped'))).toBe(0);
  });
});

describe('the hour in a sentence', () => {
  const summary = (...spans: Parameters<typeof stretches>[0]) =>
    healthSummary('G-Labs', stretches(spans, now));

  it('says how long it was up and how often it was not', () => {
    expect(
      summary(
        { from: from(90), state: 'ready' },
        { from: from(30), state: 'unhealthy' },
        { from: from(29), state: 'ready' },
        { from: from(10), state: 'unhealthy' },
        { from: from(9), state: 'ready' },
      ),
    ).toBe('G-Labs: up 58 of the last 60 min, 2 outages');
  });

  it('says for how long it was not asked for', () => {
    expect(summary({ from: from(20), state: 'ready' })).toBe(
      'G-Labs: up 20 of the last 60 min, not running for 40 min, no outage',
    );
    expect(summary({ from: from(20), state: 'stopped' })).toBe('G-Labs: not running in the last 60 min');
  });
});
