import type { Diagnosis, RecoveryEntry } from '../../../shared/recovery.ts';
import type { ShownStep } from './recovery-words.ts';

/** Where one can go in the wizard. Pure. */

export const wizardSteps: readonly ShownStep[] = ['happened', 'have', 'plan', 'carry-out', 'after-care'];

export interface WizardFacts {
  entry: Pick<RecoveryEntry, 'step' | 'appliedRunId'>;
  /** Null while it is not known. */
  diagnosis: Pick<Diagnosis, 'verdict' | 'plan' | 'alternatives'> | null;
  /** The run that carries the plan out has not ended yet. */
  underWay: boolean;
}

/**
 * Whether there is anything to choose. Giving up is a choice, too: what else could be done stands beside it. Of a
 * workflow that is complete nothing is offered.
 */
export const hasPlan = ({ verdict, plan, alternatives }: NonNullable<WizardFacts['diagnosis']>): boolean =>
  verdict !== 'complete' && (plan.action !== 'none' || alternatives.length > 0);

/** The step to show; a recovery that is over is looked at from its beginning. */
export const shownStep = ({ step }: Pick<RecoveryEntry, 'step'>): ShownStep =>
  step === 'over' ? 'happened' : step;

/**
 * Whether one can go to a step: to what is behind one always, to a plan when there is something to be done, to what
 * follows once a plan is being carried out.
 */
export function isOpen(step: ShownStep, facts: WizardFacts): boolean {
  const { entry, diagnosis, underWay } = facts;
  const at = wizardSteps.indexOf(shownStep(entry));
  const isCarriedOut = entry.appliedRunId !== null || at >= wizardSteps.indexOf('carry-out');
  switch (step) {
    case 'happened':
      return true;
    case 'have':
      return diagnosis !== null || at >= 1;
    case 'plan':
      return diagnosis === null ? at >= 2 : hasPlan(diagnosis);
    case 'carry-out':
      return isCarriedOut;
    case 'after-care':
      return isCarriedOut && !underWay;
  }
}
