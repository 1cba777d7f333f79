import { describe, expect, it } from 'vitest';
import { afterCareLines, madeWords, planButton, savedWords } from './recovery-words.ts';
import { testPlan } from './test-diagnosis.ts';

describe('the button of a plan', () => {
  it('says what it does and what that costs', () => {
    expect(planButton(testPlan())).toBe('Resume: 11 images, 44 clips, about $9.80');
    expect(
      planButton(testPlan({ action: 'wipe', images: 1, videos: 0, generations: 1, costUSD: 0.04 })),
    ).toBe('Wipe and run: 1 image, about $0.04');
  });

  it('says that nothing is to be paid', () => {
    const free = { images: 0, videos: 0, generations: 0, costUSD: 0 };
    expect(planButton(testPlan(free))).toBe('Resume: nothing to pay');
    expect(planButton(testPlan({ ...free, action: 'export' }))).toBe('Write the export');
  });

  it('offers to leave it where nothing is done', () => {
    expect(planButton(testPlan({ action: 'none' }))).toBe('Take it off the list');
  });
});

describe('what a plan makes and saves', () => {
  it('is left out where there is none', () => {
    expect(madeWords({ images: 0, videos: 2 })).toBe('2 clips');
    expect(madeWords({ images: 0, videos: 0 })).toBeNull();
    expect(savedWords({ saved: 0, savedUSD: 0 })).toBe('saves nothing');
    expect(savedWords({ saved: 1, savedUSD: 0.4 })).toBe('saves 1 candidate, about $0.40');
  });
});

describe('what was done at after-care', () => {
  it('is told in a line each', () => {
    const done = {
      path: '/p/testing/XYZG3-V0-2.nbflow',
      movedTo: '/p/backups/XYZG3-V0-1.nbflow',
      registry: '/p/reference/version-registry.json',
      tracker: ['/p/tracker/a.csv', '/p/tracker/b.csv'],
      problems: [],
    };
    expect(afterCareLines(done)).toEqual([
      'The next version is XYZG3-V0-2.nbflow.',
      'The old file is /p/backups/XYZG3-V0-1.nbflow.',
      'The note stands in /p/reference/version-registry.json.',
      'The tracker is up to date: a.csv, b.csv in /p/tracker.',
    ]);
    expect(afterCareLines({ path: null, movedTo: null, registry: null, tracker: [], problems: [] })).toEqual(
      [],
    );
  });
});
