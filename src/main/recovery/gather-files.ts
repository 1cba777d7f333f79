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
}

export const noFiles = (): SeenFiles => ({ byPlace: new Map(), otherVersions: new Map(), byUrl: new Map() });

interface Claim {
  id: string;
  path: string;
}

/**
 * Looks at the files in `Assets/` under the names of behaviour.md §6: first those of places that have no output in the
 * file, for they may save money; then the others, and what lies here for cached addresses. `into` is filled as they come.
 */
export async function gatherFiles(
  plan: SeenPlan,
  addresses: ReadonlyMap<string, SeenAddress>,
  look: FileLook,
  into: SeenFiles,
  { disk }: Pick<GatherDeps, 'disk'>,
  unseen: Unseen,
  signal: AbortSignal,
): Promise<void> {
  const names = assetNames(plan.nodes, plan.places);
  const open = openPlaces(plan);
  const claims: Claim[] = [];
  for (const folder of names.folders) {
    for (const name of await disk.list(folder)) {
      const place = names.placeOf(folder, name);
      if (place !== null)
        claims.push({ id: placeId(place.nodeId, place.row, place.candidate), path: join(folder, name) });
    }
  }
  const urgent = claims.filter(({ id }) => open.has(id));
  await lookAtAll(urgent, look, into.byPlace, signal);
  const rest = claims.filter(({ id }) => !open.has(id));
  await lookAtAll(rest, look, into.byPlace, signal);
  await otherVersions(plan, open, look, into, { disk }, signal);
  await Promise.all(
    [...addresses].map(async ([url, { file }]) => {
      const seen = file === null || signal.aborted ? null : await look.look(file);
      if (seen !== null) into.byUrl.set(url, seen);
    }),
  );
  const unproven = [...into.byPlace.values()].flat().filter(({ proven }) => !proven).length;
  if (unproven > 0) unseen.push(`Assets: ${unproven} files were read and not decoded in time`);
}

/** Places without output in the file, and rows without any (the file in use counts for those). */
function openPlaces({ nodes }: SeenPlan): Set<string> {
  const open = new Set<string>();
  for (const { node } of nodes) {
    for (const { row, candidate, index } of placesOf({ node })) {
      if ((node.saved[index] ?? null) !== null) continue;
      open.add(placeId(node.nodeId, row, candidate));
      open.add(placeId(node.nodeId, row, null));
    }
  }
  return open;
}

async function lookAtAll(
  claims: readonly Claim[],
  look: FileLook,
  into: Map<string, SeenFile[]>,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    claims.map(async ({ id, path }) => {
      const seen = await look.look(path);
      if (seen !== null && !signal.aborted) into.set(id, [...(into.get(id) ?? []), seen]);
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
      const seen = signal.aborted ? null : await look.look(path);
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
