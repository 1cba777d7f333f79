import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackupSketch } from '../../db/proofs.ts';
import { portion } from './upkeep.ts';
import { startUpkeep, untilTomorrow } from './upkeep-timer.ts';
import { damageNotice } from './upkeep-words.ts';

const sketch = (place: number, size: number, provenAt: number | null = null): BackupSketch => ({
  ...{
    place,
    id: `b${place}`,
    workflow: '/p/a.nbflow',
    path: null,
    origin: 'automatic',
    sha256: `${place}`,
    at: place,
  },
  ...{ provenAt, problem: null, size, base: null },
});

describe('the part that is proven on a day', () => {
  it('is what was proven longest ago, first what never was', () => {
    const all = [sketch(1, 9e6, 300), sketch(2, 9e6, 200), sketch(3, 9e6), sketch(4, 9e6, 100)];
    expect(portion(all, 1000).map(({ place }) => place)).toEqual([3, 4]);
  });

  it('counts a proof that lies ahead for none: the clock was set back since', () => {
    const all = [sketch(1, 15e6, 500), sketch(2, 15e6, 2000)];
    expect(portion(all, 1000).map(({ place }) => place)).toEqual([2]);
  });

  it('is all of them where there is little, and never more than 200 MB and one', () => {
    expect(portion([sketch(1, 1e6), sketch(2, 1e6)], 1)).toHaveLength(2);
    const many = Array.from({ length: 1000 }, (_, place) => sketch(place, 30e6));
    expect(portion(many, 1)).toHaveLength(4);
  });

  it('comes to all of them in 20 days, however many there are, up to 4 GB', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20e6 }), { maxLength: 100 }), (sizes) => {
        let all = sizes.map((size, place) => sketch(place, size));
        for (let day = 1; day <= 20; day += 1) {
          const proven = new Set(portion(all, day).map(({ place }) => place));
          all = all.map((each) => (proven.has(each.place) ? { ...each, provenAt: day } : each));
        }
        expect(all.filter(({ provenAt }) => provenAt === null)).toEqual([]);
      }),
    );
  });
});

describe('when upkeep is done', () => {
  it('some time after the start, then a little after each midnight, and not after the end', async () => {
    let now = new Date(2026, 10, 21, 22, 0).getTime();
    const done: string[] = [];
    const ended = Promise.withResolvers<void>();
    const clock = {
      now: () => now,
      sleep: async (ms: number, signal?: AbortSignal) => {
        if (done.length === 3) {
          ended.resolve();
          await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
        }
        now += ms;
      },
    };
    const faults: unknown[] = [];
    const timer = startUpkeep(
      async () => {
        done.push(new Date(now).toLocaleString('sv-SE'));
        if (done.length === 2) throw new Error('a bad day');
      },
      clock,
      (error) => faults.push(error),
    );
    await ended.promise;
    await timer.close();
    expect(done).toEqual(['2026-11-21 22:03:00', '2026-11-22 00:03:00', '2026-11-23 00:03:00']);
    expect(faults).toEqual([new Error('a bad day')]);
  });

  it('the next midnight is a day away at most, also where clocks are put back', () => {
    for (const month of [2, 9])
      for (let day = 20; day <= 31; day += 1) {
        const noon = new Date(2026, month, day, 12).getTime();
        const next = new Date(noon + untilTomorrow(noon));
        expect([next.getHours(), next.getMinutes(), next.getDate()]).toEqual([0, 0, (day % 31) + 1]);
      }
  });
});

describe('what a person is told of damage', () => {
  const found = (repaired: boolean, problem = 'p') => ({
    workflow: '/p/testing/XYZG3-V0-1.nbflow',
    problem,
    repaired,
  });
  it.each([
    [[], null],
    [[found(true)], 'A backup was damaged and was made whole again.'],
    [[found(true), found(true)], '2 backups were damaged and were made whole again.'],
    [[found(true), found(false)], 'A backup is damaged. History shows it and what can be done.'],
    [[found(false), found(false)], '2 backups are damaged. History shows which, and what can be done.'],
  ])('%#', (all, body) => {
    expect(damageNotice(all)).toEqual(body === null ? null : { title: 'XYZG3-V0-1', body });
  });
});
