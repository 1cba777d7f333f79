import { FlaskConical, Pencil, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import type { StoreSettings } from '../../../shared/settings.ts';
import type { StoreTest } from '../../../shared/store-test.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact, Facts } from '../../components/data-table.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { useTestStore } from '../../wire/queries.ts';
import { kindWords, secretCommand, shownAddress, stepWords, storePlace } from './store-fields.ts';

type StoreCardProps = {
  name: string;
  store: StoreSettings;
  isDefault: boolean;
  /** Null: it cannot be taken out. */
  onRemove: (() => void) | null;
  onEdit: () => void;
  onChoose: () => void;
};

/** One store: what it is, whether runs use it, and its test. */
export function StoreCard({ name, store, isDefault, onRemove, onEdit, onChoose }: StoreCardProps) {
  const heading = useId();
  const test = useTestStore();
  // A store that was changed since is another one: what its test said is no longer so.
  const settings = JSON.stringify(store);
  const [tested, setTested] = useState(settings);
  const isFresh = tested === settings;
  const publicBaseUrl = store.kind === 'endpoint' ? undefined : store.publicBaseUrl;
  return (
    <li
      aria-labelledby={heading}
      className="flex min-w-0 flex-col gap-2 rounded-md border border-line bg-raised p-3"
    >
      <div className="flex items-center gap-1">
        <h3 id={heading} className="min-w-0 flex-1 truncate font-semibold">
          {name}
        </h3>
        <Button
          size="sm"
          icon={<FlaskConical aria-hidden />}
          aria-label={`Test ${name}`}
          busy={test.isPending}
          onClick={() => {
            setTested(settings);
            test.mutate({ name });
          }}
        >
          Test
        </Button>
        <IconButton size="sm" label={`Change ${name}`} icon={<Pencil aria-hidden />} onClick={onEdit} />
        {onRemove && (
          <IconButton size="sm" label={`Take out ${name}`} icon={<Trash2 aria-hidden />} onClick={onRemove} />
        )}
      </div>
      <Facts>
        <Fact name="Kind">{kindWords[store.kind]}</Fact>
        <Fact name="Place">
          <span className="break-all">{storePlace(store)}</span>
        </Fact>
        {publicBaseUrl !== undefined && (
          <Fact name="Public">
            <span className="break-all">{shownAddress(publicBaseUrl)}</span>
          </Fact>
        )}
        {store.kind === 's3' && (
          <Fact name="Secret">
            <Secret name={name} />
          </Fact>
        )}
      </Facts>
      <label className="flex min-h-6 cursor-pointer items-center gap-2">
        <input
          type="radio"
          name="storage.default"
          className="size-4 accent-(--accent)"
          checked={isDefault}
          onChange={onChoose}
        />
        {isDefault ? `Runs use ${name}` : `Let runs use ${name}`}
      </label>
      {isFresh && test.error && (
        <ErrorCard
          what={test.error.failure.message}
          why={test.error.failure.where}
          cure={test.error.failure.cure}
        />
      )}
      <div role="status">{isFresh && test.data && <TestResult test={test.data} />}</div>
    </li>
  );
}

/** Where the secret half of the key goes: not through the window. */
function Secret({ name }: { name: string }) {
  return (
    <span className="flex items-center gap-1">
      <code className="min-w-0 break-all font-mono text-xs">{secretCommand(name)}</code>
      <CopyButton text={secretCommand(name)} what="command" />
    </span>
  );
}

function TestResult({ test }: { test: StoreTest }) {
  return (
    <div className="flex flex-col gap-1 border-line border-t pt-2">
      <StateMark
        mark={test.ok ? 'done' : 'failed'}
        word={test.ok ? 'It takes what a run would send.' : 'A run could not use it.'}
      />
      <ol className="flex flex-col gap-1">
        {test.steps.map(({ name, ok, message, cure }) => (
          <li key={name} className="grid grid-cols-[7rem_minmax(0,1fr)] gap-2">
            <StateMark mark={ok ? 'done' : 'failed'} word={stepWords(name)} className="self-start" />
            <div className="min-w-0 break-words">
              <p>{message}</p>
              {cure !== null && <p>{cure}</p>}
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}
