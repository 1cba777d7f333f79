import { useState } from 'react';
import type { Diagnosis, RecoveryAction, RecoveryPlan } from '../../../shared/recovery.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { counted, fileName, money } from '../../components/format.ts';
import { DemoLabel } from '../../frame/demo-label.tsx';
import { useRuns, useServices, useWholePlan } from '../../wire/queries.ts';
import { failureCard } from '../workflows/failure-card.ts';
import { CheckLine } from './check-line.tsx';
import { LookAgain, Looked } from './looked.tsx';
import { PlanCards } from './plan-cards.tsx';
import { chosenPlan, needsBackend, type Parked, parkedCost, parkedIn } from './plan-choice.ts';
import { planButton } from './recovery-words.ts';
import { StartFirst, StartYourself, useServiceAway } from './start-first.tsx';
import { StepFrame } from './step-frame.tsx';
import type { StepProps } from './step-props.ts';
import { useDismiss } from './use-dismiss.ts';
import { useKeepStep } from './use-keep-step.ts';

/** Step 3: one recommended plan and the others, each with what it does, makes, costs and saves. */
export function StepPlan({ entry, diagnosis, carryOut, go, arrived, underWay }: StepProps) {
  const { data } = diagnosis;
  const keep = useKeepStep(entry);
  const dismiss = useDismiss(entry);
  const [isAsked, setAsked] = useState(false);
  // At once: what is kept comes back a moment later, and the radio button would fall back until then.
  const [own, setOwn] = useState<RecoveryAction | null>(null);
  const action = own ?? entry.action;
  const plan = data && chosenPlan(data, action);
  const parked = data && plan ? parkedIn(data.nodes, plan) : null;
  const away = useServiceAway(data, () => void diagnosis.refetch());
  const missing = data && plan && needsBackend(plan, data.nodes) ? away : null;

  return (
    <StepFrame
      step="plan"
      arrived={arrived}
      aside={<LookAgain diagnosis={diagnosis} />}
      note={plan && !underWay && <BackupNote plan={plan} path={entry.path} />}
      buttons={
        <>
          <Button onClick={() => go('have')}>Back</Button>
          {underWay && (
            <Button variant="primary" onClick={() => go('carry-out')}>
              Show how it goes
            </Button>
          )}
          {plan && !underWay && plan.action === 'none' && (
            <Button variant="primary" busy={dismiss.busy} onClick={dismiss.run}>
              {planButton(plan)}
            </Button>
          )}
          {plan && !underWay && plan.action !== 'none' && missing !== null && <StartFirst away={missing} />}
          {plan && !underWay && plan.action !== 'none' && missing === null && (
            <Button
              variant="primary"
              busy={carryOut.isBeginning}
              onClick={() => carryOut.begin(plan, isAsked && parked ? parked.nodes : [])}
            >
              {planButton(plan)}
            </Button>
          )}
        </>
      }
    >
      {carryOut.error && !carryOut.isBeginning && (
        <ErrorCard {...failureCard(carryOut.error.failure)} className="shrink-0" />
      )}
      <Looked entry={entry} diagnosis={diagnosis}>
        {(found) => (
          <>
            <Prices diagnosis={found} />
            {missing !== null && !underWay && <StartYourself away={missing} />}
            {hasErrors(found) && <CheckLine diagnosis={found} />}
            <PlanCards
              diagnosis={found}
              chosen={chosenPlan(found, action)}
              onChoose={(next) => {
                setOwn(next);
                keep('plan', next);
              }}
              locked={underWay || carryOut.isBeginning}
            />
            {parked && (
              <ParkedChoice diagnosis={found} parked={parked} checked={isAsked} onChange={setAsked} />
            )}
          </>
        )}
      </Looked>
    </StepFrame>
  );
}

/** No run begins with errors of the check: they are mended first, where they are shown. */
const hasErrors = ({ check }: Diagnosis) => check.some(({ severity }) => severity === 'error');

/** What is safe about it, before the button is pressed. */
function BackupNote({ plan, path }: { plan: RecoveryPlan; path: string }) {
  if (plan.action === 'none') return 'The run, the files and all backups stay.';
  return `First ${fileName(path)} is backed up. Undo puts it back as it is now.`;
}

/** Money of a demo is not real; said once, above the plans. */
function Prices({ diagnosis: { run } }: { diagnosis: Diagnosis }) {
  const record = useRuns().data?.runs.find((each) => each.runId === run?.runId);
  const glabs = useServices().data?.glabs;
  const isDemo = record?.demo ?? (glabs?.demo === true && glabs.state === 'ready');
  if (!isDemo) return null;
  return (
    <p className="flex items-center gap-2">
      <DemoLabel />
      <span className="text-muted">Prices are those of a real G-Labs. The demo costs nothing.</span>
    </p>
  );
}

type ParkedChoiceProps = {
  diagnosis: Diagnosis;
  parked: Parked;
  checked: boolean;
  onChange: (checked: boolean) => void;
};

/** Only a person may have a request repeated that may have been paid for (behaviour.md §7). */
function ParkedChoice({ diagnosis, parked, checked, onChange }: ParkedChoiceProps) {
  const whole = useWholePlan(diagnosis.path, true);
  const cost = parkedCost(diagnosis.nodes, whole.data?.nodes);
  return (
    <label className="flex cursor-pointer items-start gap-2 rounded-md bg-attn-soft px-3 py-2">
      <input
        type="checkbox"
        className="mt-0.5 size-4 shrink-0 accent-(--accent)"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        <span className="font-medium">Make requests of unknown fate anew</span>
        <span className="block text-muted">
          Whether {counted(parked.candidates, 'request')} of {counted(parked.nodes.length, 'node')} ever
          reached G-Labs nobody can tell. Made anew, they come on top of the plan
          {cost === null || cost === 0 ? '' : `, for up to ${money(cost)}`}; if G-Labs had them, they are paid
          for twice. Left alone, they wait for you.
        </span>
      </span>
    </label>
  );
}
