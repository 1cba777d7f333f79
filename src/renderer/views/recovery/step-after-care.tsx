import type { AfterCare, AfterCareDone } from '../../../shared/recovery.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { TextArea } from '../../components/text-area.tsx';
import { type AfterCareDraft, useRecoveryWindow } from '../../state/recovery-window.ts';
import { useWindow } from '../../state/window.ts';
import { useAfterCare, useDoAfterCare } from '../../wire/queries.ts';
import { failureCard } from '../workflows/failure-card.ts';
import { afterCareLines } from './recovery-words.ts';
import { StepFrame } from './step-frame.tsx';
import type { StepProps } from './step-props.ts';

/** Step 5: what the manual asks for after a recovery: the next version, a note, the tracker. */
export function StepAfterCare({ entry, arrived, isListed }: StepProps & { isListed: boolean }) {
  const { path } = entry;
  const outcome = useRecoveryWindow((state) => state.outcomes[path]);
  if (outcome !== undefined && outcome !== 'busy' && !isListed) {
    return <Finished path={path} done={outcome} arrived={arrived} />;
  }
  return <Offer entry={entry} arrived={arrived} outcome={outcome} />;
}

type OfferProps = Pick<StepProps, 'entry' | 'arrived'> & { outcome: AfterCareDone | 'busy' | undefined };

/** What can be done, and the button that does it. What was tried before and did not work stands above. */
function Offer({ entry: { path }, arrived, outcome }: OfferProps) {
  const offered = useAfterCare(path);
  const { finish, error } = useFinish(path);
  const go = useWindow((state) => state.go);
  const kept = useRecoveryWindow((state) => state.drafts[path]);
  const keepDraft = useRecoveryWindow((state) => state.keepDraft);
  const draft = kept ?? (offered.data && firstDraft(offered.data));
  const isBusy = outcome === 'busy';
  return (
    <StepFrame
      step="after-care"
      arrived={arrived}
      note={draft && finishWords(draft)}
      buttons={
        <>
          <Button onClick={() => go('control-room')}>Not now</Button>
          <Button variant="primary" disabled={!draft} busy={isBusy} onClick={() => draft && finish(draft)}>
            Finish
          </Button>
        </>
      }
    >
      {error && !isBusy && <ErrorCard {...failureCard(error.failure)} className="shrink-0" />}
      {outcome !== undefined && outcome !== 'busy' && <Outcome done={outcome} />}
      <Loaded query={offered} waiting="Looking what is worth doing">
        {(care) =>
          draft && (
            <Form care={care} draft={draft} onChange={(change) => keepDraft(path, { ...draft, ...change })} />
          )
        }
      </Loaded>
    </StepFrame>
  );
}

/** It is over: what was done, until it has been read. */
function Finished({ path, done, arrived }: { path: string; done: AfterCareDone; arrived: boolean }) {
  const openRecovery = useWindow((state) => state.openRecovery);
  const keepOutcome = useRecoveryWindow((state) => state.keepOutcome);
  const close = () => {
    openRecovery(null);
    keepOutcome(path, null);
  };
  return (
    <StepFrame
      step="after-care"
      arrived={arrived}
      buttons={
        <Button variant="primary" onClick={close}>
          Done
        </Button>
      }
    >
      <Outcome done={done} />
    </StepFrame>
  );
}

/** Does what is ticked. The recovery leaves the list by it, so what came of it is kept in this window. */
function useFinish(path: string) {
  const act = useDoAfterCare();
  const openRecovery = useWindow((state) => state.openRecovery);
  const { keepDraft, keepOutcome } = useRecoveryWindow.getState();
  const finish = (draft: AfterCareDraft) => {
    openRecovery(path);
    keepOutcome(path, 'busy');
    act
      .mutateAsync({ path, ...draft })
      .then((done) => {
        keepOutcome(path, done);
        if (done.problems.length === 0) keepDraft(path, null);
      })
      .catch(() => keepOutcome(path, null));
  };
  return { finish, error: act.error };
}

/** As the main side suggests it. */
function firstDraft({ bump, note, registry }: AfterCare): AfterCareDraft {
  return { bump: bump.suggested && bump.to !== null, note, registry: registry !== null, tracker: true };
}

function finishWords({ bump, registry, tracker }: AfterCareDraft): string {
  if (!bump && !registry && !tracker) return 'Nothing is written; the recovery leaves the list.';
  return 'Writes what is ticked, and takes the recovery off the list.';
}

type FormProps = {
  care: AfterCare;
  draft: AfterCareDraft;
  onChange: (change: Partial<AfterCareDraft>) => void;
};

function Form({ care, draft, onChange }: FormProps) {
  const { bump, registry, tracker } = care;
  return (
    <div className="flex max-w-180 flex-col gap-4">
      <Tick
        label={bump.to === null ? 'Next version' : `Next version: ${bump.from} becomes ${bump.to}`}
        hint={
          bump.to === null
            ? `${bump.why} The name ${bump.from} follows no scheme that a next version could be told from.`
            : bump.why
        }
        checked={draft.bump}
        disabled={bump.to === null}
        onChange={(checked) => onChange({ bump: checked })}
      />
      <TextArea
        label="Note for the history"
        hint="What happened, and what was done about it. It goes into the registry and the tracker."
        value={draft.note}
        maxLength={2000}
        onChange={(event) => onChange({ note: event.target.value })}
      />
      <Tick
        label="Note it in the version registry"
        hint={registry ?? 'There is no reference/version-registry.json in the folders above the workflow.'}
        isPath={registry !== null}
        checked={draft.registry}
        disabled={registry === null}
        onChange={(checked) => onChange({ registry: checked })}
      />
      <Tick
        label="Bring the tracker up to date"
        hint={tracker}
        isPath
        checked={draft.tracker}
        onChange={(checked) => onChange({ tracker: checked })}
      />
    </div>
  );
}

type TickProps = {
  label: string;
  hint: string;
  isPath?: boolean;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
};

function Tick({ label, hint, isPath = false, checked, disabled = false, onChange }: TickProps) {
  return (
    <label className="flex min-h-6 cursor-pointer items-start gap-2">
      <input
        type="checkbox"
        className="mt-0.5 size-4 shrink-0 accent-(--accent)"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className="min-w-0">
        {label}
        <span
          className={isPath ? 'block break-all font-mono text-muted text-xs' : 'block text-muted text-xs'}
        >
          {hint}
        </span>
      </span>
    </label>
  );
}

/** What was written, and what could not be. */
function Outcome({ done }: { done: AfterCareDone }) {
  const lines = afterCareLines(done);
  return (
    <div role="status" className="flex flex-col gap-3">
      {lines.length === 0 && done.problems.length === 0 && (
        <StateMark mark="done" word="Nothing was to be written." />
      )}
      {lines.length > 0 && (
        <ul className="flex flex-col gap-1 rounded-md bg-good-soft px-3 py-2">
          {lines.map((line) => (
            <li key={line} className="flex items-start gap-2 break-words">
              <StateMark mark="done" word="Done" hideWord className="mt-1 shrink-0" />
              <span className="min-w-0">{line}</span>
            </li>
          ))}
        </ul>
      )}
      {done.problems.map((problem) => (
        <ErrorCard
          key={problem}
          past
          what={problem}
          cure="The rest was done. This can be made up for by hand."
        />
      ))}
    </div>
  );
}
