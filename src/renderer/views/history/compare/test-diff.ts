import type { Comparison, NodeDiff, WorkflowDiff } from '../../../../shared/workflow-diff.ts';

/** Node differences for tests: all lists empty but those given. */
export const nodeDiff = (given: Partial<NodeDiff> = {}): NodeDiff => ({
  nodeId: 12,
  tabIndex: 0,
  tab: 'Account A',
  title: 'Scene 1 prompt',
  kind: 'prompt',
  change: 'changed',
  prompts: [],
  references: [],
  settings: [],
  picks: [],
  cache: null,
  wiring: [],
  ...given,
});

/** A difference with the totals of these nodes. */
export function workflowDiff(nodes: readonly NodeDiff[], given: Partial<WorkflowDiff> = {}): WorkflowDiff {
  const count = (has: (node: NodeDiff) => boolean) => nodes.filter(has).length;
  return {
    totals: {
      added: count((node) => node.change === 'added'),
      removed: count((node) => node.change === 'removed'),
      changed: count((node) => node.change === 'changed'),
      prompts: count((node) => node.prompts.length > 0),
      references: count((node) => node.references.length > 0),
      settings: count((node) => node.settings.length > 0),
      picks: count((node) => node.picks.length > 0),
      cache: count((node) => node.cache !== null),
      wiring: count((node) => node.wiring.length > 0),
    },
    nodes: [...nodes],
    left: 0,
    tabs: { added: [], removed: [] },
    file: [],
    ...given,
  };
}

export const comparisonOf = (diff: WorkflowDiff, identical = false): Comparison => ({
  before: { label: 'XYZG3-V0-1', path: '/p/backups/XYZG3-V0-1.nbflow', at: null, sha256: 'a'.repeat(64) },
  after: { label: 'XYZG3-V0-2', path: '/p/testing/XYZG3-V0-2.nbflow', at: null, sha256: 'b'.repeat(64) },
  identical,
  diff,
});
