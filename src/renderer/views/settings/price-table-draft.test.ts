import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingSchemas } from '../../../shared/settings.ts';
import {
  checkDraft,
  dayOf,
  draftOf,
  type PriceDraft,
  withNewPrice,
  withoutPrice,
  withPrice,
  withPriceBack,
} from './price-table-draft.ts';

const table = settingSchemas['costs.table'].parse(undefined);
const draft = draftOf(table);

const wrongIn = (of: PriceDraft) => {
  const checked = checkDraft(of);
  return checked.ok ? {} : Object.fromEntries(checked.wrong);
};

describe('a draft of the price table', () => {
  it('that nobody touched is the table again', () => {
    expect(checkDraft(draft)).toEqual({ ok: true, value: table });
  });

  it('comes back as typed, whatever the table', () => {
    const price = fc.record({
      model: fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/),
      unit: fc.constantFrom('image' as const, 'clip' as const),
      usd: fc.double({ min: 0, max: 100, noNaN: true }).map((usd) => usd + 0),
    });
    const prices = fc.uniqueArray(price, { selector: ({ model, unit }) => `${model} ${unit}` });
    fc.assert(
      fc.property(prices, (all) => {
        const value = { date: '2026-11-20', prices: all };
        expect(checkDraft(draftOf(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it('says at the field what is wrong, and is no table until it is mended', () => {
    expect(wrongIn(withPrice(draft, 0, { usd: '-1' }))).toEqual({
      '0.usd': expect.stringContaining('0 or more'),
    });
    expect(wrongIn(withPrice(draft, 1, { usd: 'cheap' }))).toEqual({ '1.usd': expect.any(String) });
    expect(wrongIn(withPrice(draft, 1, { usd: ' ' }))).toEqual({ '1.usd': expect.any(String) });
    expect(wrongIn(withPrice(draft, 2, { model: ' ' }))).toEqual({ '2.model': expect.any(String) });
    expect(wrongIn({ ...draft, date: '2026-02-31' })).toEqual({ date: expect.any(String) });
    expect(wrongIn({ ...draft, date: 'November' })).toEqual({ date: expect.any(String) });
  });

  it('has one price for a model and unit: the second would never count', () => {
    const twice = withPrice(withNewPrice(draft), 6, { model: 'nano_banana_2', usd: '1' });
    expect(wrongIn(twice)).toEqual({ '6.model': expect.stringContaining('above already') });
    expect(wrongIn(withPrice(twice, 6, { unit: 'clip' }))).toEqual({});
  });

  it('grows at its end by an empty line, which is then asked for, and shrinks', () => {
    const grown = withNewPrice(draft);
    expect(Object.keys(wrongIn(grown)).sort()).toEqual(['6.model', '6.usd']);
    expect(checkDraft(withoutPrice(grown, 6))).toEqual({ ok: true, value: table });
    expect(withNewPrice(withoutPrice(draft, 2)).prices.at(-1)?.id).toBe(6);
    expect(withNewPrice({ ...draft, prices: [] }).prices).toHaveLength(1);
  });
});

describe('a price that was taken out', () => {
  const [first, second, ...rest] = table.prices;
  if (!first || !second) throw new Error('the default table has prices');
  const shorter = { ...table, prices: [first, ...rest] };

  it('comes back at its place, and what was changed meanwhile stays', () => {
    const dated = { ...shorter, date: '2026-12-01' };
    expect(withPriceBack(dated, second, 1)).toEqual({ date: '2026-12-01', prices: table.prices });
  });

  it('does not come back beside a new one for the same model', () => {
    const again = { ...shorter, prices: [...shorter.prices, { ...second, usd: 9 }] };
    expect(withPriceBack(again, second, 1)).toEqual(again);
  });
});

describe('the day of a time', () => {
  it('is that of the person’s own calendar', () => {
    expect(dayOf(new Date(2026, 0, 5, 23, 59).getTime())).toBe('2026-01-05');
  });
});
