import type { DiffTotals, NodeDiff, WorkflowDiff } from '../../../../shared/workflow-diff.ts';
import { counted } from '../../../components/format.ts';

/** What kinds of difference there are between two workflows, and which nodes have them. Pure. */

export const changeKinds = [
  'prompts',
  'references',
  'settings',
  'picks',
  'cache',
  'wiring',
  'added',
  'removed',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

const labels: Record<ChangeKind, string> = {
  prompts: 'Prompts',
  references: 'References',
  settings: 'Settings',
  picks: 'Picks',
  cache: 'Cache',
  wiring: 'Wiring',
  added: 'Added',
  removed: 'Removed',
};

export const kindLabel = (kind: ChangeKind): string => labels[kind];

/** The kinds a node has. One that came or went has all that came or went with it, too. */
export function kindsOf(node: NodeDiff): ChangeKind[] {
  return changeKinds.filter((kind) => {
    if (kind === 'added' || kind === 'removed') return node.change === kind;
    return kind === 'cache' ? node.cache !== null : node[kind].length > 0;
  });
}

/** Nodes that have one of these kinds; all of them where none is named. */
export function nodesOf(nodes: readonly NodeDiff[], kinds: ReadonlySet<ChangeKind>): readonly NodeDiff[] {
  return kinds.size === 0 ? nodes : nodes.filter((node) => kindsOf(node).some((kind) => kinds.has(kind)));
}

/** `12 nodes changed, 2 added and 1 removed.`; null where no node differs. */
export function totalsWords({ changed, added, removed }: DiffTotals): string | null {
  const parts = [
    ...(changed > 0 ? [`${counted(changed, 'node')} changed`] : []),
    ...(added > 0 ? [`${changed > 0 ? added : counted(added, 'node')} added`] : []),
    ...(removed > 0 ? [`${changed + added > 0 ? removed : counted(removed, 'node')} removed`] : []),
  ];
  const last = parts.pop();
  if (last === undefined) return null;
  return parts.length === 0 ? `${last}.` : `${parts.join(', ')} and ${last}.`;
}

/** What differs besides the nodes, one sentence each: tabs that came or went, and the file's own words. */
export function fileWords({ tabs, file }: Pick<WorkflowDiff, 'tabs' | 'file'>): string[] {
  const list = (names: readonly string[]) => names.map((name) => name || 'without a name').join(', ');
  return [
    ...(tabs.added.length > 0
      ? [`${tabs.added.length === 1 ? 'Tab' : 'Tabs'} added: ${list(tabs.added)}.`]
      : []),
    ...(tabs.removed.length > 0
      ? [`${tabs.removed.length === 1 ? 'Tab' : 'Tabs'} removed: ${list(tabs.removed)}.`]
      : []),
    ...file.map(
      ({ name, before, after }) =>
        `${name === 'name' ? 'Name of the file' : capital(name)}: ${before ?? 'nothing'} → ${after ?? 'nothing'}.`,
    ),
  ];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** One line of the list: a tab's heading, or a node that differs. */
export type CompareRow =
  | { kind: 'tab'; key: string; tab: string; count: number }
  | { kind: 'node'; key: string; node: NodeDiff };

/** The nodes under headings of their tabs, in their order. */
export function compareRows(nodes: readonly NodeDiff[]): CompareRow[] {
  const rows: CompareRow[] = [];
  let heading: Extract<CompareRow, { kind: 'tab' }> | null = null;
  let place = '';
  nodes.forEach((node, index) => {
    const here = `${node.tabIndex} ${node.tab}`;
    if (heading === null || here !== place) {
      heading = { kind: 'tab', key: `tab ${index}`, tab: node.tab || `Tab ${node.tabIndex + 1}`, count: 0 };
      place = here;
      rows.push(heading);
    }
    heading.count += 1;
    rows.push({ kind: 'node', key: `node ${index}`, node });
  });
  return rows;
}
