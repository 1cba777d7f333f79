import type { WorkflowSummary } from '../../../shared/workflows.ts';

/** Which workflows the list shows, in which order, under which folder. Pure. */

export type WorkflowFilter = 'all' | 'findings' | 'work';
export type WorkflowSort = 'name' | 'changed' | 'run' | 'work' | 'findings';

export interface ListQuery {
  search: string;
  filter: WorkflowFilter;
  sort: WorkflowSort;
}

export type ListRow =
  | { kind: 'folder'; key: string; folder: string; root: string; count: number }
  | { kind: 'workflow'; key: string; folderKey: string; workflow: WorkflowSummary };

/** Rows of the list: each folder's heading, then its workflows. Folders come in the order of their first workflow. */
export function listRows(workflows: readonly WorkflowSummary[], query: ListQuery): ListRow[] {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = workflows
    .filter((workflow) => passes(workflow, query.filter) && hasWords(workflow, words))
    .toSorted(orders[query.sort]);
  return underFolders(shown, (key) => key);
}

function underFolders(workflows: readonly WorkflowSummary[], keyOf: (folder: string) => string): ListRow[] {
  const folders = Map.groupBy(workflows, (workflow) => keyOf(folderKey(workflow)));
  return [...folders].flatMap(([key, members]): ListRow[] => {
    const [first] = members;
    if (!first) return [];
    const { folder, root } = first;
    return [
      { kind: 'folder', key, folder, root, count: members.length },
      ...members.map(
        (workflow): ListRow => ({ kind: 'workflow', key: workflow.path, folderKey: key, workflow }),
      ),
    ];
  });
}

/**
 * The rows of before with what is known now, for as long as a person points at them: an update changes what a row
 * says, and never which row lies under the pointer (ui.md, Manner). What has come since stands at the end, under
 * headings of its own.
 */
export function steadyRows(
  before: readonly ListRow[],
  now: readonly ListRow[],
  workflows: readonly WorkflowSummary[],
): ListRow[] {
  const known = new Map(workflows.map((workflow) => [workflow.path, workflow]));
  const kept = before.map((row): ListRow => {
    const workflow = row.kind === 'workflow' ? known.get(row.key) : undefined;
    return workflow && row.kind === 'workflow' ? { ...row, workflow } : row;
  });
  const there = new Set(before.map((row) => row.key));
  const come = now.flatMap((row) => (row.kind === 'workflow' && !there.has(row.key) ? [row.workflow] : []));
  return [...kept, ...underFolders(come, (key) => `${key}\nnew`)];
}

/** How many nodes of a workflow a run would have to make. */
export const workToDo = ({ stale, missing }: Pick<WorkflowSummary, 'stale' | 'missing'>): number =>
  stale + missing;

/** No path of a file: these hold no line break. */
const folderKey = ({ root, folder }: WorkflowSummary): string => `${root}\n${folder}`;

function passes(workflow: WorkflowSummary, filter: WorkflowFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'findings':
      return workflow.unreadable !== null || workflow.errors + workflow.warnings > 0;
    case 'work':
      return workToDo(workflow) > 0;
  }
}

function hasWords(workflow: WorkflowSummary, words: readonly string[]): boolean {
  const text = `${workflow.name} ${workflow.folder}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

type Order = (a: WorkflowSummary, b: WorkflowSummary) => number;

const byName: Order = (a, b) =>
  natural.compare(a.root, b.root) || natural.compare(a.folder, b.folder) || natural.compare(a.name, b.name);

/** Greatest first; equal ones by name. */
const most =
  (measure: (workflow: WorkflowSummary) => number): Order =>
  (a, b) =>
    measure(b) - measure(a) || byName(a, b);

/** What cannot be read is worse than any error, an error worse than any warning. */
const badness = ({ unreadable, errors, warnings }: WorkflowSummary) =>
  unreadable === null ? errors * 1_000_000 + warnings : Number.MAX_SAFE_INTEGER;

const orders: Record<WorkflowSort, Order> = {
  name: byName,
  changed: most(({ modifiedAt }) => Date.parse(modifiedAt)),
  run: most(({ lastRun }) => (lastRun ? Date.parse(lastRun.at) : 0)),
  work: most(workToDo),
  findings: most(badness),
};
