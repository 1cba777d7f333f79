import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventKinds, planEvents } from './events.ts';

describe('the events of a seed', () => {
  it('are the same each time, and others for another seed', () => {
    expect(planEvents(7, 200)).toEqual(planEvents(7, 200));
    expect(planEvents(7, 200)).not.toEqual(planEvents(8, 200));
  });

  it('are as many as asked for, and have each kind when there is room', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: eventKinds.length, max: 300 }), (seed, count) => {
        const events = planEvents(seed, count);
        expect(events).toHaveLength(count);
        expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(eventKinds));
      }),
    );
  });

  it('are only of the kinds that are wanted', () => {
    const kinds = planEvents(7, 50, ['forget', 'sleep']).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['forget', 'sleep']));
  });
});
