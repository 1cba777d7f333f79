import { basename, dirname, join } from 'node:path';
import type { FileLook, SeenFile } from './file-look.ts';
import type { SeenAddress } from './gather-cache.ts';
import type { GatherDeps, SeenPlan } from './gather-deps.ts';
import type { Unseen } from './in-time.ts';
import { assetNames, placeId, placesOf } from './place-names.ts';

/** Files of a workflow on this machine. */
export interface SeenFiles {
  /** By place (place-names.ts): all that claim it. */
  byPlace: Map<string, SeenFile[]>;
  /** The same of other versions, for places nothing else is known of. */
  otherVersions: Map<string, SeenFile>;
  /** What lies on this machine for addresses of the file, by address. */
  byUrl: Map<string, SeenFile>;
  /** Rows, as `node/row`, that have a file in use. */
  inUse: Set<string>;
}

export const noFiles = (): SeenFiles => ({
  byPlace: new Map(),
  otherVersions: new Map(),
  byUrl: new Map(),
  inUse: new Set(),
});

interface Claim {
  id: string;
  path: string;
}

/**
 * Looks at the files in `Assets/` under the names of behaviour.md §6. First those of places that have no output in the
 * file, as they may save money; then by their heads those of the others, and what lies here for cached addresses; last,
 * when it is known which addresses are gone (`asked`), the files of those. `into` is filled as they come.
 */
export async function gatherFiles(
  plan: SeenPlan,
  addresses: ReadonlyMap<string, SeenAddress>,
  asked: Promise<void>,
  look: FileLook,
  into: SeenFiles,
  { disk }: Pick<GatherDeps, 'disk'>,
  unseen: Unseen,
  signal: AbortSignal,
): Promise<void> {
  const claims = await claimsIn(plan, into.inUse, disk);
  const open = placesWhere(plan, (url) => url === null);
  const urgent = claims.filter(({ id }) => open.has(id));
  await lookAtAll(urgent, 'whole', look, into.byPlace, signal);
  await otherVersions(plan, open, look, into, { disk }, signal);
  const rest = claims.filter(({ id }) => !open.has(id));
  await lookAtAll(rest, 'head', look, into.byPlace, signal);
  await Promise.all(
    [...addresses].map(async ([url, { file }]) => {
      const seen = file === null || signal.aborted ? null : await look.look(file, 'head');
      if (seen !== null) into.byUrl.set(url, seen);
    }),
  );
  await asked;
  const gone = placesWhere(plan, (url) => url !== null && addresses.get(url)?.state === 'gone');
  const wanted = rest.filter(({ id }) => gone.has(id));
  await lookAtAll(wanted, 'whole', look, into.byPlace, signal);
  const matter = new Set([...urgent, ...wanted].map(({ id }) => id));
  const unproven = [...into.byPlace].filter(
    ([id, files]) => matter.has(id) && files.some(({ proven }) => !proven),
  );
  if (unproven.length > 0) unseen.push(`Assets: ${unproven.length} files were read and not decoded in time`);
}

/** Files under the names of places. Those in use are copies where a candidate of their row is known. */
async function claimsIn(
  plan: SeenPlan,
  rowsInUse: Set<string>,
  disk: Pick<GatherDeps['disk'], 'list'>,
): Promise<Claim[]> {
  const names = assetNames(plan.nodes, plan.places);
  const candidates: Claim[] = [];
  const inUse: (Claim & { rowOf: string })[] = [];
  const known = new Set<string>();
  for (const { node } of plan.nodes) {
    for (const { row, index } of placesOf({ node }))
      if ((node.saved[index] ?? null) !== null) known.add(`${node.nodeId}/${row}`);
  }
  for (const folder of names.folders) {
    for (const name of await disk.list(folder)) {
      const place = names.placeOf(folder, name);
      if (place === null) continue;
      const { nodeId, row, candidate } = place;
      const claim = { id: placeId(nodeId, row, candidate), path: join(folder, name) };
      if (candidate === null) inUse.push({ ...claim, rowOf: `${nodeId}/${row}` });
      else {
        candidates.push(claim);
        known.add(`${nodeId}/${row}`);
      }
    }
  }
  for (const { rowOf } of inUse) rowsInUse.add(rowOf);
  return [...candidates, ...inUse.filter(({ rowOf }) => !known.has(rowOf))];
}

/** Ids of places by what stands there in the file; with a place without output goes that of the file in use. */
function placesWhere({ nodes }: SeenPlan, is: (url: string | null) => boolean): Set<string> {
  const found = new Set<string>();
  for (const { node } of nodes) {
    for (const { row, candidate, index } of placesOf({ node })) {
      if (!is(node.saved[index] ?? null)) continue;
      found.add(placeId(node.nodeId, row, candidate));
      found.add(placeId(node.nodeId, row, null));
    }
  }
  return found;
}

async function lookAtAll(
  claims: readonly Claim[],
  how: 'whole' | 'head',
  look: FileLook,
  into: Map<string, SeenFile[]>,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    claims.map(async ({ id, path }) => {
      const seen = await look.look(path, how);
      if (seen === null || signal.aborted) return;
      const others = (into.get(id) ?? []).filter(({ file }) => file !== path);
      into.set(id, [...others, seen]);
    }),
  );
}

/** More than this says nothing new. */
const MOST_OTHERS = 200;

/** Files of the same names in folders of other versions: they are not taken, and a person should hear why. */
async function otherVersions(
  plan: SeenPlan,
  open: ReadonlySet<string>,
  look: FileLook,
  into: SeenFiles,
  { disk }: Pick<GatherDeps, 'disk'>,
  signal: AbortSignal,
): Promise<void> {
  const known = new Set([...into.byPlace.keys()].map((id) => id.split('/')[0]));
  const bare = plan.nodes.filter(
    ({ node }) =>
      !known.has(String(node.nodeId)) &&
      node.saved.every((url) => url === null) &&
      placesOf({ node }).some(({ row, candidate }) => open.has(placeId(node.nodeId, row, candidate))),
  );
  if (bare.length === 0) return;
  const names = assetNames(bare, plan.places);
  const claims: Claim[] = [];
  for (const folder of names.folders) {
    for (const other of await siblings(folder, plan, disk)) {
      for (const name of await disk.list(other)) {
        const place = names.placeOf(folder, name);
        if (place !== null && place.candidate !== null)
          claims.push({ id: placeId(place.nodeId, place.row, place.candidate), path: join(other, name) });
      }
    }
  }
  // Newest version first: that is the one people mean.
  const newest = new Map(claims.reverse().map((claim) => [claim.id, claim]));
  await Promise.all(
    [...newest.values()].slice(0, MOST_OTHERS).map(async ({ id, path }) => {
      const seen = signal.aborted ? null : await look.look(path, 'head');
      if (seen !== null) into.otherVersions.set(id, seen);
    }),
  );
}

/** The same folder under other versions, newest version first; the tab's folder is below that of the version. */
async function siblings(
  folder: string,
  { places }: SeenPlan,
  disk: Pick<GatherDeps['disk'], 'list'>,
): Promise<string[]> {
  const own = places.version.toLowerCase();
  const tab = basename(folder) === own ? null : basename(folder);
  const version = tab === null ? folder : dirname(folder);
  const versions = (await disk.list(dirname(version))).filter(
    (name) => /^v\d+(-\d+)*$/.test(name) && name !== own,
  );
  return versions
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => join(dirname(version), name, ...(tab === null ? [] : [tab])));
}
