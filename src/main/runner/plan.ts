import type { PlanNode, PlanReason, PlanTotals, RerollTarget, RunMode } from '../../shared/domain.ts';
import type { GenerationNode, MediaInput } from '../workflow/generation.ts';
import { frameIndex } from '../workflow/picks.ts';
import { type CacheParts, compareCacheKey, digest } from './cache-key.ts';
import { estimateSeconds, roundUSD } from './costs.ts';
import { type Place, placeAt, placesOf } from './place.ts';

/** What the plan needs to know beside the workflow. Everything is a value: the plan reads nothing. */
export interface PlanFacts {
  mode: RunMode;
  /** A re-roll: what to make anew, by node; every other node is left alone. Null: an ordinary run. */
  reroll: ReadonlyMap<number, readonly RerollTarget[]> | null;
  /** Cache keys of the database, for nodes whose file has none. */
  storedKeys: ReadonlyMap<number, string>;
  /** Content hash of a reference, when known: local files always, addresses when seen before. */
  referenceHash: (value: string) => string | null;
  /** The person's pick at a gate, as an index into its gallery, null if none. */
  pickAt: (gateId: number) => number | null;
  /** Addresses known to be gone. */
  gone: ReadonlySet<string>;
  /** What `--ref-image` gives to image nodes without any reference. */
  refImage: string | null;
  /** The model the backend will be asked for. */
  modelOf: (node: GenerationNode) => string;
  priceOf: (node: GenerationNode) => number;
  concurrency: number;
  maxTasks: number;
}

/** A node of the plan with all that the run needs to carry it out. */
export interface PlannedNode extends PlanNode {
  node: GenerationNode;
  model: string;
  /** Cached output that stays, row-major over rows × perRow; null is a place to fill. */
  keep: (string | null)[];
  /** Cached output beyond that (an older `outputCount`, a backend that gave more): it stays where it is. */
  extra: (string | null)[];
  /** In a re-roll: what stands at the places to fill. It stays there until its successor is made. */
  former: (string | null)[];
  /** Places to generate, in order. */
  todo: Place[];
  /** Cached output that is no longer valid and is cleared at the start. */
  clear: boolean;
  /** Outputs that the journal has and the file does not may be taken instead of making them. */
  reuse: boolean;
  /** A person asked for exactly this node: what nobody can tell the fate of does not keep it from being made. */
  asked: boolean;
  references: string[];
  /** Nodes whose output must be there first. */
  needs: number[];
}

/** All that a node has before the run makes anything, row-major. */
export const galleryOf = (planned: Pick<PlannedNode, 'keep' | 'extra'> | undefined): (string | null)[] =>
  planned ? [...planned.keep, ...planned.extra] : [];

export interface RunPlan {
  nodes: PlannedNode[];
  totals: PlanTotals;
}

/** What a run would do (behaviour.md §4). Nodes come in the order of `nodes`; a node after what it needs is not assumed. */
export function planRun(nodes: readonly GenerationNode[], facts: PlanFacts): RunPlan {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const planned = new Map<number, PlannedNode>();
  const visiting = new Set<number>();

  const plan = (node: GenerationNode): PlannedNode => {
    const known = planned.get(node.nodeId);
    if (known) return known;
    visiting.add(node.nodeId);
    const upstream = new Map<number, PlannedNode>();
    for (const id of needsOf(node)) {
      const source = byId.get(id);
      // A cycle is an error of the check; here it must only end.
      if (source && !visiting.has(id)) upstream.set(id, plan(source));
    }
    visiting.delete(node.nodeId);
    const result = planNode(node, upstream, facts);
    planned.set(node.nodeId, result);
    return result;
  };

  const all = nodes.map(plan);
  return { nodes: all, totals: totalsOf(all, facts) };
}

/** Image nodes whose output this one starts from or refers to. */
export function needsOf(node: GenerationNode): number[] {
  const ids = node.inputs.flatMap((input) => (input.source.kind === 'output' ? [input.source.nodeId] : []));
  return [...new Set(ids)];
}

/** References as written: of Media nodes, or `--ref-image` where an image node has none at all. */
export function referencesOf(node: GenerationNode, refImage: string | null): string[] {
  const media = node.inputs.flatMap((input) => (input.source.kind === 'media' ? [input.source.value] : []));
  return node.kind === 'image' && node.inputs.length === 0 && refImage !== null ? [refImage] : media;
}

function planNode(
  node: GenerationNode,
  upstream: ReadonlyMap<number, PlannedNode>,
  facts: PlanFacts,
): PlannedNode {
  const rows = node.prompts.length;
  const wanted = rows * node.perRow;
  const references = referencesOf(node, facts.refImage);
  const model = facts.modelOf(node);
  const there = node.saved.map((url) => (url !== null && facts.gone.has(url) ? null : url));
  const keep = Array.from({ length: wanted }, (_, index) => there[index] ?? null);
  const { reason, trusted } = reasonOf(node, keep, references, model, upstream, facts);

  const targets = facts.reroll?.get(node.nodeId) ?? [];
  const wantedNow =
    reason !== 'not wanted (images mode)' &&
    !reason.startsWith('blocked by') &&
    (facts.reroll === null || targets.length > 0);
  const rerolls = reason === 'forced' && facts.reroll !== null;
  const stale = wantedNow && !rerolls && (reason === 'forced' || reason.endsWith('changed'));
  const all = keep.map((_, index) => placeAt(index, node.perRow));
  const todo = !wantedNow
    ? []
    : rerolls
      ? placesOf(node, targets)
      : all.filter(({ index }) => stale || keep[index] === null);
  const former: (string | null)[] = keep.map(() => null);
  for (const { index } of todo) {
    if (rerolls) former[index] = keep[index] ?? null;
    keep[index] = null;
  }
  return {
    nodeId: node.nodeId,
    tab: node.tab,
    title: node.title,
    kind: node.kind,
    scene: node.scene,
    rows,
    candidates: wanted,
    reason,
    generations: todo.length,
    costUSD: roundUSD(todo.length * facts.priceOf(node)),
    trusted,
    node,
    model,
    keep,
    former,
    extra: stale || (rerolls && todo.length === wanted) ? [] : there.slice(wanted),
    todo,
    clear: stale && node.saved.length > 0,
    reuse: reason !== 'forced' || rerolls,
    asked: targets.length > 0,
    references,
    needs: needsOf(node),
  };
}

function reasonOf(
  node: GenerationNode,
  keep: readonly (string | null)[],
  references: readonly string[],
  model: string,
  upstream: ReadonlyMap<number, PlannedNode>,
  facts: PlanFacts,
): { reason: PlanReason; trusted: boolean } {
  const is = (reason: PlanReason, trusted = false) => ({ reason, trusted });
  // Without a prompt there is nothing to ask for; what is cached is shown, not judged.
  const unwanted = facts.mode === 'images' && node.kind === 'video';
  if (node.prompts.length === 0) {
    if (node.saved.some((url) => url !== null)) return is('cached', true);
    return is(unwanted ? 'not wanted (images mode)' : 'missing');
  }

  if (facts.reroll !== null && !facts.reroll.has(node.nodeId)) {
    return node.saved.some((url) => url !== null) ? is('cached') : is('missing');
  }
  const blocker = [...upstream.values()].find((source) => cannotGive(source));
  const blocked = blocker && (`blocked by ${blocker.nodeId}` as const);
  /** What would have to be made, unless it is not wanted now or cannot be. */
  const make = (reason: PlanReason) => is(unwanted ? 'not wanted (images mode)' : (blocked ?? reason));

  if (!node.saved.some((url) => url !== null)) return make('missing');
  if (facts.mode === 'clean') return make('forced');

  const frames = frameIdentities(node, upstream, facts);
  const change = compareCacheKey(
    node.cacheKey ?? facts.storedKeys.get(node.nodeId),
    partsOf(node, references, model, frames, facts.referenceHash),
    node.saved,
  );
  // Cached by another tool: trusted, unless the file itself says it came from another model, or its frame will change.
  if (change === 'unknown') {
    if (node.kind === 'image' && node.namedModel !== node.model) return make('model changed');
    if (frames.includes(null)) return make('frame changed');
  } else if (change !== null) return make(change);
  if (facts.reroll !== null) return make('forced');

  const trusted = change === 'unknown';
  const lacking = keep.some((url) => url === null);
  if (!lacking) return is('cached', trusted);
  const stale = node.saved.some((url) => url !== null && facts.gone.has(url));
  return { ...make(stale ? 'stale url' : 'partial'), trusted };
}

/** Nothing can come from a node that has no output and will get none. */
const cannotGive = (source: PlannedNode): boolean =>
  source.reason.startsWith('blocked by') ||
  (source.todo.length === 0 && galleryOf(source).every((url) => url === null));

/** Today's parts of a node's cache key. A frame that is null is not known yet and equals nothing. */
export function partsOf(
  node: GenerationNode,
  references: readonly string[],
  model: string,
  frames: readonly (string | null)[],
  referenceHash: (value: string) => string | null,
): CacheParts {
  const hashes = references.map(referenceHash);
  return {
    prompts: digest([...node.prompts, node.kind === 'video' ? node.negativePrompt : '']),
    references: digest(references.map((value, i) => referenceIdentity(value, hashes[i] ?? null))),
    contents: references.length > 0 && hashes.every((hash) => hash !== null) ? digest(hashes) : null,
    model: digest([model, node.aspectRatio, node.perRow]),
    frames: frames.includes(null) ? UNKNOWN : digest(frames),
  };
}

/** Equals no digest: a frame that will be made anew is a changed one. */
const UNKNOWN = '?';

/**
 * An address names its content as long as nobody says otherwise; a local path does not. A reference we stored
 * has its hash in its address (behaviour.md §6), so that putting the address in changes nothing.
 */
export function referenceIdentity(value: string, hash: string | null): string {
  const stored = /\/refs\/([0-9a-f]{64})\.[a-z0-9]+$/.exec(value)?.[1];
  if (stored) return stored;
  return /^https?:/i.test(value) ? value : (hash ?? value);
}

/** The picture each row takes from each input that comes from another node: its address, or null if it will be made anew. */
export function frameIdentities(
  node: GenerationNode,
  upstream: ReadonlyMap<
    number,
    { keep: readonly (string | null)[]; extra?: readonly (string | null)[]; node: GenerationNode }
  >,
  facts: Pick<PlanFacts, 'pickAt'>,
): (string | null)[] {
  const inputs = node.inputs.filter((input) => input.source.kind === 'output');
  return node.prompts.flatMap((_, row) =>
    inputs.map((input) => {
      const source = input.source.kind === 'output' ? upstream.get(input.source.nodeId) : undefined;
      if (!source) return null;
      const gallery = [...source.keep, ...(source.extra ?? [])];
      const frame = pictureFor(input, source.node, gallery, row, node.prompts.length, facts.pickAt);
      return frame === null ? null : (gallery[frame.index] ?? null);
    }),
  );
}

/** Which candidate of `source` a row (from 0) takes through an input, by behaviour.md §2. Null: none is usable. */
export function pictureFor(
  input: MediaInput,
  source: GenerationNode,
  gallery: readonly (string | null)[],
  row: number,
  rows: number,
  pickAt: (gateId: number) => number | null,
): { index: number; by: 'person' | 'machine' } | null {
  const gateId = input.source.kind === 'output' ? input.source.gateId : null;
  const found = frameIndex({
    pick: gateId === null ? null : pickAt(gateId),
    pictureRows: Math.max(1, source.prompts.length),
    perRow: rowLength(source, gallery),
    videoRow: row,
    videoRows: rows,
    usable: (index) => (gallery[index] ?? null) !== null,
  });
  return found === null || 'error' in found ? null : found;
}

/** Candidates of a row; of a single row all there are, however many. */
export const rowLength = (source: GenerationNode, gallery: readonly unknown[]): number =>
  source.prompts.length > 1 ? source.perRow : Math.max(source.perRow, gallery.length);

/** What a plan comes to. */
export function totalsOf(
  nodes: readonly PlannedNode[],
  facts: Pick<PlanFacts, 'concurrency' | 'maxTasks'>,
): PlanTotals {
  const count = (kind: 'image' | 'video') =>
    nodes.filter((node) => node.kind === kind).reduce((sum, node) => sum + node.generations, 0);
  const images = count('image');
  const videos = count('video');
  return {
    nodes: nodes.length,
    generations: images + videos,
    cached: nodes.filter((node) => node.reason === 'cached').length,
    costUSD: roundUSD(nodes.reduce((sum, node) => sum + node.costUSD, 0)),
    images,
    videos,
    estimateS: estimateSeconds(images, videos, facts.concurrency, facts.maxTasks),
  };
}
