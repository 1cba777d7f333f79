import type { NodeEdit } from '../workflow/edit.ts';
import { cacheConcept, fieldName, readField } from '../workflow/fields.ts';
import type { GenerationNode } from '../workflow/generation.ts';
import type { Workflow, WorkflowNode } from '../workflow/read.ts';
import { type CacheParts, formatCacheKey } from './cache-key.ts';
import type { PlannedNode } from './plan.ts';

/**
 * A gallery as it stands in the file. With one row, holes close up: the list is just shorter. With several, a hole
 * keeps its place as an empty text, since the row of a candidate is told by where it stands.
 */
export function savedList(gallery: readonly (string | null)[], rows: number): string[] {
  if (rows <= 1) return gallery.filter((url) => url !== null);
  const last = gallery.findLastIndex((url) => url !== null);
  return gallery.slice(0, last + 1).map((url) => url ?? '');
}

/**
 * Output, cache key and the galleries of the gates below, for a finished node. `picks` has the picks that change with
 * it, by gate: where their picture stands now, or null for one that is taken back.
 */
export function outputEdits(
  workflow: Workflow,
  node: WorkflowNode,
  output: { list: string[]; parts: CacheParts; gates: number[]; picks: ReadonlyMap<number, number | null> },
): NodeEdit[] {
  const { fields } = workflow;
  const { list } = output;
  const edits: NodeEdit[] = [
    {
      nodeId: node.id,
      tabIndex: node.tabIndex,
      properties: {
        [fieldName(node, cacheConcept(node), fields)]: list,
        [fieldName(node, 'cacheKey', fields)]: formatCacheKey(output.parts, list),
      },
    },
  ];
  for (const gateId of output.gates) {
    const gate = workflow.nodes.get(gateId);
    if (!gate) continue;
    edits.push({
      nodeId: gateId,
      tabIndex: gate.tabIndex,
      properties: {
        [fieldName(gate, 'gallery', fields)]: list,
      },
    });
    const pick = output.picks.get(gateId);
    if (pick === null)
      edits.push({
        nodeId: gateId,
        tabIndex: gate.tabIndex,
        properties: { [fieldName(gate, 'pick', fields)]: null },
      });
    else if (pick !== undefined) edits.push(pickEdit(workflow, gate, pick, list[pick] ?? null));
  }
  return edits;
}

/** What a run does to the file before it generates: stale output goes, model and count are put right (behaviour.md §3, §5). */
export function clearingEdits(workflow: Workflow, planned: readonly PlannedNode[]): NodeEdit[] {
  return planned.flatMap((entry): NodeEdit[] => {
    const node = workflow.nodes.get(entry.nodeId);
    if (!node) return [];
    const properties: Record<string, string | number | never[] | undefined> = {};
    if (entry.clear) {
      properties[fieldName(node, cacheConcept(node), workflow.fields)] = [];
      if (entry.node.cacheKey !== null) properties[fieldName(node, 'cacheKey', workflow.fields)] = undefined;
    }
    if (entry.todo.length > 0) Object.assign(properties, enforced(workflow, node, entry.node));
    return Object.keys(properties).length === 0
      ? []
      : [{ nodeId: node.id, tabIndex: node.tabIndex, properties }];
  });
}

function enforced(
  workflow: Workflow,
  node: WorkflowNode,
  generation: GenerationNode,
): Record<string, string | number> {
  const patch: Record<string, string | number> = {};
  if (generation.kind === 'image' && generation.namedModel !== generation.model) {
    patch[fieldName(node, 'model', workflow.fields)] = generation.model;
  }
  if (Number(readField(node, 'outputCount', workflow.fields)) !== generation.perRow) {
    patch[fieldName(node, 'outputCount', workflow.fields)] = generation.perRow;
  }
  return patch;
}

/** A person's pick, in the way the file writes picks: an index from 0, or the address where that is its habit. */
export function pickEdit(
  workflow: Workflow,
  gate: WorkflowNode,
  index: number,
  url: string | null,
): NodeEdit {
  const now = readField(gate, 'pick', workflow.fields);
  const byAddress = typeof now === 'string' && now !== '' && !/^\d+$/.test(now);
  return {
    nodeId: gate.id,
    tabIndex: gate.tabIndex,
    properties: { [fieldName(gate, 'pick', workflow.fields)]: byAddress && url !== null ? url : index },
  };
}

/** The stored address in place of a local reference (behaviour.md §5, step 6). */
export function referenceEdits(workflow: Workflow, addresses: ReadonlyMap<string, string>): NodeEdit[] {
  return [...workflow.nodes.values()].flatMap((node): NodeEdit[] => {
    if (node.kind !== 'media') return [];
    const value = readField(node, 'media', workflow.fields);
    const url = typeof value === 'string' ? addresses.get(value.trim()) : undefined;
    return url === undefined
      ? []
      : [
          {
            nodeId: node.id,
            tabIndex: node.tabIndex,
            properties: { [fieldName(node, 'media', workflow.fields)]: url },
          },
        ];
  });
}
