import { expect, it } from 'vitest';
import { settingKeys } from '../../shared/settings.ts';
import { allowedValues } from './setting-words.ts';

it.each([
  ['runner.concurrency', 'a whole number from 1 to 5'],
  ['runner.imageTimeoutS', 'a number above 0, at most 86400'],
  ['tunnel.mode', 'one of quick, named, url, none'],
  ['tunnel.publicUrl', 'an http or https address, or null'],
  ['runner.server', 'one of local, tunnel, or an http or https address'],
  ['glabs.args', 'a list, each entry text'],
  ['glabs.env', 'an object, each value text'],
  [
    'history.retention',
    '{"latest" (optional): a whole number, at least 1, "daily" (optional): a whole number, at least 0, "weekly" (optional): a whole number, at least 0}',
  ],
] as const)('%s may be %s', (key, words) => {
  expect(allowedValues(key)).toBe(words);
});

it('has words for every setting', () => {
  for (const key of settingKeys) expect(allowedValues(key)).not.toContain('any value');
});
