import { RunOptions } from '../../shared/domain.ts';
import { fail } from '../../shared/failure.ts';
import type { Clock } from '../platform/clock.ts';
import { betweenRuns } from '../platform/held-file.ts';
import { editWorkflow } from '../workflow/edit.ts';
import { fieldName } from '../workflow/fields.ts';
import type { GenerationNode } from '../workflow/generation.ts';
import type { WorkflowNode } from '../workflow/read.ts';
import { formatCacheKey } from './cache-key.ts';
import { editFile, type FileEditDeps } from './file-edit.ts';
import { resolveOptions } from './options.ts';
import { frameIdentities, type PlanFacts, type PlannedNode, partsOf, planRun } from './plan.ts';
import { planOpened } from './prepare.ts';

export interface AcceptDeps extends FileEditDeps {
  clock: Clock;
}

/**
 * Takes stale output as it is (behaviour.md §4): writes down that it was made from today's prompt, references, model and
 * frames, in the file and in the database. All of the nodes or none. Rejects with `not-found`, with `usage` for a node
 * that is not stale, or whose frame is going to be made anew, with `locked`, and as openWorkflow does.
 */
export async function accept(path: string, nodeIds: readonly number[], deps: AcceptDeps): Promise<void> {
  const { db, clock } = deps;
  await betweenRuns(
    path,
    'accept',
    async (real) => {
      const keys = await editFile(
        real,
        'accept',
        async (opened) => {
          const { workflow } = opened;
          const options = resolveOptions(RunOptions.parse({}), deps.setting);
          const { nodes, facts } = await planOpened(opened, options, deps);
          const keys = acceptedKeys(nodes, facts, nodeIds, real);
          const edits = [...keys].flatMap(([nodeId, key]) => {
            const node: WorkflowNode | undefined = workflow.nodes.get(nodeId);
            if (!node) return [];
            const properties = { [fieldName(node, 'cacheKey', workflow.fields)]: key };
            return [{ nodeId, tabIndex: node.tabIndex, properties }];
          });
          return { text: editWorkflow(workflow.text, edits), result: keys };
        },
        deps,
      );
      // The file's own key goes before the database's: should the process die here, the node is accepted all the same.
      await db.commits.write(() => {
        for (const [nodeId, key] of keys) db.fingerprints.put(real, nodeId, key, clock.now());
      });
    },
    deps,
  );
}

/**
 * The keys under which the plan calls these nodes cached. A picture that is accepted with the clip made from it comes
 * first: what the clip starts from is known then. Pure. Throws `not-found` and `usage`, naming `where` it is.
 */
export function acceptedKeys(
  nodes: readonly GenerationNode[],
  facts: PlanFacts,
  nodeIds: readonly number[],
  where: string,
): Map<number, string> {
  const planWith = (keys: ReadonlyMap<number, string>): Map<number, PlannedNode> => {
    const withKeys = nodes.map((node) => ({ ...node, cacheKey: keys.get(node.nodeId) ?? node.cacheKey }));
    return new Map(planRun(withKeys, facts).nodes.map((node) => [node.nodeId, node]));
  };
  const keys = new Map<number, string>();
  let planned = planWith(keys);
  let open: PlannedNode[] = [...new Set(nodeIds)].map((nodeId) => {
    const node = planned.get(nodeId);
    if (!node) throw noSuchNode(nodeId, where);
    if (!node.reason.endsWith('changed')) throw notStale(node, where);
    return node;
  });
  while (open.length > 0) {
    const waiting: PlannedNode[] = [];
    for (const node of open) {
      const frames = frameIdentities(node.node, planned, facts);
      if (frames.includes(null)) {
        waiting.push(node);
        continue;
      }
      const parts = partsOf(node.node, node.references, node.model, frames, facts.referenceHash);
      keys.set(node.nodeId, formatCacheKey(parts, node.node.saved));
    }
    const [first] = waiting;
    if (first && waiting.length === open.length) throw frameToCome(first, planned, where);
    open = waiting;
    planned = planWith(keys);
  }
  return keys;
}

const noSuchNode = (nodeId: number, where: string) =>
  fail('not-found', `There is no image or video node ${nodeId} in this workflow.`, {
    where,
    cure: '"flowdeck plan" lists the nodes and which of them are stale.',
  });

const nameOf = ({ title, nodeId }: Pick<PlannedNode, 'title' | 'nodeId'>): string =>
  title.trim() === '' ? `Node ${nodeId}` : `${title} (node ${nodeId})`;

const notStale = (node: PlannedNode, where: string) =>
  fail('usage', `${nameOf(node)} is not stale: the plan says “${node.reason}”.`, {
    where,
    cure: 'Accept only what the plan calls changed: prompt, reference, model or frame.',
  });

function frameToCome(node: PlannedNode, planned: ReadonlyMap<number, PlannedNode>, where: string) {
  const picture = node.needs.map((id) => planned.get(id)).find((source) => source && source.todo.length > 0);
  const from = picture ? `${nameOf(picture)}, which` : 'a picture that';
  return fail(
    'usage',
    `${nameOf(node)} starts from ${from} is going to be made anew: what it was made from cannot be told yet.`,
    { where, cure: 'Run that picture first, or accept it too.' },
  );
}
