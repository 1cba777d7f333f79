import { describe, expect, it } from 'vitest';
import { causeOf } from './diagnose-cause.ts';
import { evidenceOf, exportOf, NOW, runOf } from './testing/evidence-builder.ts';

const END = new Date(2026, 4, 12, 23, 14).getTime();
const LATER = new Date(2026, 4, 12, 23, 59).getTime();
const NEXT_DAY = new Date(2026, 4, 13, 9, 0).getTime();
const cause = (run: Parameters<typeof runOf>[0], now = LATER) =>
  causeOf(evidenceOf({ run: runOf({ endedAt: END, ...run }) }), now)?.message;

describe('why a run of ours ended', () => {
  it('a killed one left no record; more is not claimed', () => {
    expect(cause({ cause: 'killed' })).toBe(
      'Flowdeck was killed, or died: it left no record of its end. The machine has run on since. The last sign of it is of 23:14.',
    );
  });

  it('has the day where it was not today', () => {
    expect(cause({ cause: 'backend' }, NEXT_DAY)).toBe(
      'G-Labs went away and did not come back in time. The run ended at 2026-05-12 23:14.',
    );
  });

  it.each([
    ['rebooted', /^The machine went down or was restarted/],
    ['tunnel', /^The tunnel went away/],
    ['network', /^This machine had no network/],
    ['cancelled', /^Somebody cancelled the run at 23:14\.$/],
  ] as const)('%s', (kind, words) => {
    expect(cause({ cause: kind })).toMatch(words);
  });

  it('passes on what the run itself said', () => {
    expect(cause({ cause: 'other', message: 'The disk is full.' })).toBe(
      'The run ended at 23:14: The disk is full.',
    );
    expect(cause({ cause: null, status: 'aborted' })).toBe('The run ended at 23:14, and left no reason.');
  });

  it('is silent about what is not known, and about runs that ended well or go on', () => {
    expect(cause({ cause: 'killed', endedAt: null })).toMatch(/run on since\.$/);
    expect(cause({ cause: null, status: 'completed' })).toBeUndefined();
    expect(cause({ cause: null, status: 'running', live: true })).toBeUndefined();
    expect(cause({ cause: 'killed', endedAt: Number.NaN })).toMatch(/of an unknown time\.$/);
  });
});

describe('why a run of another tool ended', () => {
  const foreign = (entries: string[]) => {
    const errors = {
      path: 'errors.json',
      entries: entries.map((type) => ({ nodeId: 1, type, message: 'x', attempts: 1 })),
    };
    return causeOf(evidenceOf({ errors }), NOW);
  };

  it('errors.json says it: G-Labs was away when nothing else is named', () => {
    expect(foreign(['connection refused', 'connection refused'])).toEqual({
      kind: 'backend',
      message: 'Another tool ran it. Its errors.json names 2 failures: connection refused (2).',
    });
    expect(foreign(['connection refused', 'timeout'])?.kind).toBe('other');
  });

  it('names three kinds of failure at most', () => {
    expect(foreign(['a', 'b', 'c', 'd', 'e'])?.message).toMatch(/5 failures: a, b, c and others\.$/);
  });

  it('an export that is cut off says when', () => {
    const made = exportOf({ state: 'unreadable', message: 'It ends inside a text.' });
    expect(causeOf(evidenceOf({ export: made }), NOW)?.message).toBe(
      'Another tool ran it, and ended while it wrote XYZG3-V0-1-generated-20260512-140000.nbflow.',
    );
  });

  it('nothing is said where nothing is known', () => {
    expect(causeOf(evidenceOf({}), NOW)).toBeNull();
    expect(foreign([])).toBeNull();
  });
});
