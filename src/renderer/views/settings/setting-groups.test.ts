import { describe, expect, it } from 'vitest';
import type { SettingEntry } from '../../../shared/contract.ts';
import { settingKeys } from '../../../shared/settings.ts';
import { groupSettings } from './setting-groups.ts';

const entry = (key: string, meaning = ''): SettingEntry => ({
  key,
  value: null,
  default: null,
  changed: false,
  meaning,
});

describe('settings in groups', () => {
  it('show every setting of the schema once, under a title of its own', () => {
    const groups = groupSettings(
      settingKeys.map((key) => entry(key)),
      '',
    );
    expect(groups.flatMap((group) => group.entries.map((each) => each.key)).sort()).toEqual(
      [...settingKeys].sort(),
    );
    for (const group of groups)
      expect(settingKeys.some((key) => key.startsWith(`${group.title}.`))).toBe(false);
  });

  it('keep the search words together in one entry, in key or meaning', () => {
    const entries = [entry('glabs.url', 'Where G-Labs listens.'), entry('glabs.args', 'Arguments.')];
    expect(groupSettings(entries, 'LISTENS glabs')).toEqual([{ title: 'G-Labs', entries: [entries[0]] }]);
    expect(groupSettings(entries, 'nowhere')).toEqual([]);
  });

  it('do not lose a key that has no group', () => {
    expect(groupSettings([entry('later.key')], '')).toEqual([
      { title: 'later', entries: [entry('later.key')] },
    ]);
  });
});
