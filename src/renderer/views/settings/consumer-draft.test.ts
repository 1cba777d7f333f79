import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDraft, draftOf, newDraft } from './consumer-draft.ts';
import { type Consumer, consumerPlace, consumersIn } from './consumer-fields.ts';

const wrongIn = (...draft: Parameters<typeof checkDraft>) => {
  const checked = checkDraft(...draft);
  return checked.ok ? {} : Object.fromEntries(checked.wrong);
};

const env: Consumer = { kind: 'env-file', path: '/ads/.env', key: 'GLABS_URL' };

describe('a draft of a consumer', () => {
  it('comes back as typed, whatever the consumer', () => {
    const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,12}$/);
    const path = word.map((name) => `/ads/${name}`);
    const consumer: fc.Arbitrary<Consumer> = fc.oneof(
      fc.record({ kind: fc.constant('env-file' as const), path, key: word }),
      fc.record({ kind: fc.constant('json-file' as const), path, pointer: word.map((key) => `/${key}`) }),
      fc.record({
        kind: fc.constant('text-file' as const),
        path,
        pattern: word.map((at) => ` ${at}: (.*) `),
      }),
      fc.record({
        kind: fc.constant('webhook' as const),
        url: word.map((at) => `https://${at}.example.com/x`),
      }),
    );
    fc.assert(
      fc.property(consumer, (each) => {
        expect(checkDraft(draftOf(each), [])).toEqual({ ok: true, consumer: each });
      }),
    );
  });

  it('says at the field what is wrong', () => {
    expect(Object.keys(wrongIn(newDraft, [])).sort()).toEqual(['key', 'path']);
    expect(wrongIn({ kind: 'env-file', texts: { path: '.env', key: 'A' } }, [])).toEqual({
      path: 'Write the whole path of the file.',
    });
    expect(wrongIn({ kind: 'json-file', texts: { path: '/a.json', pointer: 'url' } }, [])).toEqual({
      pointer: expect.stringContaining('slash'),
    });
    expect(wrongIn({ kind: 'webhook', texts: { url: 'ftp://here' } }, [])).toEqual({
      url: expect.stringContaining('http'),
    });
  });

  it('takes the paths of every system', () => {
    for (const path of ['/home/me/.env', 'C:\\ads\\.env', 'c:/ads/.env', '\\\\nas\\ads\\.env'])
      expect(wrongIn({ kind: 'env-file', texts: { path, key: 'A' } }, [])).toEqual({});
    for (const path of ['~/.env', './.env', 'C:.env'])
      expect(wrongIn({ kind: 'env-file', texts: { path, key: 'A' } }, [])).toHaveProperty('path');
  });

  it('asks for a pattern with a group, since the group is what is replaced', () => {
    const texts = (pattern: string) => ({ kind: 'text-file' as const, texts: { path: '/a.txt', pattern } });
    for (const pattern of ['server: (.*)', 'a|(b)', '(?<url>.*)'])
      expect(wrongIn(texts(pattern), [])).toEqual({});
    for (const pattern of ['server: .*', '(', '(?:a)', '\\(a\\)', ''])
      expect(wrongIn(texts(pattern), [])).toHaveProperty('pattern');
  });

  it('is not told twice', () => {
    expect(wrongIn(draftOf(env), [env])).toEqual({ key: 'This one is told already.' });
    expect(wrongIn(draftOf(env), [{ ...env, key: 'OTHER' }])).toEqual({});
  });
});

describe('a consumer', () => {
  it('is shown without what its address may hold of secrets', () => {
    const url = 'https://me:secret@hook.example.com/secret?key=secret';
    expect(consumerPlace({ kind: 'webhook', url })).toEqual({
      what: 'POST',
      where: 'hook.example.com',
    });
    expect(consumerPlace(env)).toEqual({ what: 'GLABS_URL', where: '/ads/.env' });
  });

  it('is read from the setting as it came, and nothing is made of what is none', () => {
    expect(consumersIn([env])).toEqual([env]);
    expect(consumersIn('later')).toEqual([]);
  });
});
