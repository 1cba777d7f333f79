import { Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { SettingEntry } from '../../../shared/contract.ts';
import type { StoreSettings } from '../../../shared/settings.ts';
import { Button } from '../../components/button.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { notifyError, notifyUndo } from '../../components/toaster.tsx';
import { useSetSetting, useSettings, useUnsetSetting } from '../../wire/queries.ts';
import { StoreCard } from './store-card.tsx';
import { StoreDialog } from './store-dialog.tsx';
import { storesIn } from './store-draft.ts';

/**
 * The stores: a card each, to be tried, changed and taken out, and which one runs use. Each change names its store
 * only, so that one made elsewhere at the same time is not lost.
 */
export function StoreList({ entry }: { entry: SettingEntry }) {
  const set = useSetSetting();
  const choose = useSetSetting();
  const unset = useUnsetSetting();
  const settings = useSettings();
  const [open, setOpen] = useState<{ name: string; store: StoreSettings } | 'new' | null>(null);
  const add = useRef<HTMLButtonElement>(null);
  const stores = storesIn(entry.value);
  const names = Object.keys(stores);
  const kept = settings.data?.find(({ key }) => key === 'storage.default')?.value;
  // Shown at once, as a radio button does; what was refused goes back.
  const [wanted, setWanted] = useState<string | null>(null);
  const chosen = wanted ?? kept;
  const use = (name: string) => {
    setWanted(name);
    choose.mutate(
      { key: 'storage.default', value: name },
      { onError: notifyError, onSettled: () => setWanted(null) },
    );
  };

  // The button of a card that goes has the focus: it goes on to one that stays.
  const removed = useRef<string | null>(null);
  useEffect(() => {
    if (removed.current === null || names.includes(removed.current)) return;
    removed.current = null;
    add.current?.focus();
  });
  const remove = (name: string, store: StoreSettings) => {
    const key = `storage.stores.${name}`;
    removed.current = name;
    unset.mutate(
      { key },
      {
        onSuccess: () =>
          notifyUndo(`The store ${name} is taken out.`, () =>
            set.mutate({ key, value: store }, { onError: notifyError }),
          ),
        onError: (error) => {
          removed.current = null;
          notifyError(error);
        },
      },
    );
  };

  return (
    <div className="flex flex-col gap-3 py-2">
      <div>
        <p>{entry.meaning}</p>
        <p className="text-muted text-xs">
          {entry.key}
          {entry.changed && ' · changed'}
        </p>
      </div>
      {typeof chosen === 'string' && !Object.hasOwn(stores, chosen) && (
        <StateMark mark="needs-you" word={`Runs use ${chosen}, which is not here. Choose one of these.`} />
      )}
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(22rem,1fr))] gap-3">
        {Object.entries(stores).map(([name, store]) => (
          <StoreCard
            key={name}
            name={name}
            store={store}
            isDefault={name === chosen}
            // The folder is what there is without any setting, and runs need the one they use.
            onRemove={name === 'local' || name === chosen ? null : () => remove(name, store)}
            onEdit={() => setOpen({ name, store })}
            onChoose={() => use(name)}
          />
        ))}
      </ul>
      <Button ref={add} className="self-start" icon={<Plus aria-hidden />} onClick={() => setOpen('new')}>
        Add a store
      </Button>
      {open !== null && (
        <StoreDialog edited={open === 'new' ? null : open} taken={names} onClose={() => setOpen(null)} />
      )}
    </div>
  );
}
