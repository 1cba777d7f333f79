import { type Settings, settingSchemas } from '../../../shared/settings.ts';

/** The price table while a person edits it: texts as typed, until they make a table by the schema. Pure. */

export type PriceTableValue = Settings['costs.table'];
export type PriceUnit = PriceTableValue['prices'][number]['unit'];

export interface DraftPrice {
  /** Unique in the draft, and the line's own for as long as it is there. */
  id: number;
  model: string;
  unit: PriceUnit;
  /** As typed. */
  usd: string;
}

export interface PriceDraft {
  /** As typed. */
  date: string;
  prices: readonly DraftPrice[];
}

/** A table as one would have typed it. */
export function draftOf(value: PriceTableValue): PriceDraft {
  return {
    date: value.date,
    prices: value.prices.map(({ model, unit, usd }, id) => ({ id, model, unit, usd: typedUSD(usd) })),
  };
}

/** With two places, as prices are written, unless it has more. */
function typedUSD(usd: number): string {
  const short = usd.toFixed(2);
  return Number(short) === usd ? short : String(usd);
}

export const withPrice = (draft: PriceDraft, id: number, change: Partial<DraftPrice>): PriceDraft => ({
  ...draft,
  prices: draft.prices.map((price) => (price.id === id ? { ...price, ...change } : price)),
});

/** A new, empty line at the end. */
export function withNewPrice(draft: PriceDraft): PriceDraft {
  const id = 1 + Math.max(-1, ...draft.prices.map((price) => price.id));
  return { ...draft, prices: [...draft.prices, { id, model: '', unit: 'image', usd: '' }] };
}

export const withoutPrice = (draft: PriceDraft, id: number): PriceDraft => ({
  ...draft,
  prices: draft.prices.filter((price) => price.id !== id),
});

/** Takes back that a price was taken out: it stands at its place again, and what was changed meanwhile stays. */
export function withPriceBack(
  table: PriceTableValue,
  price: PriceTableValue['prices'][number],
  index: number,
): PriceTableValue {
  const isThere = table.prices.some(({ model, unit }) => model === price.model && unit === price.unit);
  return isThere ? table : { ...table, prices: table.prices.toSpliced(index, 0, price) };
}

/** A line nobody has written in yet: it is asked for, and nothing is wrong with it. */
export const isEmpty = ({ model, usd }: DraftPrice): boolean => model.trim() === '' && usd.trim() === '';

/** Which field is meant: the date, or a field of a line. */
export type PriceField = 'date' | `${number}.${'model' | 'usd'}`;

export type CheckedDraft =
  | { ok: true; value: PriceTableValue }
  | { ok: false; wrong: ReadonlyMap<PriceField, string> };

/** The table a draft makes, or what is wrong with each field, as an instruction. */
export function checkDraft(draft: PriceDraft): CheckedDraft {
  const value = {
    date: draft.date.trim(),
    prices: draft.prices.map(({ model, unit, usd }) => ({
      model: model.trim(),
      unit,
      usd: usd.trim() === '' ? Number.NaN : Number(usd),
    })),
  };
  const wrong = new Map<PriceField, string>();
  if (!isDay(value.date)) wrong.set('date', 'Write a day as 2026-11-30.');
  const parsed = settingSchemas['costs.table'].safeParse(value);
  for (const { path } of parsed.error?.issues ?? []) {
    const [list, index, field] = path;
    const price = list === 'prices' && typeof index === 'number' ? draft.prices[index] : undefined;
    if (!price) wrong.set('date', 'Write a day as 2026-11-30.');
    else if (field === 'model') wrong.set(`${price.id}.model`, 'Write the name of the model.');
    else wrong.set(`${price.id}.usd`, 'Write US dollars, 0 or more: 0.04.');
  }
  for (const [i, price] of value.prices.entries()) {
    const first = value.prices.findIndex((each) => each.model === price.model && each.unit === price.unit);
    const { id } = draft.prices[i] ?? {};
    if (price.model !== '' && first < i && id !== undefined)
      wrong.set(`${id}.model`, `${price.model} has a price per ${price.unit} above already.`);
  }
  return wrong.size === 0 && parsed.success ? { ok: true, value: parsed.data } : { ok: false, wrong };
}

/** A day of the calendar, so not the 31st of February. */
function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The day of a time in the person's own zone, as the table has it. */
export function dayOf(nowMs: number): string {
  const now = new Date(nowMs);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
