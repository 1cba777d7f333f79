import type { SettingEntry } from '../../../shared/contract.ts';

/** Groups of the screen in their order; keys belong to a group by their first word. */
const groups: readonly { prefix: string; title: string }[] = [
  { prefix: 'ui', title: 'Appearance' },
  { prefix: 'projects', title: 'Projects' },
  { prefix: 'glabs', title: 'G-Labs' },
  { prefix: 'tunnel', title: 'Tunnel' },
  { prefix: 'services', title: 'Quitting' },
  { prefix: 'runner', title: 'Runner' },
  { prefix: 'recovery', title: 'Recovery' },
  { prefix: 'storage', title: 'Storage' },
  { prefix: 'costs', title: 'Costs' },
  { prefix: 'review', title: 'Review' },
  { prefix: 'workflow', title: 'Workflow files' },
  { prefix: 'history', title: 'History' },
];

export interface SettingGroup {
  title: string;
  entries: SettingEntry[];
}

/** Settings whose key or meaning has every word of `search`, in groups; a group of no known name comes last. */
export function groupSettings(entries: readonly SettingEntry[], search: string): SettingGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter((entry) => {
    const text = `${entry.key} ${entry.meaning}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const byPrefix = Map.groupBy(found, (entry) => entry.key.split('.')[0] ?? '');
  const known = groups.map(({ prefix, title }) => ({ title, entries: byPrefix.get(prefix) ?? [] }));
  const prefixes = new Set(groups.map((group) => group.prefix));
  const others = [...byPrefix]
    .filter(([prefix]) => !prefixes.has(prefix))
    .map(([prefix, members]) => ({ title: prefix, entries: members }));
  return [...known, ...others].filter((group) => group.entries.length > 0);
}
