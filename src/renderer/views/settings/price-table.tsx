import { CalendarCheck, Plus, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { SettingEntry } from '../../../shared/contract.ts';
import { settingSchemas } from '../../../shared/settings.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Table, Td, Th } from '../../components/data-table.tsx';
import { Select } from '../../components/select.tsx';
import { TextField } from '../../components/text-field.tsx';
import { notifyError, notifyUndo } from '../../components/toaster.tsx';
import { useNow } from '../../state/clock.tsx';
import { useSetSetting } from '../../wire/queries.ts';
import {
  checkDraft,
  type DraftPrice,
  dayOf,
  draftOf,
  isEmpty,
  type PriceDraft,
  type PriceField,
  type PriceTableValue,
  withNewPrice,
  withoutPrice,
  withPrice,
  withPriceBack,
} from './price-table-draft.ts';

const units = [
  { value: 'image' as const, label: 'image' },
  { value: 'clip' as const, label: 'clip' },
];

/** The price table: a line a model. What is changed counts at once; what is no table yet is said, and not kept. */
export function PriceTable({ entry }: { entry: SettingEntry }) {
  const set = useSetSetting();
  const now = useNow();
  const { draft, setDraft, saved } = usePriceDraft(entry);
  const box = useRef<HTMLDivElement>(null);
  const focusNext = useRef<string | null>(null);
  const latest = useRef(saved);
  useEffect(() => {
    latest.current = saved;
  });
  useEffect(() => {
    if (focusNext.current === null) return;
    const next = box.current?.querySelector<HTMLElement>(`[data-focus="${focusNext.current}"]`);
    // The effect of a render from before may come first: then the line is not there yet.
    if (!next) return;
    next.focus();
    focusNext.current = null;
  });

  const save = (value: PriceTableValue) => set.mutate({ key: entry.key, value }, { onError: notifyError });
  /** Keeps a draft that makes a table which differs from what is kept. */
  const settle = (next: PriceDraft) => {
    const checked = checkDraft(next);
    if (checked.ok && JSON.stringify(checked.value) !== JSON.stringify(saved)) save(checked.value);
  };
  const change = (next: PriceDraft) => {
    setDraft(next);
    settle(next);
  };
  const remove = (price: DraftPrice) => {
    const index = draft.prices.indexOf(price);
    const next = withoutPrice(draft, price.id);
    const neighbour = next.prices[Math.min(index, next.prices.length - 1)];
    focusNext.current = neighbour ? `remove ${neighbour.id}` : 'add';
    change(next);
    if (checkDraft(next).ok && price.model !== '')
      notifyUndo(`The price of ${price.model} is taken out.`, () => {
        const restored = saved.prices.find(({ model, unit }) => model === price.model && unit === price.unit);
        if (restored) save(withPriceBack(latest.current, restored, index));
      });
  };
  const add = () => {
    const next = withNewPrice(draft);
    focusNext.current = `model ${next.prices.at(-1)?.id}`;
    setDraft(next);
  };

  const checked = checkDraft(draft);
  const wrong = checked.ok ? new Map<PriceField, string>() : checked.wrong;
  const keys = {
    onBlur: () => settle(draft),
    onKeyDown: (press: React.KeyboardEvent) => {
      if (press.key === 'Enter') settle(draft);
      if (press.key === 'Escape') setDraft(draftOf(saved));
    },
  };
  return (
    <div ref={box} className="flex min-w-0 flex-col gap-2">
      <div className="flex items-start gap-2">
        <TextField
          label="Prices as of"
          value={draft.date}
          error={wrong.get('date')}
          onChange={(event) => setDraft({ ...draft, date: event.target.value })}
          {...keys}
          className="w-32"
        />
        <Button
          className="mt-5"
          icon={<CalendarCheck aria-hidden />}
          disabled={draft.date === dayOf(now)}
          onClick={() => change({ ...draft, date: dayOf(now) })}
        >
          Checked today
        </Button>
      </div>
      <Table caption="Price of one candidate in US dollars">
        <thead>
          <tr>
            <Th className="px-0.5">Model</Th>
            <Th className="px-0.5">For one</Th>
            <Th numeric className="px-0.5">
              US dollars
            </Th>
            <Th>
              <span className="sr-only">Take out</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {draft.prices.map((price, i) => (
            <tr key={price.id} className="align-top">
              <Td className="px-0.5 py-0.5 first:pl-0">
                <TextField
                  label={`Model of line ${i + 1}`}
                  hideLabel
                  data-focus={`model ${price.id}`}
                  value={price.model}
                  error={isEmpty(price) ? undefined : wrong.get(`${price.id}.model`)}
                  onChange={(event) => setDraft(withPrice(draft, price.id, { model: event.target.value }))}
                  {...keys}
                />
              </Td>
              <Td className="w-20 px-0.5 py-0.5">
                <Select
                  label={`Unit of line ${i + 1}`}
                  hideLabel
                  value={price.unit}
                  options={units}
                  onValueChange={(unit) => change(withPrice(draft, price.id, { unit }))}
                />
              </Td>
              <Td className="w-20 px-0.5 py-0.5">
                <TextField
                  label={`Price of line ${i + 1} in US dollars`}
                  hideLabel
                  inputMode="decimal"
                  inputClassName="text-right"
                  value={price.usd}
                  error={isEmpty(price) ? undefined : wrong.get(`${price.id}.usd`)}
                  onChange={(event) => setDraft(withPrice(draft, price.id, { usd: event.target.value }))}
                  {...keys}
                />
              </Td>
              <Td className="w-7 px-0.5 py-0.5 last:pr-0">
                <IconButton
                  label={`Take out ${price.model || `line ${i + 1}`}`}
                  icon={<Trash2 aria-hidden />}
                  data-focus={`remove ${price.id}`}
                  onClick={() => remove(price)}
                />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {draft.prices.length === 0 && (
        <p className="text-muted">Without prices everything is counted as costing nothing.</p>
      )}
      <div className="flex items-center gap-3">
        <Button data-focus="add" icon={<Plus aria-hidden />} onClick={add}>
          Add a model
        </Button>
        <p aria-live="polite" className="text-muted text-xs">
          {checked.ok ? '' : unkept(draft)}
        </p>
      </div>
    </div>
  );
}

/** Why a draft is not kept yet, and what to do. */
const unkept = (draft: PriceDraft): string =>
  draft.prices.some(isEmpty)
    ? 'Kept when the new line has a model and a price. Escape takes it back.'
    : 'Not kept yet: mend what is marked. Escape takes it back.';

/**
 * What is being typed, over what is kept. A change from elsewhere (another window, the command line, the default)
 * replaces the draft; our own coming back does not, since a person types on meanwhile.
 */
function usePriceDraft(entry: SettingEntry) {
  const saved = tableIn(entry.value);
  const text = JSON.stringify(saved);
  const [kept, setKept] = useState({ text, draft: draftOf(saved) });
  if (kept.text !== text) {
    const checked = checkDraft(kept.draft);
    const ours = checked.ok && JSON.stringify(checked.value) === text;
    setKept({ text, draft: ours ? kept.draft : draftOf(saved) });
  }
  return { draft: kept.draft, setDraft: (draft: PriceDraft) => setKept({ text: kept.text, draft }), saved };
}

function tableIn(value: unknown): PriceTableValue {
  const schema = settingSchemas['costs.table'];
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : schema.parse(undefined);
}
