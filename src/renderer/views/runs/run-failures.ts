import type { ErrorClass } from '../../../shared/domain.ts';
import type { RunNodeView } from '../../../shared/run-view.ts';

/** The failed nodes of a run, and which buttons mend what failed them. Pure. */

export type FailedNode = RunNodeView & { error: NonNullable<RunNodeView['error']> };

/** Failed nodes by their class, the most frequent first: one cause is one thing to mend, however many nodes it hit. */
export function failuresByClass(nodes: readonly RunNodeView[]): { error: ErrorClass; nodes: FailedNode[] }[] {
  const failed = nodes.filter((node): node is FailedNode => node.error !== null);
  return [...Map.groupBy(failed, (node) => node.error.error)]
    .map(([error, members]) => ({ error, nodes: members }))
    .sort((a, b) => b.nodes.length - a.nodes.length || a.error.localeCompare(b.error));
}

/** What a person can do about a failure besides trying again. */
export type Remedy = 'start-glabs' | 'glabs-log' | 'settings' | 'workflow';

const remedies: Record<ErrorClass, readonly Remedy[]> = {
  content_policy: [],
  timeout: ['settings'],
  'connection refused': ['start-glabs', 'glabs-log'],
  api_error: ['glabs-log'],
  'model not available': ['settings', 'workflow'],
  reference: ['workflow'],
  'dangling link': ['workflow'],
};

/** `glabsCanStart`: there is a G-Labs to start, and it is down. */
export function remediesFor(error: ErrorClass, glabsCanStart: boolean): readonly Remedy[] {
  return remedies[error].filter((remedy) => remedy !== 'start-glabs' || glabsCanStart);
}

/** Where trying again without changing anything is likely to fail again. */
export const needsChange = (error: ErrorClass): boolean =>
  error === 'content_policy' || error === 'model not available' || error === 'dangling link';
