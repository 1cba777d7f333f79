import { useId } from 'react';
import type { Diagnosis, RecoveryAction, RecoveryPlan } from '../../../shared/recovery.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { cx } from '../../components/cx.ts';
import { counted } from '../../components/format.ts';
import { Money } from '../../components/money.tsx';
import { plansOf } from './plan-choice.ts';
import { madeWords, savedWords } from './recovery-words.ts';

type PlanCardsProps = {
  diagnosis: Diagnosis;
  chosen: RecoveryPlan;
  onChoose: (action: RecoveryAction) => void;
  /** One of them is being carried out. */
  locked: boolean;
};

/** The plans, one of which is chosen; arrow keys choose. */
export function PlanCards({ diagnosis, chosen, onChoose, locked }: PlanCardsProps) {
  const group = useId();
  return (
    <fieldset disabled={locked} className="flex flex-col gap-2">
      <legend className="sr-only">Plan</legend>
      {plansOf(diagnosis).map((plan) => (
        <PlanCard
          key={plan.action}
          group={group}
          plan={plan}
          isRecommended={plan === diagnosis.plan}
          isChosen={plan === chosen}
          onChoose={() => onChoose(plan.action)}
        />
      ))}
    </fieldset>
  );
}

type PlanCardProps = {
  group: string;
  plan: RecoveryPlan;
  isRecommended: boolean;
  isChosen: boolean;
  onChoose: () => void;
};

function PlanCard({ group, plan, isRecommended, isChosen, onChoose }: PlanCardProps) {
  const id = useId();
  const made = madeWords(plan);
  return (
    <div
      className={cx(
        'relative flex flex-col gap-1 rounded-md border px-3 py-2 has-focus-visible:outline-2 has-focus-visible:outline-accent-text',
        isChosen ? 'border-accent-text bg-accent-soft' : 'border-line bg-panel hover:bg-hover',
      )}
    >
      <div className="flex flex-wrap items-center gap-x-3">
        <input
          id={id}
          type="radio"
          name={group}
          checked={isChosen}
          onChange={onChoose}
          aria-describedby={`${id}-words`}
          className="relative z-10 size-4 shrink-0 accent-(--accent) outline-none"
        />
        <label htmlFor={id} className="font-medium after:absolute after:inset-0">
          {plan.title}
        </label>
        {isRecommended && (
          <span className="rounded-full bg-good-soft px-2 text-good text-xs leading-5">recommended</span>
        )}
      </div>
      <p id={`${id}-words`} className="flex flex-wrap gap-x-4 pl-7">
        <span>{made === null ? 'generates nothing' : `generates ${made}`}</span>
        <span>
          {plan.costUSD > 0 ? (
            <>
              costs <Money usd={plan.costUSD} estimate />
            </>
          ) : (
            'costs nothing'
          )}
        </span>
        <span className="text-muted">{savedWords(plan)}</span>
      </p>
      {isChosen && <Steps plan={plan} />}
    </div>
  );
}

function Steps({ plan: { steps, nodes, backup, action } }: { plan: RecoveryPlan }) {
  return (
    <div className="flex flex-col gap-1 pl-7">
      <ol className="list-decimal pl-4 text-muted">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {action === 'wipe' && nodes.length > 0 && (
        <p className="text-muted">{counted(nodes.length, 'node')} lose their output first; picks stay.</p>
      )}
      {backup !== null && /[\\/]/.test(backup) && (
        <p className="flex min-w-0 items-center gap-1 text-muted text-xs">
          <span className="shrink-0">Backup</span>
          <span className="min-w-0 truncate font-mono" title={backup}>
            {backup}
          </span>
          <span className="relative">
            <CopyButton text={backup} what="name of the backup" />
          </span>
        </p>
      )}
    </div>
  );
}
