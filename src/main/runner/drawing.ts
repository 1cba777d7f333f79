import type { RunGraph } from '../../shared/run-graph.ts';
import { graphOf } from '../workflow/graph.ts';
import type { Workflow } from '../workflow/read.ts';

/** The workflow as a person drew it, for the graph of its run. Links that lead nowhere are left out. */
export const drawingOf = (workflow: Workflow): RunGraph => ({
  tabs: workflow.tabs.map((tab) => ({
    name: tab.name,
    nodes: tab.nodes.map(({ id, title, type, kind, pos }) => ({ nodeId: id, title, type, kind, pos })),
    links: [...graphOf(tab).into].flatMap(([node, slots]) =>
      [...slots].map(([index, { originId }]) => ({
        from: originId,
        to: node.id,
        slot: node.inputs[index]?.name ?? '',
      })),
    ),
  })),
});
