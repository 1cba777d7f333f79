import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { ErrorClass } from '../../shared/domain.ts';
import { errorWords } from '../../shared/error-words.ts';

const entries = ErrorClass.options.map((errorClass) => ({ errorClass, ...errorWords[errorClass] }));

it('every class has a cause and a cure of its own, in whole sentences', () => {
  for (const { cause, cure } of entries)
    for (const text of [cause, cure]) expect(text).toMatch(/^[A-Z][^!]+\.$/);
  expect(new Set(entries.map(({ cause }) => cause)).size).toBe(entries.length);
  expect(new Set(entries.map(({ cure }) => cure)).size).toBe(entries.length);
});

it('docs/errors.md says the same as the window and the terminal', async () => {
  const page = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  for (const { errorClass, cause, cure } of entries) {
    const line = page.split('\n').find((entry) => entry.startsWith(`| \`${errorClass}\` |`)) ?? '';
    expect(line).toContain(`| ${cause} |`);
    expect(line).toContain(`| ${cure} |`);
  }
});
