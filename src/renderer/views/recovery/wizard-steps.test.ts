import { describe, expect, it } from 'vitest';
import type { RecoveryStep } from '../../../shared/recovery.ts';
import { testDiagnosis, testPlan } from './test-diagnosis.ts';
import { isOpen, shownStep, type WizardFacts, wizardSteps } from './wizard-steps.ts';

const open = (over: Partial<WizardFacts>) => {
  const facts: WizardFacts = {
    entry: { step: 'happened', appliedRunId: null },
    diagnosis: null,
    underWay: false,
    ...over,
  };
  return wizardSteps.filter((step) => isOpen(step, facts));
};
const at = (step: RecoveryStep, appliedRunId: string | null = null) => ({ step, appliedRunId });

describe('the steps one can go to', () => {
  it('are the first alone until it is known what happened', () => {
    expect(open({})).toEqual(['happened']);
  });

  it('are those up to the plan once it is known', () => {
    expect(open({ diagnosis: testDiagnosis() })).toEqual(['happened', 'have', 'plan']);
  });

  it('are not those of a plan where nothing is to be done', () => {
    const none = testPlan({ action: 'none' });
    const complete = testDiagnosis({ verdict: 'complete', plan: none, alternatives: [testPlan()] });
    expect(open({ diagnosis: complete })).toEqual(['happened', 'have']);
    expect(open({ diagnosis: testDiagnosis({ plan: none }) })).toEqual(['happened', 'have']);
  });

  it('are those of a plan where giving up is one of several ways', () => {
    const plan = testPlan({ action: 'none' });
    const giveUp = testDiagnosis({ verdict: 'give up', plan, alternatives: [testPlan()] });
    expect(open({ diagnosis: giveUp })).toContain('plan');
  });

  it('are still there after a reload, before it is known again what happened', () => {
    expect(open({ entry: at('plan') })).toEqual(['happened', 'have', 'plan']);
  });

  it('end before after-care while the plan is being carried out', () => {
    const entry = at('carry-out', 'r2');
    expect(open({ entry, underWay: true })).toEqual(['happened', 'have', 'plan', 'carry-out']);
    expect(open({ entry })).toEqual([...wizardSteps]);
  });

  it('include the run that carries it out when one looks back', () => {
    expect(open({ entry: at('happened', 'r2'), underWay: true })).toEqual(['happened', 'carry-out']);
  });
});

describe('a recovery that is over', () => {
  it('is looked at from its beginning', () => {
    expect(shownStep({ step: 'over' })).toBe('happened');
    expect(shownStep({ step: 'after-care' })).toBe('after-care');
  });
});
