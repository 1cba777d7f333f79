import { describe, expect, it } from 'vitest';
import { chosenPlan, needsBackend, parkedCost, parkedIn } from './plan-choice.ts';
import { testDiagnosis, testNode, testPlan } from './test-diagnosis.ts';

const rebuild = testPlan({ action: 'rebuild' });
const diagnosis = testDiagnosis({ alternatives: [rebuild] });

describe('the plan that is chosen', () => {
  it('is the recommended one until another is chosen', () => {
    expect(chosenPlan(diagnosis, null)).toBe(diagnosis.plan);
    expect(chosenPlan(diagnosis, 'rebuild')).toBe(rebuild);
  });

  it('is the recommended one when the chosen one is not offered any more', () => {
    expect(chosenPlan(diagnosis, 'restore')).toBe(diagnosis.plan);
  });
});

describe('requests of unknown fate', () => {
  const parked = testNode(9, { state: 'parked', kind: 'video', cache: 1, salvaged: 1 });
  const nodes = [testNode(4), parked];

  it('are offered to be made anew, with the candidates they are of', () => {
    expect(parkedIn(nodes, testPlan())).toEqual({ nodes: [9], candidates: 2 });
  });

  it('are at least one for a node that waits for a person', () => {
    const full = { ...parked, cache: 4, salvaged: 0 };
    expect(parkedIn([full], testPlan())).toEqual({ nodes: [9], candidates: 1 });
  });

  it('are not offered where there are none, or the plan does not come to them', () => {
    expect(parkedIn([testNode(4)], testPlan())).toBeNull();
    expect(parkedIn(nodes, testPlan({ action: 'export' }))).toBeNull();
    expect(parkedIn(nodes, rebuild)).toBeNull();
  });

  it('cost what their nodes cost each', () => {
    const whole = [
      { nodeId: 4, generations: 4, costUSD: 0.16 },
      { nodeId: 9, generations: 4, costUSD: 1.6 },
    ];
    expect(parkedCost(nodes, whole)).toBeCloseTo(0.8);
    expect(parkedCost(nodes, undefined)).toBeNull();
  });
});

describe('whether a plan needs G-Labs', () => {
  it('does where something is generated, or asked for', () => {
    expect(needsBackend(testPlan(), [])).toBe(true);
    const free = testPlan({ generations: 0, images: 0, videos: 0 });
    expect(needsBackend(free, [testNode(4)])).toBe(false);
    expect(needsBackend(free, [testNode(4, { state: 'reattach' })])).toBe(true);
    expect(needsBackend({ ...free, action: 'export' }, [testNode(4, { state: 'reattach' })])).toBe(false);
  });
});
