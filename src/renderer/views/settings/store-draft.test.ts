import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingSchemas } from '../../../shared/settings.ts';
import { checkDraft, draftOf, newDraft, type StoreDraft, storesIn, withText } from './store-draft.ts';
import { storeFields } from './store-fields.ts';

const bucket = draftOf('r2', {
  kind: 's3',
  endpoint: 'https://account.r2.cloudflarestorage.com',
  bucket: 'ads',
  region: 'auto',
  publicBaseUrl: 'https://cdn.example.com',
  accessKeyId: 'AKID',
  prefix: '',
  pathStyle: true,
});
const endpoint = withText({ ...newDraft, name: 'up', kind: 'endpoint' }, 'url', 'https://up.example.com');

const wrongIn = (draft: StoreDraft, taken: string[] = []) => {
  const checked = checkDraft(draft, taken);
  return checked.ok ? {} : Object.fromEntries(checked.wrong);
};

const words = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9 _./-]{0,20}[a-z]$/);
const address = fc.webUrl({ validSchemes: ['http', 'https'] });
const anyStore = fc.oneof(
  fc.record(
    { kind: fc.constant('local' as const), root: words, publicBaseUrl: address },
    { requiredKeys: ['kind'] },
  ),
  fc.record({
    kind: fc.constant('s3' as const),
    endpoint: address,
    bucket: words,
    region: words,
    publicBaseUrl: address,
    accessKeyId: words,
    prefix: fc.oneof(fc.constant(''), words),
    pathStyle: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('endpoint' as const),
    url: address,
    fileField: words,
    pathField: words,
    headers: fc.dictionary(fc.stringMatching(/^[a-z][a-z-]{0,8}$/), fc.oneof(fc.constant(''), words)),
    urlPointer: words.map((text) => `/${text}`),
  }),
);

describe('a draft of a store', () => {
  it('that nobody touched is the store again, whatever the store', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
    fc.assert(
      fc.property(name, anyStore, (of, any) => {
        const store = settingSchemas['storage.stores'].parse({ [of]: any })[of];
        if (store === undefined) throw new Error('the schema dropped a store');
        const checked = checkDraft(draftOf(of, store), []);
        // Told apart by text, since a store must not get keys that were not there.
        expect(JSON.parse(JSON.stringify(checked))).toEqual(
          JSON.parse(JSON.stringify({ ok: true, name: of, store })),
        );
      }),
    );
  });

  it('says at each field what is wrong, and is no store until it is mended', () => {
    expect(wrongIn(withText(bucket, 'endpoint', 'ftp://there'))).toEqual({
      endpoint: 'Write an http or https address.',
    });
    expect(wrongIn(withText(bucket, 'bucket', '  '))).toEqual({ bucket: 'Write the name of the bucket.' });
    expect(wrongIn(withText(endpoint, 'urlPointer', 'url'))).toEqual({
      urlPointer: expect.stringContaining('slash'),
    });
    expect(Object.keys(wrongIn(newDraft)).sort()).toEqual([
      'accessKeyId',
      'bucket',
      'endpoint',
      'name',
      'publicBaseUrl',
    ]);
  });

  it('has a name of its own that an address may hold', () => {
    expect(wrongIn(bucket, ['local'])).toEqual({});
    expect(wrongIn(bucket, ['local', 'r2'])).toEqual({ name: 'There is a store named r2 already.' });
    for (const name of ['', 'R2', '2r', 'a b', 'a'.repeat(32), '__proto__'])
      expect(wrongIn({ ...bucket, name }), name).toEqual({ name: expect.stringContaining('small letter') });
    expect(checkDraft({ ...bucket, name: ' constructor ' }, [])).toMatchObject({ name: 'constructor' });
  });

  it('leaves out what is empty, and then holds what the form says it would', () => {
    for (const draft of [bucket, endpoint]) {
      for (const { field, whenEmpty } of storeFields[draft.kind]) {
        if (whenEmpty === undefined) continue;
        expect(checkDraft(withText(draft, field, ' '), [])).toMatchObject({ store: { [field]: whenEmpty } });
      }
    }
    expect(checkDraft({ ...newDraft, name: 'here', kind: 'local' }, [])).toEqual({
      ok: true,
      name: 'here',
      store: { kind: 'local' },
    });
  });

  it('keeps what was typed for one kind while another is looked at, and saves only the chosen', () => {
    const away: StoreDraft = { ...bucket, kind: 'local' };
    expect(checkDraft(away, [])).toMatchObject({ store: { publicBaseUrl: 'https://cdn.example.com' } });
    expect(JSON.stringify(checkDraft(away, []))).not.toContain('AKID');
    expect(checkDraft({ ...away, kind: 's3' }, [])).toEqual(checkDraft(bucket, []));
  });
});

describe('headers', () => {
  const headersOf = (text: string) => checkDraft(withText(endpoint, 'headers', text), []);

  it('are lines; what stands after the first colon is the value', () => {
    expect(headersOf('Authorization: Bearer a:b \n\n X-Team:ads')).toMatchObject({
      store: { headers: { Authorization: 'Bearer a:b', 'X-Team': 'ads' } },
    });
  });

  it('that are no headers, or stand there twice, are refused', () => {
    for (const text of ['Bearer abc', ': value'])
      expect(wrongIn(withText(endpoint, 'headers', text))).toEqual({
        headers: expect.stringContaining('one header a line'),
      });
    expect(wrongIn(withText(endpoint, 'headers', 'X-Team: a\nx-team: b'))).toEqual({
      headers: 'Write x-team once.',
    });
  });
});

it('a value that is no table of stores is shown as the default one', () => {
  expect(storesIn({ r2: { kind: 'tape' } })).toEqual({ local: { kind: 'local' } });
});
