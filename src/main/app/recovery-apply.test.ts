import { describe, expect, it } from 'vitest';
import { FlowdeckError } from '../../shared/failure.ts';
import type { Diagnosis, RecoveryPlan } from '../../shared/recovery.ts';
import type { RecoveryWish } from './recovery-api.ts';
import { assertStillFits, planOf } from './recovery-apply.ts';

const plan = (change: Partial<RecoveryPlan>): RecoveryPlan => ({
  action: 'resume',
  title: '',
  generations: 0,
  images: 0,
  videos: 0,
  saved: 0,
  savedUSD: 0,
  costUSD: 0,
  steps: [],
  nodes: [],
  backup: null,
  ...change,
});
const diagnosis = (first: Partial<RecoveryPlan>, ...others: Partial<RecoveryPlan>[]): Diagnosis => ({
  path: '/p/a.nbflow',
  name: 'a',
  at: '',
  verdict: 'resume',
  headline: '',
  run: null,
  cause: null,
  nodes: [],
  findings: [],
  check: [],
  plan: plan(first),
  alternatives: others.map(plan),
});
const wish = (change: Partial<RecoveryWish>): RecoveryWish => ({
  action: 'resume',
  nodes: [],
  backup: null,
  asked: [],
  ...change,
});
const refusal = (work: () => void): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof FlowdeckError) return `${error.failure.code}: ${error.failure.message}`;
    throw error;
  }
};

describe('the plan a person decided on', () => {
  it('is found again among those of now: nodes and backup tell which', () => {
    const now = diagnosis(
      {},
      { action: 'wipe', nodes: [4, 9] },
      { action: 'restore', backup: 'b1' },
      { action: 'rebuild' },
    );
    expect(planOf(wish({ action: 'wipe', nodes: [9, 4] }), now)).toBe(now.alternatives[0]);
    expect(planOf(wish({ action: 'wipe', nodes: [4] }), now)).toBeNull();
    expect(planOf(wish({ action: 'restore', backup: 'b1' }), now)).toBe(now.alternatives[1]);
    expect(planOf(wish({ action: 'restore', backup: 'b2' }), now)).toBeNull();
    expect(planOf(wish({ action: 'rebuild' }), now)).toBe(now.alternatives[2]);
  });

  it('to go on is the same run whether anything is to be made or only the export', () => {
    const now = diagnosis({ action: 'export' });
    expect(planOf(wish({ action: 'resume' }), now)).toBe(now.plan);
    expect(planOf(wish({ action: 'export' }), diagnosis({ action: 'rebuild' }))).toBeNull();
  });

  it('is carried out when it costs no more than it did', () => {
    const shown = diagnosis({ generations: 8 });
    expect(refusal(() => assertStillFits(wish({}), diagnosis({ generations: 8 }), shown))).toBeNull();
    expect(refusal(() => assertStillFits(wish({}), diagnosis({ generations: 3 }), shown))).toBeNull();
    expect(refusal(() => assertStillFits(wish({}), diagnosis({ generations: 90 }), null))).toBeNull();
  });

  it('is refused when it would cost more, or is not possible any more', () => {
    const shown = diagnosis({ generations: 8 });
    expect(refusal(() => assertStillFits(wish({}), diagnosis({ generations: 9 }), shown))).toMatch(
      /^usage: .*9 candidates now, not 8/,
    );
    expect(refusal(() => assertStillFits(wish({ action: 'rebuild' }), diagnosis({}), null))).toMatch(
      /^usage/,
    );
  });
});
