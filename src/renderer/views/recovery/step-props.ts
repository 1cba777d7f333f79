import type { RecoveryEntry } from '../../../shared/recovery.ts';
import type { useDiagnosis } from '../../wire/queries.ts';
import type { ShownStep } from './recovery-words.ts';
import type { useCarryOut } from './use-carry-out.ts';

/** What every step is given. */
export interface StepProps {
  entry: RecoveryEntry;
  diagnosis: ReturnType<typeof useDiagnosis>;
  carryOut: ReturnType<typeof useCarryOut>;
  /** Goes to a step; the heading of it gets the focus. */
  go: (step: ShownStep) => void;
  /** One came here from another step, so that the heading takes the focus. */
  arrived: boolean;
  /** The run that carries the plan out has not ended. */
  underWay: boolean;
}
