import type { WorkflowSummary } from '../../../shared/workflows.ts';

/** As many as one looks through. */
const MOST = 50;

/**
 * Workflows whose name or folder has every word, those that cannot be read first: they are the likeliest to be looked
 * for here. `more`: how many are left out. Pure.
 */
export function foundWorkflows<T extends Pick<WorkflowSummary, 'name' | 'folder' | 'unreadable'>>(
  workflows: readonly T[],
  search: string,
): { found: T[]; more: number } {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = workflows.filter(({ name, folder }) => {
    const text = `${folder}/${name}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const found = fitting
    .toSorted((a, b) => Number(b.unreadable !== null) - Number(a.unreadable !== null))
    .slice(0, MOST);
  return { found, more: fitting.length - found.length };
}
