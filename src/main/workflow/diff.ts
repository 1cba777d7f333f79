import { type DiffTotals, MOST_NODES, type NodeDiff, type WorkflowDiff } from '../../shared/workflow-diff.ts';
import { diffNode, type Placed } from './diff-node.ts';
import { type RoleOf, rolesFrom } from './diff-roles.ts';
import { pairTabs, type TabPairs } from './diff-tabs.ts';
import { wiringOf } from './diff-wiring.ts';
import type { Tab, Workflow } from './read.ts';

/** Characters of texts and addresses that are told node by node: what goes over the wire stays small. */
const MOST_CHARACTERS = 4_000_000;

/**
 * What is different between two workflows, as a person would tell it (behaviour.md §9). Nodes are the same by their id
 * in the same tab. Not told: places, sizes, colours and order; copies of links; what an editor or Flowdeck keeps for
 * itself (`_cacheKey` and the like). Links are told by what they join, at the slot they end at. Pure; linear.
 */
export function diffWorkflows(before: Workflow, after: Workflow): WorkflowDiff {
  const pairs = pairTabs(before.tabs, after.tabs);
  const nodes = inOrder(before, after, pairs, rolesFrom(after.fields));
  const told = nodes.slice(0, howManyFit(nodes));
  const file = before.name === after.name ? [] : [{ name: 'name', before: before.name, after: after.name }];
  const renamed = pairs.both.filter((tab) => tab.before.name !== tab.after.name);
  return {
    totals: totalsOf(nodes),
    nodes: told,
    left: nodes.length - told.length,
    tabs: { added: pairs.added.map(({ name }) => name), removed: pairs.removed.map(({ name }) => name) },
    file: [
      ...file,
      ...renamed.map((tab) => ({
        name: `name of tab ${tab.after.index + 1}`,
        before: tab.before.name,
        after: tab.after.name,
      })),
    ],
  };
}

/** The answer for two that are the same, byte for byte. */
export const noDifference = (): WorkflowDiff => ({
  totals: totalsOf([]),
  nodes: [],
  left: 0,
  tabs: { added: [], removed: [] },
  file: [],
});

/** Tabs of the later side in their order, those that are gone behind the one they stood behind. */
function inOrder(before: Workflow, after: Workflow, { both }: TabPairs, roleOf: RoleOf): NodeDiff[] {
  const was = new Map(both.map((tab) => [tab.after, tab.before]));
  const stays = new Set(was.values());
  const gone = followers(before.tabs, (tab) => stays.has(tab));
  const diffs: NodeDiff[] = [];
  const compare = (old: Tab | null, now: Tab | null) => {
    for (const diff of diffTabs(before, old, after, now, roleOf)) diffs.push(diff);
  };
  for (const tab of gone.get(null) ?? []) compare(tab, null);
  for (const tab of after.tabs) {
    const old = was.get(tab) ?? null;
    compare(old, tab);
    if (old !== null) for (const removed of gone.get(old) ?? []) compare(removed, null);
  }
  return diffs;
}

function diffTabs(
  before: Workflow,
  old: Tab | null,
  after: Workflow,
  now: Tab | null,
  roleOf: RoleOf,
): NodeDiff[] {
  const oldNodes = placedById(before, old);
  const nowNodes = placedById(after, now);
  const gone = followers([...oldNodes.keys()], (id) => nowNodes.has(id));
  const diffs: NodeDiff[] = [];
  const compare = (was: Placed | null, is: Placed | null) => {
    const diff = diffNode(was, is, roleOf);
    if (diff !== null) diffs.push(diff);
  };
  const tellGone = (behind: string | null) => {
    for (const id of gone.get(behind) ?? []) compare(oldNodes.get(id) ?? null, null);
  };
  tellGone(null);
  for (const [id, is] of nowNodes) {
    compare(oldNodes.get(id) ?? null, is);
    tellGone(id);
  }
  return diffs;
}

/** By id, and by how many of that id stand before it. */
function placedById({ fields }: Workflow, tab: Tab | null): Map<string, Placed> {
  const placed = new Map<string, Placed>();
  if (tab === null) return placed;
  const wiring = wiringOf(tab, fields);
  const seen = new Map<number, number>();
  for (const node of tab.nodes) {
    const nth = seen.get(node.id) ?? 0;
    seen.set(node.id, nth + 1);
    placed.set(`${node.id} ${nth}`, { node, wiring });
  }
  return placed;
}

/** Those that do not stay, by the last one before them that does; null: there is none. */
function followers<T>(all: readonly T[], stays: (item: T) => boolean): Map<T | null, T[]> {
  const found = new Map<T | null, T[]>();
  let last: T | null = null;
  for (const item of all) {
    if (stays(item)) {
      last = item;
      continue;
    }
    const others = found.get(last);
    if (others === undefined) found.set(last, [item]);
    else others.push(item);
  }
  return found;
}

function totalsOf(nodes: readonly NodeDiff[]): DiffTotals {
  const count = (counts: (node: NodeDiff) => boolean) =>
    nodes.reduce((sum, node) => (counts(node) ? sum + 1 : sum), 0);
  return {
    added: count(({ change }) => change === 'added'),
    removed: count(({ change }) => change === 'removed'),
    changed: count(({ change }) => change === 'changed'),
    prompts: count(({ prompts }) => prompts.length > 0),
    references: count(({ references }) => references.length > 0),
    settings: count(({ settings }) => settings.length > 0),
    picks: count(({ picks }) => picks.length > 0),
    cache: count(({ cache }) => cache !== null),
    wiring: count(({ wiring }) => wiring.length > 0),
  };
}

/** How many of them can be told; the first always. */
function howManyFit(nodes: readonly NodeDiff[]): number {
  let characters = 0;
  for (const [at, node] of nodes.slice(0, MOST_NODES).entries()) {
    characters += weightOf(node);
    if (characters > MOST_CHARACTERS) return Math.max(1, at);
  }
  return Math.min(nodes.length, MOST_NODES);
}

function weightOf({ prompts, references, settings, cache }: NodeDiff): number {
  const texts = [...prompts, ...references, ...settings].flatMap(({ before, after }) => [before, after]);
  return [...texts, ...(cache?.before ?? []), ...(cache?.after ?? [])].reduce(
    (sum, text) => sum + (text?.length ?? 0),
    0,
  );
}
