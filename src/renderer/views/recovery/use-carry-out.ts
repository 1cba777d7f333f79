import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { FlowdeckError } from '../../../shared/failure.ts';
import type { RecoveryEntry, RecoveryPlan } from '../../../shared/recovery.ts';
import { notifyError } from '../../components/toaster.tsx';
import { useApplyRecovery } from '../../wire/queries.ts';
import { useKeepStep } from './use-keep-step.ts';

export interface CarryOut {
  /** `asked`: nodes whose request of unknown fate is made anew. */
  begin: (plan: RecoveryPlan, asked: number[]) => void;
  isBeginning: boolean;
  /** Why it did not begin. */
  error: FlowdeckError | null;
}

/**
 * Carries a plan out. The main side notes that before it changes anything, so the wizard is at the next step by then;
 * when the run cannot begin after all, it comes back to the plan, with the reason.
 */
export function useCarryOut(entry: RecoveryEntry, underWay: boolean): CarryOut {
  const { path } = entry;
  const apply = useApplyRecovery();
  const keep = useKeepStep(entry);
  const cache = useQueryClient();
  const isShown = useRef(false);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);

  const before = useRef(underWay);
  useEffect(() => {
    // What was found before the run, or while it went on, is not so any more.
    if (before.current && !underWay) void cache.invalidateQueries({ queryKey: ['diagnosis', path] });
    before.current = underWay;
  }, [underWay, cache, path]);

  const begin = (plan: RecoveryPlan, asked: number[]) => {
    const { action, nodes, backup } = plan;
    // Not the callbacks of `mutate`: another screen may be open when the answer comes.
    apply
      .mutateAsync({ path, action, nodes, backup, asked })
      .then(() => cache.invalidateQueries({ queryKey: ['diagnosis', path], refetchType: 'none' }))
      .catch((error: unknown) => {
        keep('plan', action);
        if (!isShown.current) notifyError(error);
      });
  };
  return { begin, isBeginning: apply.isPending, error: apply.error };
}
