import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackupOrigin } from '../../shared/history.ts';
import { localDay } from './backup.ts';
import { type Claims, type Keepable, keptBackups, type RetentionRules } from './retention.ts';

const none: ReadonlySet<string> = new Set();
const noClaims: Claims = { pinned: none, noted: none, inUse: none };
const claims = (some: { [kind in keyof Claims]?: string[] }): Claims => ({
  pinned: new Set(some.pinned),
  noted: new Set(some.noted),
  inUse: new Set(some.inUse),
});
const rules = (latest: number, daily = 0, weekly = 0): RetentionRules => ({ latest, daily, weekly });

/** Local noon of a day in November 2026, which began on a Sunday; more days are days of later months. */
const noon = (day: number, hours = 0): number => new Date(2026, 10, day, 12 + hours).getTime();
const taken = (id: string, at: number, origin: BackupOrigin = 'automatic'): Keepable => ({ id, at, origin });
const reasons = (backups: Keepable[], wanted: Claims, by: RetentionRules) =>
  Object.fromEntries(keptBackups(backups, wanted, by));
const keptIds = (backups: readonly Keepable[], wanted: Claims, by: RetentionRules): string[] => {
  const kept = keptBackups(backups, wanted, by);
  return backups.map(({ id }) => id).filter((id) => kept.get(id) !== null);
};

describe('what is kept of the backups of a workflow', () => {
  it('is the latest, then one a day, then one a week, each with its reason', () => {
    const backups = [
      taken('long ago', noon(1)),
      taken('Tuesday', noon(3)),
      taken('Wednesday', noon(4)),
      taken('early on Tuesday', noon(10)),
      taken('late on Tuesday', noon(10, 3)),
      taken('Thursday', noon(12)),
      taken('today', noon(12, 1)),
      taken('just now', noon(12, 2)),
    ];
    expect(reasons(backups, noClaims, rules(2, 2, 1))).toEqual({
      'long ago': null,
      Tuesday: null,
      Wednesday: 'weekly',
      'early on Tuesday': null,
      'late on Tuesday': 'daily',
      Thursday: 'daily',
      today: 'latest',
      'just now': 'latest',
    });
  });

  it('is for ever what is named: versions, by hand, adopted, pinned, with a note', () => {
    const backups = [
      taken('version', noon(1), 'version'),
      taken('by hand', noon(1), 'hand'),
      taken('adopted', noon(1), 'found'),
      taken('pinned', noon(1)),
      taken('noted', noon(1)),
      taken('old', noon(1)),
      taken('new', noon(2)),
    ];
    const wanted = claims({ pinned: ['pinned'], noted: ['noted'] });
    expect(reasons(backups, wanted, rules(1))).toEqual({
      version: 'version',
      'by hand': 'named',
      adopted: 'named',
      pinned: 'pinned',
      noted: 'named',
      old: null,
      new: 'latest',
    });
  });

  it('is what an undo or the newest run needs, however old', () => {
    const backups = [taken('undo', noon(1)), taken('old', noon(2)), taken('new', noon(3))];
    expect(reasons(backups, claims({ inUse: ['undo'] }), rules(1))).toEqual({
      undo: 'in-use',
      old: null,
      new: 'latest',
    });
  });

  it('does not get less because nobody worked for a year', () => {
    const backups = [
      taken('a', noon(1)),
      taken('b', noon(2)),
      taken('c', noon(400)),
      taken('d', noon(400, 1)),
    ];
    expect(keptIds(backups, noClaims, rules(1, 3, 0))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('a week begins on Monday', () => {
    const backups = [taken('Sunday', noon(8)), taken('Monday', noon(9)), taken('now', noon(30))];
    expect(keptIds(backups, noClaims, rules(1, 0, 2))).toEqual(['Sunday', 'Monday', 'now']);
    const sameWeek = [taken('Monday', noon(9)), taken('Sunday', noon(15)), taken('now', noon(30))];
    expect(keptIds(sameWeek, noClaims, rules(1, 0, 2))).toEqual(['Sunday', 'now']);
  });
});

describe('a clock that is set back', () => {
  const month = Array.from({ length: 30 }, (_, day) => taken(`day ${day + 1}`, noon(day + 1)));

  it('throws nothing away early: the days that come twice keep both, and count once', () => {
    const again = [
      taken('day 5 again', noon(5, 1)),
      taken('day 6 again', noon(6, 1)),
      taken('now', noon(6, 2)),
    ];
    const kept = keptIds([...month, ...again], noClaims, rules(1, 30, 0));
    expect(kept).toEqual([...month, ...again].map(({ id }) => id));
  });

  it('and one that ran ahead for a day costs the place of that day alone', () => {
    const ahead = [taken('2030', noon(1300)), taken('day 31', noon(31)), taken('now', noon(31, 1))];
    const kept = keptIds([...month, ...ahead], noClaims, rules(1, 30, 0));
    expect(kept).toEqual([...month.slice(2), ...ahead].map(({ id }) => id));
  });
});

describe('whatever the backups, the clock and the rules are', () => {
  const origins: BackupOrigin[] = ['automatic', 'automatic', 'automatic', 'hand', 'version', 'found'];
  const history = fc
    .record({
      // Hours from one to the next: a clock jumps both ways.
      steps: fc.array(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: -900, max: 900 })), {
        maxLength: 60,
      }),
      origins: fc.array(fc.constantFrom(...origins), { minLength: 61, maxLength: 61 }),
      marked: fc.array(fc.constantFrom('', '', '', '', 'pinned', 'noted', 'inUse'), {
        minLength: 61,
        maxLength: 61,
      }),
      latest: fc.integer({ min: 1, max: 6 }),
      daily: fc.integer({ min: 0, max: 6 }),
      weekly: fc.integer({ min: 0, max: 6 }),
    })
    .map(({ steps, origins, marked, ...by }) => {
      let at = noon(1);
      const backups = steps.map((step, i) => {
        at += step * 3_600_000;
        return taken(`b${i}`, at, origins[i]);
      });
      const idsOf = (mark: string) => backups.map(({ id }) => id).filter((_, i) => marked[i] === mark);
      return {
        backups,
        by,
        wanted: claims({ pinned: idsOf('pinned'), noted: idsOf('noted'), inUse: idsOf('inUse') }),
      };
    });

  it('nothing that is named, pinned or in use goes, and the latest stay', () => {
    fc.assert(
      fc.property(history, ({ backups, by, wanted }) => {
        const kept = new Set(keptIds(backups, wanted, by));
        const named = ({ id, origin }: Keepable) =>
          origin !== 'automatic' || wanted.pinned.has(id) || wanted.noted.has(id);
        for (const backup of backups)
          if (named(backup) || wanted.inUse.has(backup.id)) expect(kept).toContain(backup.id);
        const latest = backups.filter((backup) => !named(backup)).slice(-by.latest);
        for (const { id } of latest) expect(kept).toContain(id);
      }),
    );
  });

  it('thinning twice is thinning once', () => {
    fc.assert(
      fc.property(history, ({ backups, by, wanted }) => {
        const once = new Set(keptIds(backups, wanted, by));
        const left = backups.filter(({ id }) => once.has(id));
        expect(keptIds(left, wanted, by)).toEqual(left.map(({ id }) => id));
      }),
    );
  });

  it('one more backup brings back none that was given up, thinned in between or not', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: -900, max: 900 }), ({ backups, by, wanted }, step) => {
        const next = taken('next', (backups.at(-1)?.at ?? noon(1)) + step * 3_600_000);
        const before = new Set(keptIds(backups, wanted, by));
        const after = keptIds([...backups, next], wanted, by);
        expect(after).toContain('next');
        for (const id of after) if (id !== 'next') expect(before).toContain(id);
        const thinned = backups.filter(({ id }) => before.has(id));
        expect(keptIds([...thinned, next], wanted, by)).toEqual(after);
      }),
    );
  });

  it('a clock set back by days costs one place at most: that of the day it cut in two', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 60 }),
        fc.nat(59),
        fc.integer({ min: 1, max: 900 }),
        fc.record({
          latest: fc.integer({ min: 1, max: 6 }),
          daily: fc.integer({ min: 0, max: 6 }),
          weekly: fc.constant(0),
        }),
        (steps, from, back, by) => {
          let at = noon(1);
          const right = steps.map((step, i) => {
            at += step * 3_600_000;
            return taken(`b${i}`, at);
          });
          // From one on by whole days, so that the days are as they were, only other ones.
          const wrong = right.map((backup, i) =>
            i < from ? backup : { ...backup, at: daysBefore(backup.at, Math.ceil(back / 24)) },
          );
          const [last, first] = [wrong[from - 1], wrong[from]];
          // Back onto the very day of the one before: nothing tells that these were two days.
          fc.pre(last === undefined || first === undefined || localDay(last.at) !== localDay(first.at));
          const kept = new Set(keptIds(wrong, noClaims, by));
          const oneLess = { ...by, daily: Math.max(0, by.daily - 1) };
          for (const id of keptIds(right, noClaims, oneLess)) expect(kept).toContain(id);
        },
      ),
    );
  });
});

const daysBefore = (at: number, days: number): number => {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - days, date.getHours()).getTime();
};
