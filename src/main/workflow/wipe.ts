import { fail } from '../../shared/failure.ts';
import type { NodeEdit } from './edit.ts';
import { cacheConcept, fieldName, readField } from './fields.ts';
import { nodeLabel } from './finding.ts';
import type { Workflow, WorkflowNode } from './read.ts';
import { sceneNumbers } from './scene.ts';

/** Which nodes: of these ids or these scenes (in every tab). Neither: all. */
export interface WipeTargets {
  nodes?: readonly number[] | undefined;
  scenes?: readonly number[] | undefined;
}

export interface WipeCounts {
  /** Nodes that had output. */
  images: number;
  videos: number;
  /** Tabs they lie in. */
  tabs: number;
}

/**
 * What the journal says of outputs that a wipe took no account of: they are made, and stand in no file. `backupId` is of
 * the file as it was; who puts that back finds them by these words. Null: there was no backup. Pure.
 */
export const putAsideWords = (backupId: string | null): string =>
  `Its cache was wiped before it stood in the file${backupId === null ? '' : ` (backup ${backupId})`}.`;

/** What a wipe changes in the file, and whose cache it is about. Pure. Throws `not-found`. */
export function wipeEdits(
  workflow: Workflow,
  targets: WipeTargets,
): { edits: NodeEdit[]; nodeIds: number[]; counts: WipeCounts } {
  const chosen = chosenNodes(workflow, targets);
  assertAddressable(workflow, chosen);
  const edits = chosen.flatMap((node): NodeEdit[] => {
    const properties: Record<string, never[] | undefined> = {};
    if (hasOutput(node, workflow)) properties[fieldName(node, cacheConcept(node), workflow.fields)] = [];
    const key = fieldName(node, 'cacheKey', workflow.fields);
    if (Object.hasOwn(node.properties, key)) properties[key] = undefined;
    if (Object.keys(properties).length === 0) return [];
    return [{ nodeId: node.id, tabIndex: node.tabIndex, properties }];
  });
  const had = chosen.filter((node) => hasOutput(node, workflow));
  return {
    edits,
    nodeIds: [...new Set(chosen.map((node) => node.id))],
    counts: {
      images: had.filter((node) => node.kind === 'image').length,
      videos: had.filter((node) => node.kind === 'video').length,
      tabs: new Set(had.map((node) => node.tabIndex)).size,
    },
  };
}

function chosenNodes(workflow: Workflow, { nodes, scenes }: WipeTargets): WorkflowNode[] {
  const all = workflow.tabs.flatMap((tab) =>
    [...sceneNumbers(tab.nodes)].map(([node, scene]) => ({ node, scene })),
  );
  const noSuch = (what: string) =>
    fail('not-found', `There is no ${what} in this workflow.`, {
      where: workflow.file,
      cure: '"flowdeck plan" lists the image and video nodes.',
    });
  for (const id of nodes ?? []) {
    if (!all.some(({ node }) => node.id === id)) throw noSuch(`image or video node ${id}`);
  }
  for (const number of scenes ?? []) {
    if (!all.some(({ scene }) => scene === number)) throw noSuch(`scene ${number}`);
  }
  if (nodes === undefined && scenes === undefined) return all.map(({ node }) => node);
  return all
    .filter(({ node, scene }) => nodes?.includes(node.id) || scenes?.includes(scene))
    .map(({ node }) => node);
}

/** Anything that is not plainly empty, also what is no list: what a run would have to look at. */
function hasOutput(node: WorkflowNode, { fields }: Workflow): boolean {
  const value = readField(node, cacheConcept(node), fields);
  if (value === undefined || value === null || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}

/** An edit finds a node by its tab and id: of two in one tab the second could not be told from the first. */
function assertAddressable(workflow: Workflow, chosen: readonly WorkflowNode[]): void {
  const seen = new Set<string>();
  for (const node of chosen) {
    const place = `${node.tabIndex}:${node.id}`;
    if (seen.has(place)) {
      throw fail('check-failed', `Two nodes of one tab have the id ${node.id}: ${nodeLabel(node)} is one.`, {
        where: `${workflow.file}: ${node.where}`,
        cure: '"flowdeck check --fix" gives one of them a new id.',
      });
    }
    seen.add(place);
  }
}
