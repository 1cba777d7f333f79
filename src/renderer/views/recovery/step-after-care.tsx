import type { AfterCare, AfterCareDone } from '../../../shared/recovery.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { TextArea } from '../../components/text-area.tsx';
import { type AfterCareDraft, useRecoveryWindow } from '../../state/recovery-window.ts';
import { useWindow } from '../../state/window.ts';
import { useAfterCare, useDoAfterCare } from '../../wire/queries.ts';
import { afterCareLines } from './recovery-words.ts';
import { StepFrame } from './step-frame.tsx';
import { useDismiss } from './use-dismiss.ts';
import type { StepProps } from './wizard.tsx';

/** Step 5: what the manual asks for after a recovery: the next version, a note, the tracker. */
export function StepAfterCare({ entry, arrived }: StepProps) {
  const { path } = entry;
  const offered = useAfterCare(path);
  const act = useDoAfterCare();
  const dismiss = useDismiss(entry);
  const go = useWindow((state) => state.go);
  const kept = useRecoveryWindow((state) => state.drafts[path]);
  const keepDraft = useRecoveryWindow((state) => state.keepDraft);
  const draft = kept ?? (offered.data && firstDraft(offered.data));
  const done = act.data;

  const finish = () => {
    if (draft) act.mutate({ path, ...draft });
  };
  return (
    <StepFrame
      step="after-care"
      arrived={arrived}
      note={draft && !done && finishWords(draft)}
      buttons={
        done ? (
          <Button variant="primary" busy={dismiss.busy} onClick={dismiss.run}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={() => go('control-room')}>Not now</Button>
            <Button variant="primary" disabled={!draft} busy={act.isPending} onClick={finish}>
              Finish
            </Button>
          </>
        )
      }
    >
      {act.error && (
        <ErrorCard
          what={act.error.failure.message}
          why={act.error.failure.where}
          cure={act.error.failure.cure}
          className="shrink-0"
        />
      )}
      {done ? (
        <Outcome done={done} />
      ) : (
        <Loaded query={offered} waiting="Looking what is worth doing">
          {(care) =>
            draft && (
              <Form
                care={care}
                draft={draft}
                onChange={(change) => keepDraft(path, { ...draft, ...change })}
              />
            )
          }
        </Loaded>
      )}
    </StepFrame>
  );
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
              <StateMark mark="done" word="Done" hideWord className="mt-1" />
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
