import { describe, expect, it } from 'vitest';
import type { OutageView } from '../../../shared/run-view.ts';
import { lastingOutage, outcomeWords, waitedWords, waitingWords } from './run-outages.ts';

const from = '2026-11-20T10:00:00.000Z';
const outage: OutageView = {
  from,
  to: null,
  what: 'glabs',
  message: 'refused',
  mended: true,
  waitS: 600,
  lost: 0,
};
const secondsOn = (seconds: number) => Date.parse(from) + seconds * 1000;
const waiting = { status: 'waiting-backend', live: true } as const;

describe('a run that waits for its backend', () => {
  it('says for what, who is at it, how long it has waited, and how long it would', () => {
    expect(waitingWords(outage)).toBe('Waiting for G-Labs: it is being restarted');
    expect(waitingWords({ ...outage, mended: false })).toBe('Waiting for G-Labs: nobody restarts it');
    expect(waitingWords({ ...outage, what: 'tunnel' })).toBe(
      'Waiting for the tunnel: it is being brought back',
    );
    expect(waitedWords(outage, secondsOn(12))).toBe('12 s of at most 10 min');
  });

  it('waits for the last outage, and for none that is over or of a run that is not driven here', () => {
    const over = { ...outage, to: from };
    expect(lastingOutage(waiting, [over, outage])).toBe(outage);
    expect(lastingOutage(waiting, [over])).toBeNull();
    expect(lastingOutage({ ...waiting, status: 'running' }, [outage])).toBeNull();
    expect(lastingOutage({ ...waiting, live: false }, [outage])).toBeNull();
    expect(lastingOutage(waiting, [])).toBeNull();
  });
});

describe('an outage in the record', () => {
  it('tells how long it was, what was lost, and that it was not over when the run ended', () => {
    const over = { ...outage, to: new Date(secondsOn(75)).toISOString() };
    expect(outcomeWords(over, secondsOn(500))).toBe('back after 1 min 15 s');
    expect(outcomeWords({ ...over, lost: 1 }, secondsOn(500))).toBe('back after 1 min 15 s, 1 task lost');
    expect(outcomeWords({ ...outage, lost: 2 }, secondsOn(600))).toBe('not back in 10 min, 2 tasks lost');
  });
});
