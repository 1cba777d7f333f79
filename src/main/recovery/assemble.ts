import { basename, dirname } from 'node:path';
import type {
  CacheEvidence,
  FileEvidence,
  JournalEvidence,
  NodeEvidence,
  ObjectEvidence,
  PlaceEvidence,
} from './evidence.ts';
import type { SeenFile } from './file-look.ts';
import { identityOf, type SeenAddress } from './gather-cache.ts';
import { type SeenNode, type SeenPlan, wantedOf } from './gather-deps.ts';
import type { SeenFiles } from './gather-files.ts';
import { carriedId } from './gather-former.ts';
import type { SeenObject } from './gather-store.ts';
import { fileProblem, objectProblem, type PlaceFacts, shapeOf } from './left-out.ts';
import type { NodeAges } from './node-ages.ts';
import { HASH_DIGITS, namedFor, placeId, placesOf } from './place-names.ts';
import { leaveOutTwins } from './twins.ts';

/** All that was found, before it is judged whether it can be taken. */
export interface Found {
  plan: SeenPlan;
  ages: NodeAges;
  addresses: ReadonlyMap<string, SeenAddress>;
  files: SeenFiles;
  objects: ReadonlyMap<string, SeenObject[]>;
  journal: ReadonlyMap<string, JournalEvidence>;
  /** What the demo made, where this is about a real G-Labs, and the other way round. */
  strange: Strange;
  /** Addresses that came here with a bump (gather-former.ts). */
  carried: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  now: number;
}

export interface Strange {
  /** The first digits of hashes, as many as names in a store have. */
  contents: ReadonlySet<string>;
  /**
   * Since when a file of a place (place-names.ts) may be one of them, milliseconds since the epoch: who died between the
   * file and its hash in the journal left it there.
   */
  since: ReadonlyMap<string, number>;
  /** The end of a sentence that begins with `it`. */
  why: string;
}

/** What was found, put to the places it is for, each thing that cannot be taken with the reason. Pure. */
export function assembleNodes(found: Found): NodeEvidence[] {
  const byId = new Map(found.plan.nodes.map((seen) => [seen.node.nodeId, seen]));
  const made = new Map<number, Judged>();
  const judging = new Set<number>();
  const judge = (seen: SeenNode): Judged => {
    const { nodeId } = seen.node;
    const known = made.get(nodeId);
    if (known !== undefined) return known;
    judging.add(nodeId);
    const frames = seen.needs.flatMap((id) => {
      const source = byId.get(id);
      // A cycle is an error of the check; here it must only end.
      return source === undefined || judging.has(id) ? [] : [judge(source)];
    });
    judging.delete(nodeId);
    const judged = judgeNode(seen, frames, found);
    made.set(nodeId, judged);
    return judged;
  };
  return leaveOutTwins(found.plan.nodes.map((seen) => judge(seen).node));
}

interface Judged {
  node: NodeEvidence;
  /** When its prompts or references, or those of what it starts from, were last others. */
  changedAt: number | null;
  /** When the oldest of its files was made. */
  madeAt: number | null;
  /** Nothing of it is there any more. */
  lost: boolean;
}

function judgeNode(seen: SeenNode, frames: readonly Judged[], found: Found): Judged {
  const { node } = seen;
  const above = latest(frames.map(({ changedAt }) => changedAt));
  const places: PlaceEvidence[] = [];
  const times: number[] = [];
  let changed = above;
  for (const { row, candidate, index } of placesOf(seen)) {
    const changedAt = latest([above, found.ages.changedAt(node.nodeId, row)]);
    changed = latest([changed, changedAt]);
    const facts: PlaceFacts = {
      kind: node.kind,
      aspectRatio: node.aspectRatio,
      reason: seen.reason,
      changedAt,
      clearedAt: found.ages.clearedAt(node.nodeId, row, candidate),
      framesAt: latest(frames.map(({ madeAt }) => madeAt)),
      framesLost: frames.some(({ lost }) => lost),
      now: found.now,
    };
    const local = localOf(seen, { row, candidate }, facts, found);
    if (local !== null && local.problem === null) times.push(local.modifiedAt);
    places.push({
      row,
      candidate,
      cache: cacheOf(node.saved[index] ?? null, seen, found),
      local,
      store: storeOf(placeId(node.nodeId, row, candidate), facts, found),
      journal: found.journal.get(placeId(node.nodeId, row, candidate)) ?? null,
    });
  }
  const surplus = node.saved.slice(wantedOf(node)).flatMap((url) => cacheOf(url, seen, found) ?? []);
  return {
    node: {
      nodeId: node.nodeId,
      tab: node.tab,
      title: node.title,
      kind: node.kind,
      scene: node.scene,
      reason: seen.reason,
      aspectRatio: node.aspectRatio,
      priceUSD: seen.priceUSD,
      needs: seen.needs,
      reroll: seen.reroll ?? null,
      places,
      surplus,
      inUse: rowsInUse(node, found.files),
    },
    changedAt: changed,
    madeAt: times.length === 0 ? null : Math.min(...times),
    lost: places.length > 0 && !places.some(isHad),
  };
}

const latest = (times: readonly (number | null)[]): number | null =>
  times.reduce((most, at) => (at === null || (most !== null && most >= at) ? most : at), null);

const AT_BACKEND: ReadonlySet<string> = new Set(['intent', 'submitted', 'completed', 'timeout', 'parked']);

/** Somebody has this output, or may have it. */
const isHad = ({ cache, local, store, journal }: PlaceEvidence): boolean =>
  (cache !== null && cache.state !== 'gone') ||
  local?.problem === null ||
  store?.problem === null ||
  (journal !== null && (journal.intact || AT_BACKEND.has(journal.state)));

function cacheOf(
  url: string | null,
  seen: SeenNode,
  { plan, addresses, files, carried }: Found,
): CacheEvidence | null {
  if (url === null) return null;
  const address = addresses.get(url);
  const file = files.byUrl.get(url);
  const proven =
    carried.has(carriedId(seen.node.nodeId, url)) ||
    (!seen.trusted && ['cached', 'partial', 'stale url'].includes(seen.reason));
  return {
    url,
    state: address?.state ?? 'unknown',
    named: namedFor(url, { node: seen.node, proven }, plan.places),
    identity: address?.identity ?? (file === undefined ? null : identityOf(file.sha256)),
    shape: shapeOf(file?.pixels ?? null),
  };
}

/** The file of a place: of several that claim it the one that can be taken, then the newer one. */
function localOf(
  { node }: SeenNode,
  { row, candidate }: { row: number; candidate: number },
  facts: PlaceFacts,
  { files, plan, strange }: Found,
): FileEvidence | null {
  const evidenceOf = (file: SeenFile, problem: string | null): FileEvidence => {
    const { size, sha256, modifiedAt } = file;
    return { file: file.file, size, sha256, modifiedAt, problem };
  };
  const claims = [
    ...(files.byPlace.get(placeId(node.nodeId, row, candidate)) ?? []),
    ...(candidate === 1 ? inUseAlone(node, row, files) : []),
  ].map((file) =>
    evidenceOf(
      file,
      strangeFile(file, placeId(node.nodeId, row, candidate), strange) ?? fileProblem(file, facts),
    ),
  );
  const [best] = claims.sort(
    (a, b) => Number(a.problem !== null) - Number(b.problem !== null) || b.modifiedAt - a.modifiedAt,
  );
  if (best !== undefined) return best;
  const other = files.otherVersions.get(placeId(node.nodeId, row, candidate));
  if (other === undefined) return null;
  const folder = /^v\d/.test(basename(dirname(other.file)))
    ? dirname(other.file)
    : dirname(dirname(other.file));
  return evidenceOf(other, `it is of ${basename(folder)}, and this is ${plan.places.version.toLowerCase()}`);
}

const rowsInUse = ({ nodeId, prompts }: SeenNode['node'], { inUse }: SeenFiles): number =>
  prompts.map((_, i) => `${nodeId}/${i + 1}`).filter((row) => inUse.has(row)).length;

/**
 * The file in use is a copy of a candidate. Only where nothing else is known of its row is it one itself: tools that
 * keep one file a scene.
 */
function inUseAlone({ nodeId, saved, perRow }: SeenNode['node'], row: number, files: SeenFiles): SeenFile[] {
  const indexes = Array.from({ length: perRow }, (_, i) => i);
  const known = indexes.some(
    (i) => (saved[(row - 1) * perRow + i] ?? null) !== null || files.byPlace.has(placeId(nodeId, row, i + 1)),
  );
  return known ? [] : (files.byPlace.get(placeId(nodeId, row, null)) ?? []);
}

const strangeFile = ({ sha256, modifiedAt }: SeenFile, id: string, strange: Strange): string | null =>
  modifiedAt >= (strange.since.get(id) ?? Number.POSITIVE_INFINITY)
    ? strange.why
    : strangeProblem(sha256, strange);

function strangeProblem(hash: string | null, { contents, why }: Strange): string | null {
  return hash !== null && contents.has(hash.slice(0, HASH_DIGITS)) ? why : null;
}

function storeOf(id: string, facts: PlaceFacts, { objects, strange }: Found): ObjectEvidence | null {
  const claims = (objects.get(id) ?? []).map((object): ObjectEvidence => {
    const { key, url, size, modifiedAt, hash } = object;
    const problem = strangeProblem(hash, strange) ?? objectProblem(object, facts);
    return { key, url, size, modifiedAt, hash, problem };
  });
  const [best] = claims.sort(
    (a, b) =>
      Number(a.problem !== null) - Number(b.problem !== null) || (b.modifiedAt ?? 0) - (a.modifiedAt ?? 0),
  );
  return best ?? null;
}
