import { History } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { RecoveryEntry } from '../../../shared/recovery.ts';
import { IconButton } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { isUnderWay } from '../../state/now-what.ts';
import { interruptionKey } from '../../state/recovery.ts';
import { useRecoveryWindow } from '../../state/recovery-window.ts';
import { useWindow } from '../../state/window.ts';
import { useDiagnosis, useRuns } from '../../wire/queries.ts';
import type { ShownStep } from './recovery-words.ts';
import { StepAfterCare } from './step-after-care.tsx';
import { StepCarryOut } from './step-carry-out.tsx';
import { StepHappened } from './step-happened.tsx';
import { StepHave } from './step-have.tsx';
import { StepPlan } from './step-plan.tsx';
import type { StepProps } from './step-props.ts';
import { Stepper } from './stepper.tsx';
import { useCarryOut } from './use-carry-out.ts';
import { useKeepStep } from './use-keep-step.ts';
import { isOpen, shownStep, wizardSteps } from './wizard-steps.ts';

const looking = new Set<ShownStep>(['happened', 'have', 'plan']);

/**
 * The recovery of one workflow in five steps. Where one is, is kept by the main side: other windows follow.
 * `isListed`: the main side knows of it; one whose after-care is done it has taken off its list.
 */
export function Wizard({ entry, isListed }: { entry: RecoveryEntry; isListed: boolean }) {
  const openHistory = useWindow((state) => state.openHistory);
  const step = shownStep(entry);
  const diagnosis = useDiagnosis(entry.path, looking.has(step));
  const run = useRuns().data?.runs.find(({ runId }) => runId === entry.appliedRunId);
  const underWay = run !== undefined && isUnderWay(run);
  const carryOut = useCarryOut(entry, underWay);
  const keep = useKeepStep(entry);
  const last = useRef(step);
  const see = useRecoveryWindow((state) => state.see);
  const key = interruptionKey(entry);
  useEffect(() => see([key]), [see, key]);
  const moved = useRef(false);
  if (last.current !== step) moved.current = true;
  last.current = step;
  const go = (next: ShownStep) => keep(next);
  const facts = { entry, diagnosis: diagnosis.data ?? null, underWay };
  const props: StepProps = { entry, diagnosis, carryOut, go, arrived: moved.current, underWay };
  const isFinished = step === 'after-care' && !isListed;
  const open = new Set(isFinished ? [] : wizardSteps.filter((each) => isOpen(each, facts)));
  return (
    <section
      aria-label={`Recovery of ${entry.name}`}
      className="flex min-h-0 min-w-0 flex-1 flex-col rounded-lg bg-panel"
    >
      <header className="flex shrink-0 flex-col gap-2 px-4 pt-3">
        <div className="flex min-w-0 items-center gap-2">
          <h2 className="shrink-0 font-semibold text-lg">{entry.name}</h2>
          <span className="min-w-0 truncate text-muted" title={entry.path}>
            {entry.path}
          </span>
          <CopyButton text={entry.path} what="path of the workflow" />
          <IconButton
            size="sm"
            label="History of the workflow"
            icon={<History aria-hidden />}
            className="ml-auto"
            onClick={() => openHistory(entry.path)}
          />
        </div>
        <Stepper current={step} open={open} onGo={go} />
      </header>
      {step === 'happened' && <StepHappened {...props} />}
      {step === 'have' && <StepHave {...props} />}
      {step === 'plan' && <StepPlan {...props} />}
      {step === 'carry-out' && <StepCarryOut {...props} />}
      {step === 'after-care' && <StepAfterCare {...props} isListed={isListed} />}
    </section>
  );
}
