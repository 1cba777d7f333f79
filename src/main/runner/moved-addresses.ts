import { editWorkflow, type NodeEdit } from '../workflow/edit.ts';
import { cacheConcept, fieldName, galleryUrls, readField } from '../workflow/fields.ts';
import { type GenerationNode, generationNodes } from '../workflow/generation.ts';
import type { Workflow } from '../workflow/read.ts';
import { compareCacheKey, formatCacheKey, movedCacheKey } from './cache-key.ts';
import { editFile, type FileEditDeps } from './file-edit.ts';
import { gatePicks, pickIn } from './gate-picks.ts';
import { referenceEdits, savedList } from './node-edits.ts';
import { frameIdentities, needsOf, type PlanFacts, partsOf, referencesOf } from './plan.ts';

/** What the plan compares outputs by, besides the file. */
type Facts = Pick<PlanFacts, 'modelOf' | 'referenceHash' | 'storedKeys' | 'refImage'>;

/**
 * The edits that put addresses from a store in the place of those that stood in for them while it was away: in the
 * cache of nodes, in galleries, picks and references. What was fresh stays fresh: a key that fits is made out anew.
 * Pure. `keys` has the new keys by node, for the database.
 */
export function movedEdits(
  workflow: Workflow,
  moved: ReadonlyMap<string, string>,
  facts: Facts,
): { edits: NodeEdit[]; keys: Map<number, string> } {
  const nodes = generationNodes(workflow);
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const gates = gatePicks(workflow, nodes);
  const now = (url: string) => moved.get(url) ?? url;
  const pickAt = (gateId: number) => {
    const gate = gates.get(gateId);
    return gate ? pickIn(gate.pick, gate.feeder.saved) : null;
  };
  const edits = referenceEdits(workflow, moved);
  const keys = new Map<number, string>();
  for (const node of nodes) {
    const upstream = new Map(
      needsOf(node).flatMap((id) => {
        const source = byId.get(id);
        return source ? [[id, { keep: source.saved, node: source }] as const] : [];
      }),
    );
    const frames = frameIdentities(node, upstream, { pickAt });
    const touched = node.saved.some((url) => url !== null && moved.has(url));
    if (!touched && !frames.some((url) => url !== null && moved.has(url))) continue;
    const target = workflow.nodes.get(node.nodeId);
    if (!target) continue;
    const saved = node.saved.map((url) => (url === null ? null : now(url)));
    const list = savedList(saved, node.prompts.length);
    const parts = (of: (string | null)[]) =>
      partsOf(node, referencesOf(node, facts.refImage), facts.modelOf(node), of, facts.referenceHash);
    const stored = node.cacheKey ?? facts.storedKeys.get(node.nodeId);
    const fits = compareCacheKey(stored, parts(frames), node.saved) === null;
    const key = fits
      ? formatCacheKey(parts(frames.map((url) => url && now(url))), saved)
      : movedCacheKey(stored, node.saved, saved);
    if (key !== null) keys.set(node.nodeId, key);
    const properties: Record<string, string | string[]> = {};
    if (touched) properties[fieldName(target, cacheConcept(target), workflow.fields)] = list;
    if (key !== null && node.cacheKey !== null)
      properties[fieldName(target, 'cacheKey', workflow.fields)] = key;
    edits.push({ nodeId: node.nodeId, tabIndex: target.tabIndex, properties });
  }
  return { edits: [...edits, ...gateEdits(workflow, moved, nodes)], keys };
}

function gateEdits(
  workflow: Workflow,
  moved: ReadonlyMap<string, string>,
  nodes: readonly GenerationNode[],
): NodeEdit[] {
  const { fields } = workflow;
  return [...new Set(nodes.flatMap((node) => node.gates))].flatMap((gateId): NodeEdit[] => {
    const gate = workflow.nodes.get(gateId);
    if (!gate) return [];
    const properties: Record<string, string | string[]> = {};
    const shown = galleryUrls(gate, fields).map((url) => url ?? '');
    if (shown.some((url) => moved.has(url)))
      properties[fieldName(gate, 'gallery', fields)] = shown.map((url) => moved.get(url) ?? url);
    const pick = readField(gate, 'pick', fields);
    const picked = typeof pick === 'string' ? moved.get(pick) : undefined;
    if (picked !== undefined) properties[fieldName(gate, 'pick', fields)] = picked;
    return Object.keys(properties).length === 0
      ? []
      : [{ nodeId: gateId, tabIndex: gate.tabIndex, properties }];
  });
}

/** Puts them into the workflow file and into the database. A file that is not there any more needs none. */
export async function putMovedIn(
  path: string,
  moved: ReadonlyMap<string, string>,
  facts: Facts,
  deps: FileEditDeps & { clock: { now(): number } },
): Promise<void> {
  const { db, disk, clock } = deps;
  if (moved.size === 0 || (await disk.stat(path)) === null) return;
  const keys = await editFile(
    path,
    'addresses of the store',
    ({ workflow }) => {
      const { edits, keys: result } = movedEdits(workflow, moved, facts);
      return { text: editWorkflow(workflow.text, edits), result };
    },
    deps,
  );
  await db.commits.write(() => {
    for (const [nodeId, key] of keys) db.fingerprints.put(path, nodeId, key, clock.now());
  });
}
