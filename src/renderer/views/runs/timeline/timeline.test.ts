import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptView } from '../../../../shared/run-view.ts';
import { node } from '../test-nodes.ts';
import { barEnd, barSpans, barsOf, lanesOf } from './timeline-bars.ts';
import { linesOf, timelineRows } from './timeline-rows.ts';
import { timelineSums } from './timeline-sums.ts';
import { barLabel } from './timeline-words.ts';

const BEGAN = Date.parse('2026-11-20T10:00:00.000Z');
const at = (seconds: number) => new Date(BEGAN + seconds * 1000).toISOString();

/** An attempt by its times in seconds since the start. */
function attempt(
  candidate: number,
  [queued, submitted, ended]: readonly [number, number | null, number | null],
  over: Partial<AttemptView> = {},
): AttemptView {
  return {
    row: 1,
    candidate,
    attempt: 1,
    queuedAt: at(queued),
    submittedAt: submitted === null ? null : at(submitted),
    endedAt: ended === null ? null : at(ended),
    outcome: ended === null ? 'working' : 'done',
    taskId: null,
    message: null,
    ...over,
  };
}

describe('the bars of a node', () => {
  it('stand by candidate, and the retries of one after each other in its lane', () => {
    const attempts = [
      attempt(2, [0, 1, 5]),
      attempt(1, [0, 1, 4], { outcome: 'failed' }),
      attempt(1, [4, 6, 9], { attempt: 2 }),
    ];
    const bars = barsOf(node(1, { attempts }), false);
    expect(bars.map(({ key, lane, kind }) => [key, lane, kind])).toEqual([
      ['1.1.1', 0, 'failed'],
      ['1.1.2', 0, 'done'],
      ['1.2.1', 1, 'done'],
    ]);
  });

  it('say of what goes on whether G-Labs has it yet; after the end of the run, that it was cut off', () => {
    const attempts = [attempt(1, [0, null, null]), attempt(2, [0, 2, null])];
    const kinds = (over: boolean) => barsOf(node(1, { attempts }), over).map((bar) => bar.kind);
    expect(kinds(false)).toEqual(['queued', 'working']);
    expect(kinds(true)).toEqual(['cut', 'cut']);
  });

  it('lie in the lanes of their node and never run backwards, whatever the clock did', () => {
    const seconds = fc.integer({ min: -5, max: 50 });
    const any = fc.record({
      row: fc.integer({ min: 1, max: 4 }),
      candidate: fc.integer({ min: 1, max: 6 }),
      times: fc.tuple(seconds, fc.option(seconds), fc.option(seconds)),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), seconds, (all, now) => {
        const attempts = all.map(({ row, candidate, times }) => attempt(candidate, times, { row }));
        const scene = node(1, { rows: 3, perRow: 4, attempts });
        for (const bar of barsOf(scene, false)) {
          expect(bar.lane).toBeLessThan(lanesOf(scene));
          const { waited, worked } = barSpans(bar, BEGAN + now * 1000);
          expect(Math.min(waited, worked)).toBeGreaterThanOrEqual(0);
          expect(barEnd(bar, BEGAN + now * 1000)).toBeGreaterThanOrEqual(bar.queuedAt);
        }
      }),
    );
  });
});

describe('the lines of the timeline', () => {
  const nodes = [
    node(4, { kind: 'video', scene: 1 }),
    node(3, { kind: 'image', scene: 2 }),
    node(9, { kind: 'image', scene: 1, tab: 'Account B', tabIndex: 1 }),
    node(2, { kind: 'image', scene: 1 }),
  ];

  it('are tab by tab, pictures before clips, and scene by scene', () => {
    expect(timelineRows(nodes).map((row) => row.nodeId)).toEqual([2, 3, 4, 9]);
  });

  it('stay where they are when a node begins or ends', () => {
    const later = nodes.map((each) => ({ ...each, state: 'done' as const, startedAt: at(60 - each.nodeId) }));
    expect(timelineRows(later)).toEqual(timelineRows(nodes));
  });

  it('have the name of each tab above them only where there are several', () => {
    const kinds = (several: boolean) => linesOf(timelineRows(nodes), several).map((line) => line.kind);
    expect(kinds(true)).toEqual(['tab', 'node', 'node', 'node', 'tab', 'node']);
    expect(kinds(false)).toEqual(['node', 'node', 'node', 'node']);
  });

  it('are high enough for every candidate to have a lane', () => {
    for (const [rows, perRow] of [
      [1, 1],
      [1, 4],
      [8, 4],
      [100, 4],
    ] as const) {
      const [row] = timelineRows([node(1, { rows, perRow })]);
      expect((row?.height ?? 0) - (row?.lane ?? 0) * rows * perRow).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('the sums of the timeline', () => {
  const sums = (all: AttemptView[], now = 100) => {
    const scene = node(1, { attempts: all });
    return timelineSums([{ node: scene, bars: barsOf(scene, false) }], BEGAN + now * 1000);
  };

  it('find the longest attempt, the busiest moment, and the share of the queue', () => {
    const told = sums([attempt(1, [0, 10, 30]), attempt(2, [0, 20, 50]), attempt(3, [0, 30, 40])]);
    expect(told.attempts).toBe(3);
    expect(told.longest?.bar.attempt.candidate).toBe(2);
    expect(told.longest?.ms).toBe(30_000);
    // The third comes just as the first leaves.
    expect(told.busiest).toEqual({ tasks: 2, at: BEGAN + 20_000 });
    expect(told.queueShare).toBe(0.5);
  });

  it('count what goes on until now', () => {
    const told = sums([attempt(1, [0, 10, null])], 40);
    expect(told.longest?.ms).toBe(30_000);
    expect(told.queueShare).toBe(0.25);
    expect([...told.kinds]).toEqual(['working']);
  });

  it('say nothing of a run that asked for nothing', () => {
    expect(sums([])).toEqual({
      attempts: 0,
      busiest: null,
      longest: null,
      queueShare: null,
      kinds: new Set(),
    });
  });

  it('never say more tasks at once than there are attempts that were taken', () => {
    const times = fc.tuple(fc.nat(50), fc.option(fc.nat(50)), fc.option(fc.nat(50)));
    fc.assert(
      fc.property(fc.array(times, { maxLength: 12 }), (all) => {
        const taken = all.filter(([, submitted]) => submitted !== null).length;
        const { busiest, queueShare } = sums(all.map((each, i) => attempt(i + 1, each)));
        expect(busiest?.tasks ?? 0).toBeLessThanOrEqual(taken);
        expect(queueShare ?? 0).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('a bar for a screen reader', () => {
  it('says which try it is, how it ended, how long it took, and what was said', () => {
    const scene = node(1, {
      rows: 2,
      attempts: [attempt(3, [0, 3, 90], { row: 2, attempt: 2, outcome: 'failed', message: 'Blocked.' })],
    });
    const [bar] = barsOf(scene, false);
    expect(bar && barLabel(scene, bar, BEGAN)).toBe(
      'Row 2, candidate 3, attempt 2: failed, queued 3.0 s, then 1 min 27 s at work. Blocked.',
    );
  });
});
