import type { Tab } from './read.ts';

/** Tabs that are the same one on both sides, and those only one side has; in the order of their side. */
export interface TabPairs {
  /** By the later side's order. */
  both: { before: Tab; after: Tab }[];
  removed: Tab[];
  added: Tab[];
}

/**
 * Which tab became which: that of the same name, the n-th where several have it; else the one with which it has the most
 * node ids in common, as a tab that was renamed has. Where it stands makes no difference. Pure; linear in nodes.
 */
export function pairTabs(before: readonly Tab[], after: readonly Tab[]): TabPairs {
  const becomes = new Map<Tab, Tab>();
  const named = byName(before);
  for (const [key, tab] of byName(after)) {
    const same = named.get(key);
    if (same !== undefined) becomes.set(tab, same);
  }
  const taken = new Set(becomes.values());
  const renamed = mostInCommon(
    before.filter((tab) => !taken.has(tab)),
    after.filter((tab) => !becomes.has(tab)),
  );
  for (const [was, is] of renamed) {
    becomes.set(is, was);
    taken.add(was);
  }
  return {
    both: after.flatMap((tab) => {
      const was = becomes.get(tab);
      return was === undefined ? [] : [{ before: was, after: tab }];
    }),
    removed: before.filter((tab) => !taken.has(tab)),
    added: after.filter((tab) => !becomes.has(tab)),
  };
}

/** By name and how many of that name stand before it. */
function byName(tabs: readonly Tab[]): Map<string, Tab> {
  const seen = new Map<string, number>();
  return new Map(
    tabs.map((tab) => {
      const nth = seen.get(tab.name) ?? 0;
      seen.set(tab.name, nth + 1);
      return [`${nth} ${tab.name}`, tab];
    }),
  );
}

/** Pairs with node ids in common, those with the most first; each tab in one at most. */
function mostInCommon(before: readonly Tab[], after: readonly Tab[]): [was: Tab, is: Tab][] {
  const homes = homesOf(before);
  const counts = new Map<string, { was: Tab; is: Tab; count: number }>();
  for (const [id, is] of homesOf(after)) {
    const was = homes.get(id);
    if (was === undefined) continue;
    const key = `${was.index} ${is.index}`;
    const pair = counts.get(key) ?? { was, is, count: 0 };
    pair.count += 1;
    counts.set(key, pair);
  }
  const low = ({ was, is }: { was: Tab; is: Tab }) => Math.min(was.index, is.index);
  const high = ({ was, is }: { was: Tab; is: Tab }) => Math.max(was.index, is.index);
  const ranked = [...counts.values()].sort(
    (a, b) => b.count - a.count || low(a) - low(b) || high(a) - high(b),
  );
  const taken = new Set<Tab>();
  const pairs: [Tab, Tab][] = [];
  for (const { was, is } of ranked) {
    if (taken.has(was) || taken.has(is)) continue;
    taken.add(was).add(is);
    pairs.push([was, is]);
  }
  return pairs;
}

/** The tab of each node id; the first where several have it. */
function homesOf(tabs: readonly Tab[]): Map<number, Tab> {
  const homes = new Map<number, Tab>();
  for (const tab of tabs) for (const { id } of tab.nodes) if (!homes.has(id)) homes.set(id, tab);
  return homes;
}
