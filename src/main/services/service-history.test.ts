import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ServiceState } from '../../shared/services.ts';
import { systemClock } from '../platform/clock.ts';
import { ServiceHistory } from './service-history.ts';

const start = Date.parse('2026-11-20T22:00:00.000Z');
function at(remembered: unknown = null) {
  const time = { ms: start };
  const clock = { ...systemClock, now: () => time.ms };
  return { time, clock, history: new ServiceHistory(clock, remembered) };
}
const minutes = (n: number) => n * 60_000;
const iso = (ms: number) => new Date(ms).toISOString();

it('has the states of the last hour and the one the hour began in, each once', () => {
  const { time, history } = at();
  history.entered('starting');
  history.entered('ready');
  time.ms += minutes(50);
  history.entered('unhealthy');
  history.entered('unhealthy');
  time.ms += minutes(30);
  expect(history.view().health).toEqual([
    { from: iso(start), state: 'ready' },
    { from: iso(start + minutes(50)), state: 'unhealthy' },
  ]);
  time.ms += minutes(60);
  expect(history.view().health).toEqual([{ from: iso(start + minutes(50)), state: 'unhealthy' }]);
});

it('has the last five restarts, newest first, with their reasons', () => {
  const { time, history } = at();
  for (let n = 1; n <= 7; n += 1) {
    time.ms += 1000;
    history.restarted(`reason ${n}`);
  }
  expect(history.view().lastRestarts.map((each) => each.reason)).toEqual([
    'reason 7',
    'reason 6',
    'reason 5',
    'reason 4',
    'reason 3',
  ]);
  expect(history.view().lastRestarts[0]?.at).toBe(iso(start + 7000));
});

it('goes on where the last session ended', () => {
  const first = at();
  first.history.entered('ready');
  first.history.restarted('G-Labs ended.');
  const second = at(JSON.parse(JSON.stringify({ desired: 'up', ...first.history.view() })));
  second.time.ms += 5000;
  second.history.entered('stopped');
  expect(second.history.view()).toEqual({
    health: [
      { from: iso(start), state: 'ready' },
      { from: iso(start + 5000), state: 'stopped' },
    ],
    lastRestarts: [{ at: iso(start), reason: 'G-Labs ended.' }],
  });
});

it.each([[null], ['text'], [{ health: 'none' }], [{ health: [{ from: 1 }] }]])(
  'begins anew with a memory that is none: %j',
  (memory) => {
    expect(at(memory).history.view()).toEqual({ health: [], lastRestarts: [] });
  },
);

it('tells the state of every moment of the last hour, and stays small', () => {
  const step = fc.record({
    after: fc.integer({ min: 1, max: minutes(20) }),
    state: fc.constantFrom(...ServiceState.options),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const { time, history } = at();
      const truth: { at: number; state: string }[] = [];
      for (const { after, state } of steps) {
        time.ms += after;
        history.entered(state);
        truth.push({ at: time.ms, state });
      }
      const { health } = history.view();
      const stateAt = (ms: number, spans: { at: number; state: string }[]) =>
        spans.findLast((span) => span.at <= ms)?.state;
      const shown = health.map((span) => ({ at: Date.parse(span.from), state: span.state }));
      for (let ms = time.ms - minutes(60); ms <= time.ms; ms += minutes(1))
        expect(stateAt(ms, shown)).toBe(stateAt(ms, truth));
      expect(shown.filter((span) => span.at <= time.ms - minutes(60)).length).toBeLessThanOrEqual(1);
    }),
  );
  const { time, history } = at();
  for (let n = 0; n < 2000; n += 1) {
    time.ms += 1000;
    history.entered(n % 2 === 0 ? 'ready' : 'unhealthy');
  }
  expect(history.view().health).toHaveLength(300);
});
