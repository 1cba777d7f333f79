import { useEffect, useId, useRef, useState } from 'react';
import type { StoreSettings } from '../../../shared/settings.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { Select } from '../../components/select.tsx';
import { Switch } from '../../components/switch.tsx';
import { TextArea } from '../../components/text-area.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useSetSetting } from '../../wire/queries.ts';
import { checkDraft, draftOf, newDraft, type StoreDraft, withText } from './store-draft.ts';
import {
  kindWords,
  type StoreField,
  type StoreFieldWords,
  secretCommand,
  storeFields,
} from './store-fields.ts';

const kinds = (['s3', 'endpoint', 'local'] as const).map((value) => ({ value, label: kindWords[value] }));

type StoreDialogProps = {
  /** Null: a new one. */
  edited: { name: string; store: StoreSettings } | null;
  /** Names a new one cannot have. */
  taken: readonly string[];
  onClose: () => void;
};

/** The form of a store, by its kind. What is wrong stands at its field, and nothing is kept until all is right. */
export function StoreDialog({ edited, taken, onClose }: StoreDialogProps) {
  const set = useSetSetting();
  const form = useRef<HTMLFormElement>(null);
  const formId = useId();
  const [draft, setDraft] = useState<StoreDraft>(edited ? draftOf(edited.name, edited.store) : newDraft);
  // Fields nobody was at yet are not wrong: they are told of once saving was tried.
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [tries]);

  const checked = checkDraft(draft, edited ? [] : taken);
  const wrong = (field: StoreField | 'name') =>
    tries === 0 || checked.ok ? undefined : checked.wrong.get(field);
  const save = () => {
    if (!checked.ok) return setTries(tries + 1);
    set.mutate({ key: `storage.stores.${checked.name}`, value: checked.store }, { onSuccess: onClose });
  };

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={edited ? `Store ${edited.name}` : 'Add a store'}
      description="A change counts from the next run on. What was stored before stays where it is."
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
        {edited === null && (
          <div className="grid grid-cols-2 gap-3">
            <TextField
              label="Name"
              hint="Such as r2. It stays."
              value={draft.name}
              error={wrong('name')}
              onChange={(event) => setDraft({ ...draft, name: event.target.value })}
            />
            <Select
              label="Kind"
              value={draft.kind}
              options={kinds}
              onValueChange={(kind) => setDraft({ ...draft, kind })}
            />
          </div>
        )}
        {storeFields[draft.kind].map((words) => (
          <StoreText
            key={`${draft.kind} ${words.field}`}
            words={words}
            value={draft.texts[words.field] ?? ''}
            error={wrong(words.field)}
            onChange={(text) => setDraft(withText(draft, words.field, text))}
          />
        ))}
        {draft.kind === 's3' && (
          <>
            <Switch
              label="The bucket’s name stands in the path"
              hint="Off: in the name of the host."
              checked={draft.pathStyle}
              onCheckedChange={(pathStyle) => setDraft({ ...draft, pathStyle })}
            />
            <p className="text-muted">
              The secret half of the key is not asked for here. Give it to{' '}
              <code className="break-all font-mono text-ink text-xs">
                {secretCommand(draft.name.trim() || 'NAME')}
              </code>
            </p>
          </>
        )}
      </form>
    </Dialog>
  );
}

type StoreTextProps = {
  words: StoreFieldWords;
  value: string;
  error: string | undefined;
  onChange: (text: string) => void;
};

function StoreText({ words, value, error, onChange }: StoreTextProps) {
  const { field, label, hint, whenEmpty } = words;
  if (field === 'headers') {
    return (
      <TextArea
        label={label}
        hint={hint}
        error={error}
        value={value}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  return (
    <TextField
      label={label}
      hint={hint}
      error={error}
      value={value}
      placeholder={whenEmpty}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
