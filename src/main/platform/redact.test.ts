import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

const key = 'hV3kPq-9_zTr41LmWx';

describe('redact', () => {
  it.each([
    `X-API-Key: ${key}`,
    `x-api-key:${key}`,
    `{"headers":{"X-API-Key":"${key}"}}`,
    `{"text":"{\\"X-API-Key\\":\\"${key}\\"}"}`,
    `GET /api/tasks?key=${key}&limit=5`,
    `https://files.test/a.png?X-Amz-Signature=${key}`,
    `Authorization: Bearer ${key}`,
    `sent with bearer ${key} today`,
    `{ apiKey: '${key}' }`,
    `--api-key=${key}`,
    `GLABS_API_KEY=${key}`,
    `secretAccessKey = "${key}"`,
    `https://ada:${key}@example.test/x`,
    `https://calm-sea.trycloudflare.com/api/health?key=${key}`,
    `https://calm-sea.trycloudflare.com/#${key}`,
    `token eyJhbGciOiJIUzI1NiJ9.${key}.sig`,
  ])('hides a secret by its place: %s', (text) => {
    expect(redact(text)).not.toContain(key);
    expect(redact(text)).toContain('[secret]');
  });

  it('leaves plain words, and the rest of a line, alone', () => {
    const text =
      'Scene 03: the key visual is ready at http://127.0.0.1:8765/api/files/image_001.png?w=320 (768x1376)';
    expect(redact(text, [key])).toBe(text);
    expect(redact('https://calm-sea.trycloudflare.com/api/health is up')).toBe(
      'https://calm-sea.trycloudflare.com/api/health is up',
    );
    expect(redact(`X-API-Key: ${key}, next: 5`)).toBe('X-API-Key: [secret], next: 5');
  });

  it('hides an exact secret wherever and however it stands', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 4, maxLength: 40 }),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          fc.pre(!'[secret]'.includes(secret));
          const spelled = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
          for (const each of spelled) {
            // Where the surroundings make up the secret anew there is nothing to be found any more.
            const clean = redact(`${before} ${each} ${after}`, [secret]);
            expect(clean).toContain('[secret]');
          }
          expect(redact(`a ${secret} b`, [secret])).not.toContain(secret);
        },
      ),
    );
  });

  it('hides the longer of two secrets whole', () => {
    expect(redact('abcd-efgh', ['abcd', 'abcd-efgh'])).toBe('[secret]');
  });
});
