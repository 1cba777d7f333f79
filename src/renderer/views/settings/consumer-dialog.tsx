import { useEffect, useId, useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { Select } from '../../components/select.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useSetSetting } from '../../wire/queries.ts';
import { type ConsumerDraft, checkDraft, draftOf, newDraft } from './consumer-draft.ts';
import { type Consumer, consumerFields, kindWords } from './consumer-fields.ts';

const kinds = (['env-file', 'json-file', 'text-file', 'webhook'] as const).map((value) => ({
  value,
  label: kindWords[value],
}));

type ConsumerDialogProps = {
  /** Null: a new one. */
  edited: Consumer | null;
  others: readonly Consumer[];
  /** The whole list with the consumer in it. */
  listWith: (consumer: Consumer) => Consumer[];
  onClose: () => void;
};

/** The form of a consumer, by its kind. What is wrong stands at its field, and nothing is kept until all is right. */
export function ConsumerDialog({ edited, others, listWith, onClose }: ConsumerDialogProps) {
  const set = useSetSetting();
  const form = useRef<HTMLFormElement>(null);
  const formId = useId();
  const [draft, setDraft] = useState<ConsumerDraft>(edited ? draftOf(edited) : newDraft);
  // Fields nobody was at yet are not wrong: they are told of once saving was tried.
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [tries]);

  const checked = checkDraft(draft, others);
  const save = () => {
    if (!checked.ok) return setTries(tries + 1);
    set.mutate({ key: 'tunnel.consumers', value: listWith(checked.consumer) }, { onSuccess: onClose });
  };

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={edited ? `Change a ${kindWords[edited.kind]}` : 'Add who is told'}
      description="Told at once while the tunnel is up, and again each time its address changes."
      footer={
        <>
          <Button className="ml-auto" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" form={formId} variant="primary" busy={set.isPending}>
            {edited ? 'Save' : 'Add'}
          </Button>
        </>
      }
    >
      <form
        ref={form}
        id={formId}
        noValidate
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        {set.error && (
          <ErrorCard
            what={set.error.failure.message}
            why={set.error.failure.where}
            cure={set.error.failure.cure}
          />
        )}
        <Select
          label="Kind"
          value={draft.kind}
          options={kinds}
          onValueChange={(kind) => setDraft({ ...draft, kind })}
        />
        {consumerFields[draft.kind].map(({ field, label, hint }) => (
          <TextField
            key={`${draft.kind} ${field}`}
            label={label}
            hint={hint}
            value={draft.texts[field] ?? ''}
            error={tries === 0 || checked.ok ? undefined : checked.wrong.get(field)}
            onChange={(event) =>
              setDraft({ ...draft, texts: { ...draft.texts, [field]: event.target.value } })
            }
          />
        ))}
      </form>
    </Dialog>
  );
}
