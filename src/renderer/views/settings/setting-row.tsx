import { RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { SettingEntry } from '../../../shared/contract.ts';
import { IconButton } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Select } from '../../components/select.tsx';
import { TextField } from '../../components/text-field.tsx';
import { notifyError } from '../../components/toaster.tsx';
import { useSetSetting, useUnsetSetting } from '../../wire/queries.ts';
import { choiceWords } from './choice-words.ts';
import { ConsumerList } from './consumer-list.tsx';
import { PriceTable } from './price-table.tsx';
import { editorFor, type SettingEditor, typedValue, valueText } from './setting-editor.ts';
import { StoreList } from './store-list.tsx';

/** One setting: its key and meaning, its value in the fitting control, and the way back to the default. */
export function SettingRow({ entry }: { entry: SettingEntry }) {
  const unset = useUnsetSetting();
  const editor = editorFor(entry.key);
  // Stores and consumers take more room, and no way back that would take them all out at once.
  if (entry.key === 'storage.stores') return <StoreList entry={entry} />;
  if (entry.key === 'tunnel.consumers') return <ConsumerList entry={entry} />;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,22rem)_28px] items-start gap-x-4 py-2">
      <div className="min-w-0">
        <p className="break-words">{entry.meaning}</p>
        <p className="text-muted text-xs">
          {entry.key}
          {entry.changed && ' · changed'}
        </p>
      </div>
      <SettingControl entry={entry} editor={editor} />
      {entry.changed && (
        <IconButton
          label={
            editor.kind === 'structure'
              ? 'Back to the default'
              : `Back to the default: ${valueText(entry.default) || 'empty'}`
          }
          icon={<RotateCcw aria-hidden />}
          onClick={() => unset.mutate({ key: entry.key }, { onError: notifyError })}
        />
      )}
    </div>
  );
}

function SettingControl({ entry, editor }: { entry: SettingEntry; editor: SettingEditor }) {
  const set = useSetSetting();
  if (entry.key === 'costs.table') return <PriceTable entry={entry} />;
  if (editor.kind === 'structure') return <Structure entry={entry} />;
  if (editor.kind === 'choice') {
    return (
      <Select
        label={entry.key}
        hideLabel
        value={valueText(entry.value)}
        options={editor.options.map((value) => ({ value, label: choiceWords(entry.key, value) }))}
        onValueChange={(value) => set.mutate({ key: entry.key, value }, { onError: notifyError })}
      />
    );
  }
  return <TypedSetting entry={entry} editor={editor} />;
}

/** A list or an object: to be read here, and changed on the command line. */
function Structure({ entry }: { entry: SettingEntry }) {
  const text = valueText(entry.value);
  const command = `flowdeck config set ${entry.key} '${JSON.stringify(entry.value)}'`;
  return (
    <details className="min-w-0">
      <summary className="truncate rounded-sm py-1 text-muted hover:text-ink">{shortly(entry.value)}</summary>
      <pre className="max-h-60 overflow-auto whitespace-pre-wrap rounded-sm bg-sunken p-2 font-mono text-xs">
        {text}
      </pre>
      <p className="flex items-center gap-1 text-muted text-xs">
        Change it on the command line.
        <CopyButton text={command} what="command" />
      </p>
    </details>
  );
}

function shortly(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'Empty list' : value.map(valueText).join(', ');
  const keys = Object.keys(value ?? {});
  return keys.length === 0 ? 'Nothing set' : keys.join(', ');
}

/** Text or number: kept with Enter or when the field is left; Escape takes it back. A refusal stands below the field. */
function TypedSetting({ entry, editor }: { entry: SettingEntry; editor: SettingEditor }) {
  const set = useSetSetting();
  const saved = valueText(entry.value);
  const [typed, setTyped] = useState(saved);
  useEffect(() => setTyped(saved), [saved]);

  const save = () => {
    if (typed.trim() === saved) return set.reset();
    set.mutate({ key: entry.key, value: typedValue(editor, typed) });
  };
  const refusal = set.error?.failure;
  return (
    <TextField
      label={entry.key}
      hideLabel
      inputMode={editor.kind === 'number' ? 'decimal' : 'text'}
      value={typed}
      placeholder={editor.kind === 'text' && editor.nullable ? 'empty' : ''}
      error={refusal && [refusal.message, refusal.cure].filter(Boolean).join(' ')}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
        if (event.key === 'Escape') {
          setTyped(saved);
          set.reset();
        }
      }}
    />
  );
}
