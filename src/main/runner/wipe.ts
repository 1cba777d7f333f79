import { fail } from '../../shared/failure.ts';
import type { Clock } from '../platform/clock.ts';
import { betweenRuns } from '../platform/held-file.ts';
import { editWorkflow, type NodeEdit } from '../workflow/edit.ts';
import { cacheConcept, fieldName, readField } from '../workflow/fields.ts';
import { nodeLabel } from '../workflow/finding.ts';
import type { Workflow, WorkflowNode } from '../workflow/read.ts';
import { sceneNumbers } from '../workflow/scene.ts';
import { editFile, type FileEditDeps } from './file-edit.ts';

/** Which nodes: of these ids or these scenes (in every tab). Neither: all. */
export interface WipeTargets {
  nodes?: readonly number[] | undefined;
  scenes?: readonly number[] | undefined;
}

interface WipeCounts {
  /** Nodes that had output. */
  images: number;
  videos: number;
  /** Tabs they lie in. */
  tabs: number;
}

export interface Wiped extends WipeCounts {
  /** Real path of the workflow. */
  path: string;
  /** Null: there was nothing to clear, and nothing was changed. */
  backup: { id: string; path: string; sha256: string } | null;
}

export interface WipeDeps extends FileEditDeps {
  clock: Clock;
  backup: (
    workflow: string,
    content: Uint8Array,
    reason: string,
  ) => Promise<{ id: string; path: string; sha256: string }>;
}

/**
 * Clears cached output and its fingerprints, after a backup (behaviour.md §4); picks, galleries, prompts and references
 * stay. A file with errors of the check can be wiped too. Rejects with `not-found` for a node or scene that is not there,
 * `locked`, and as openWorkflow does.
 */
export async function wipe(path: string, targets: WipeTargets, deps: WipeDeps): Promise<Wiped> {
  const { db, clock } = deps;
  return betweenRuns(
    path,
    'wipe',
    async (real) => {
      const { nodeIds, wiped } = await editFile(
        real,
        'wipe',
        async ({ workflow, bytes }) => {
          const { edits, nodeIds, counts } = wipeEdits(workflow, targets);
          const text = editWorkflow(workflow.text, edits);
          const backup = text === workflow.text ? null : await deps.backup(real, bytes, 'pre-cache-wipe');
          return { text, result: { nodeIds, wiped: { ...counts, path: real, backup } } };
        },
        deps,
      );
      // After the file: a process that dies in between leaves outputs that the next run takes up, which costs nothing
      // and which wiping again mends. The other way round it would leave a file that is not wiped, and paid outputs that
      // nobody finds any more. What is in flight stays: it is fresh. Also when the file had nothing to clear: the wipe
      // before may have ended here.
      await db.commits.write(() => {
        db.journal.putAside(real, nodeIds, reasonOf(wiped.backup?.id ?? null), clock.now());
        db.fingerprints.remove(real, nodeIds);
      });
      return wiped;
    },
    deps,
  );
}

const reasonOf = (backupId: string | null): string =>
  `Its cache was wiped before it stood in the file${backupId === null ? '' : ` (backup ${backupId})`}.`;

/**
 * The backup of a wipe was put back: what was paid for and had not come to the file by then is taken up again by the
 * next run. Of any other backup nothing happens. `workflow`: its real path.
 */
export const undoWipe = async (
  workflow: string,
  backupId: string,
  { db }: Pick<WipeDeps, 'db'>,
): Promise<void> => {
  await db.commits.write(() => db.journal.takeBack(workflow, reasonOf(backupId)));
};

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
