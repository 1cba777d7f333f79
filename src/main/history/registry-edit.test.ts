import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeForNew, withNewEntry, withVersion } from './registry-edit.ts';
import { entriesOf, isObject, type JsonObject } from './registry-entries.ts';

/** The documented registry, with what a person's editor may leave in it. */
const documented = `{
  "brands":   { "xyz-wellness": { "file": "reference/brands/xyz.md", "status": "active", "products": ["magnesium"] } },
  "products": { "magnesium": { "brand": "xyz-wellness", "file": "reference/products/m.md", "status": "active",
                "photo_r2": "https://pub-xxx.r2.dev/products/m.jpg", "added": "2026-04-01", "price": 1.50e1 } },
  "accounts": { "F": { "code": "F", "archetype": "conf\\u0065ssional", "platforms": ["tiktok"] } },
  "workflows": { "xyz-wellness": { "XYZG1": {
      "current_version": "V0-1", "status": "testing", "fanned_out_to_accounts": ["A", "B"], "test_account": "A",
      "last_updated": "2026-05-01", "type": "growth", "month": "may",
      "history": [ { "version": "V0-1", "date": "2026-05-01", "notes": "initial build" } ] } } }
}
`;
const news = { version: 'V0-2', date: '2026-05-12', note: 'V0-1: runner crashed at Scene 06' };

function registry(text: string): JsonObject {
  const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
  if (!isObject(value)) throw new Error('no object');
  return value;
}

function register(text: string, code: string, what = news): string {
  const entry = entriesOf(registry(text), code).find((one) => one.code === code);
  if (entry === undefined) throw new Error(`no ${code}`);
  return withVersion(text, entry, what);
}

describe('a version in the registry', () => {
  it('changes three places of the documented one, and nothing else', () => {
    expect(register(documented, 'XYZG1')).toBe(
      documented
        .replace('"current_version": "V0-1"', '"current_version": "V0-2"')
        .replace('"last_updated": "2026-05-01"', '"last_updated": "2026-05-12"')
        .replace(
          '"notes": "initial build" } ]',
          '"notes": "initial build" }, {"version": "V0-2", "date": "2026-05-12", "notes": "V0-1: runner crashed at Scene 06"} ]',
        ),
    );
  });

  it('is not noted twice', () => {
    const once = register(documented, 'XYZG1');
    expect(register(once, 'XYZG1')).toBe(once);
  });

  it('is noted again when the note is another one', () => {
    const twice = register(register(documented, 'XYZG1'), 'XYZG1', { ...news, note: 'another' });
    expect(twice.match(/"version": "V0-2"/g)).toHaveLength(2);
  });

  it('keeps the status unless it is given', () => {
    expect(register(documented, 'XYZG1')).toContain('"status": "testing", "fanned');
    const approved = register(documented, 'XYZG1', { ...news, ...{ status: 'approved' } });
    expect(approved).toContain('"status": "approved", "fanned');
  });

  it.each([
    [
      'a mark, tabs and CRLF',
      '\ufeff{\r\n\t"workflows": {\r\n\t\t"X": {"current_version":"V0-1"}\r\n\t}\r\n}',
    ],
    ['one line without spaces', '{"workflows":{"b":{"X":{"history":[],"n":1.0}}}}'],
    ['a flat map', '{ "X": { "current_version": "V0-1", "history": null }, "Y": {} }'],
    ['months in between', '{"workflows":{"may":{"b":{"growth":{"X":{}}}}}}'],
    [
      'a list',
      '{"workflows":[{"code":"Y","history":[]},{"code":"X","currentVersion":"V0-1","lastUpdated":"x"}]}',
    ],
    ['a key that stands twice', '{"workflows":{"X":{"current_version":"a"},"X":{"current_version":"b"}}}'],
  ])('goes into a registry of %s', (_, text) => {
    const after = register(text, 'X');
    const entry = entriesOf(registry(after), 'X').find(({ code }) => code === 'X')?.value;
    expect(entry?.currentVersion ?? entry?.current_version).toBe('V0-2');
    expect(entry?.lastUpdated ?? entry?.last_updated).toBe('2026-05-12');
    expect(entry?.history).toEqual([{ version: 'V0-2', date: '2026-05-12', notes: news.note }]);
    expect(after.startsWith('\ufeff')).toBe(text.startsWith('\ufeff'));
    expect(after.replaceAll('\r\n', '').includes('\n')).toBe(false);
  });

  it('stands above the others where the newest stands above', () => {
    const text = `{"workflows": {"X": {
  "history": [
    {"version": "V0-2", "date": "2026-05-02", "note": "b"},
    {"version": "V0-1", "date": "2026-05-02", "note": "a"}
  ]
}}}`;
    const after = register(text, 'X', { ...news, version: 'V0-3' });
    const history = entriesOf(registry(after), 'X')[0]?.value.history;
    expect(history).toMatchObject([{ version: 'V0-3', note: news.note }, { note: 'b' }, { note: 'a' }]);
    expect(after).toContain(text.slice(text.indexOf('{"version": "V0-2"'), text.indexOf('\n  ]')));
    expect(register(after, 'X', { ...news, version: 'V0-3' })).toBe(after);
  });

  it('is refused by a history that is no list', () => {
    expect(() => register('{"workflows":{"X":{"history":{"V0-1":"a"}}}}', 'X')).toThrow(/no list/);
  });

  it('leaves all other values and the text around its own as they are', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 8 });
    const item = fc.record({ version: word, date: word, notes: word });
    // As a file can hold it: it has no -0.
    const odd = fc.jsonValue({ maxDepth: 2 }).map((value): unknown => JSON.parse(JSON.stringify(value)));
    const entry = fc.record(
      {
        current_version: word,
        last_updated: word,
        status: word,
        history: fc.array(item, { maxLength: 3 }),
        more: odd,
      },
      { requiredKeys: [] },
    );
    const file = fc.record({
      brands: fc.dictionary(word, odd, { maxKeys: 2 }),
      before: fc.dictionary(
        word.map((name) => `a${name}`),
        entry,
        { maxKeys: 2 },
      ),
      own: entry,
      indent: fc.constantFrom('', ' ', '\t', '    '),
      newline: fc.constantFrom('\n', '\r\n'),
      mark: fc.constantFrom('', '\ufeff'),
      end: fc.constantFrom('', '\n', ' \n\n'),
    });
    fc.assert(
      fc.property(file, ({ brands, before, own, indent, newline, mark, end }) => {
        const value = { brands, workflows: { acme: { ...before, XYZG3: own }, zzz: { ZZZ1: own } } };
        const printed = JSON.stringify(value, null, indent).replaceAll('\n', newline);
        const text = mark + printed + end;
        const after = register(text, 'XYZG3');

        const entry = entriesOf(registry(after), 'XYZG3').find(({ code }) => code === 'XYZG3');
        const { history: notes, ...rest } = entry?.value ?? {};
        if (!Array.isArray(notes)) throw new Error('no history');
        const { history = [], current_version: _v, last_updated: _d, ...kept } = own;
        expect(rest).toEqual({ ...kept, current_version: 'V0-2', last_updated: '2026-05-12' });
        const note = { version: 'V0-2', date: '2026-05-12', notes: news.note };
        expect(notes.filter((one: unknown) => JSON.stringify(one) !== JSON.stringify(note))).toEqual(history);
        expect(notes).toHaveLength(history.length + 1);

        const at = text.indexOf('"XYZG3"');
        const from = text.indexOf('"zzz"');
        expect(after.slice(0, at)).toBe(text.slice(0, at));
        expect(after.endsWith(text.slice(from))).toBe(true);
      }),
    );
  });
});

describe('an entry for a workflow that had none', () => {
  const place = { month: 'may', brand: 'xyz-wellness' };
  const path = (text: string, where: { month: string | null; brand: string | null } = place) =>
    placeForNew(registry(text), 'XYZG9', where);

  it('goes under its brand, with what is known', () => {
    const to = path(documented);
    expect(to).toEqual(['workflows', 'xyz-wellness', 'XYZG9']);
    const after = withNewEntry(documented, to ?? [], 'may', { ...news, status: 'testing' });
    expect(entriesOf(registry(after)).map(({ code, brand }) => [code, brand])).toEqual([
      ['XYZG1', 'xyz-wellness'],
      ['XYZG9', 'xyz-wellness'],
    ]);
    expect(entriesOf(registry(after))[1]?.value).toEqual({
      current_version: 'V0-2',
      status: 'testing',
      last_updated: '2026-05-12',
      type: 'growth',
      month: 'may',
      history: [{ version: 'V0-2', date: '2026-05-12', notes: news.note }],
    });
    const [before] = documented.split('XYZG1');
    expect(after.startsWith(before ?? '-')).toBe(true);
  });

  it.each([
    ['a flat map', '{"workflows":{"XYZG1":{"current_version":"V1"}}}', ['workflows', 'XYZG9']],
    [
      'a brand that has no workflow yet',
      '{"brands":{"XYZ-Wellness":{}}}',
      ['workflows', 'XYZ-Wellness', 'XYZG9'],
    ],
    [
      'months above brands',
      '{"workflows":{"april":{"xyz-wellness":{}},"may":{"xyz-wellness":{}}}}',
      ['workflows', 'may', 'xyz-wellness', 'XYZG9'],
    ],
    [
      'types below brands',
      '{"workflows":{"xyz-wellness":{"growth":{},"sales":{}}}}',
      ['workflows', 'xyz-wellness', 'growth', 'XYZG9'],
    ],
  ])('has its place in %s', (_, text, to) => {
    expect(path(text)).toEqual(to);
  });

  it('has no place where the brand cannot be told, or is not known', () => {
    expect(path(documented, { month: null, brand: null })).toBeNull();
    expect(path('{"workflows":{"acme":{}}}')).toBeNull();
    expect(path('{"workflows":{"april":{"xyz-wellness":{}},"june":{"xyz-wellness":{}}}}')).toBeNull();
    expect(path('{"workflows":[]}')).toBeNull();
  });

  it('has no place where something else stands', () => {
    expect(path('{"workflows":{"xyz-wellness":{"XYZG9":"V0-1"}}}')).toBeNull();
  });
});
