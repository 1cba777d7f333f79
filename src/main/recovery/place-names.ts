import { dirname, join } from 'node:path';
import { type SeenNode, type SeenPlaces, wantedOf } from './gather-deps.ts';

/** A place by its name: row and candidate count from 1, `candidate` is null for the one in use. */
export interface NamedPlace {
  nodeId: number;
  row: number;
  candidate: number | null;
}

export const placeId = (nodeId: number, row: number, candidate: number | null): string =>
  `${nodeId}/${row}/${candidate ?? 'in use'}`;

/** Places of a node, row-major. */
export function placesOf({
  node,
}: Pick<SeenNode, 'node'>): { row: number; candidate: number; index: number }[] {
  return Array.from({ length: wantedOf(node) }, (_, index) => ({
    row: Math.floor(index / node.perRow) + 1,
    candidate: (index % node.perRow) + 1,
    index,
  }));
}

const ENDING = /\.(png|jpe?g|webp|mp4)$/i;
const CLIP = /\.mp4$/i;

export interface AssetNames {
  /** Folders to look into. */
  folders: string[];
  /** Whose file this is, by its name (behaviour.md §6) and the kind its ending says; null: nobody's. */
  placeOf(folder: string, name: string): NamedPlace | null;
}

/** The names files in `Assets/` have. Systems that fold case show other cases: they are the same name here. */
export function assetNames(nodes: readonly SeenNode[], places: SeenPlaces): AssetNames {
  const byName = new Map<string, NamedPlace>();
  const folders = new Set<string>();
  const stem = (path: string) => path.replace(ENDING, '').toLowerCase();
  for (const { node } of nodes) {
    const names = places.of(node.nodeId);
    const ext = node.kind === 'video' ? 'mp4' : 'png';
    const put = (path: string, place: NamedPlace) => byName.set(`${node.kind} ${stem(path)}`, place);
    for (const { row, candidate } of placesOf({ node })) {
      const path = names.candidate(row, candidate, ext);
      folders.add(dirname(path));
      put(path, { nodeId: node.nodeId, row, candidate });
      if (candidate === 1) put(names.inUse(row, ext), { nodeId: node.nodeId, row, candidate: null });
    }
  }
  return {
    folders: [...folders],
    placeOf(folder, name) {
      if (!ENDING.test(name)) return null;
      return byName.get(`${CLIP.test(name) ? 'video' : 'image'} ${stem(join(folder, name))}`) ?? null;
    },
  };
}

/** Of a hash, in the key of an object. */
export const HASH_DIGITS = 12;

/** A hash that no content has: only the shape of a key is asked for. */
const SAMPLE = '0'.repeat(64);

/** Keys of objects: whose an object is, and the digits of its hash where its key has them. */
export function objectNames(
  nodes: readonly SeenNode[],
  places: SeenPlaces,
): (key: string) => (NamedPlace & { hash: string | null }) | null {
  const byName = new Map<string, NamedPlace>();
  for (const { node } of nodes) {
    const names = places.of(node.nodeId);
    const ext = node.kind === 'video' ? 'mp4' : 'png';
    for (const { row, candidate } of placesOf({ node })) {
      const key = names
        .key(row, candidate, SAMPLE, ext)
        .replace(`-${SAMPLE.slice(0, HASH_DIGITS)}.${ext}`, '');
      byName.set(`${node.kind} ${key}`, { nodeId: node.nodeId, row, candidate });
    }
  }
  return (key) => {
    const parts = /^(.*?)(?:-([0-9a-f]{12}))?\.(?:png|jpe?g|webp|mp4)$/i.exec(key);
    if (parts === null) return null;
    const place = byName.get(`${CLIP.test(key) ? 'video' : 'image'} ${parts[1] ?? ''}`);
    return place === undefined ? null : { ...place, hash: parts[2]?.toLowerCase() ?? null };
  };
}

/** What the name of an address says about whose output it is (behaviour.md §6). */
export type NamedFor = 'ours' | 'other workflow' | 'other version' | 'other scene' | 'no scheme';

const SCHEME =
  /\/([^/]+)\/(v\d{1,6}(?:-\d{1,6}){0,5})\/(?:([^/]+)\/)?(scene\d+(?:-node\d+)?)(?:-row\d+)?(?:-c\d+)?(?:-[0-9a-f]{12})?\.(?:png|jpe?g|webp|mp4)$/i;

/**
 * Reads the name of an address. Rows and candidates are not compared: what moved up in a gallery keeps its name.
 * `proven`: its fingerprint says that it was made from what is asked for now; then it may come from another version, for
 * a bump keeps what it had.
 */
export function namedFor(
  url: string,
  { node, proven }: { node: { nodeId: number; kind: 'image' | 'video' }; proven: boolean },
  places: SeenPlaces,
): NamedFor {
  const found = SCHEME.exec(pathOf(url));
  const ours = SCHEME.exec(
    `/${places.of(node.nodeId).key(1, 1, SAMPLE, node.kind === 'video' ? 'mp4' : 'png')}`,
  );
  if (found === null || ours === null) return 'no scheme';
  const [, code, version, tab, scene] = found.map((part) => part?.toLowerCase());
  const [, ourCode, ourVersion, ourTab, ourScene] = ours.map((part) => part?.toLowerCase());
  if (code !== ourCode) return 'other workflow';
  // Other tools leave out the folder of the tab, or the id of the node.
  const sameTab = tab === undefined || ourTab === undefined || tab === ourTab;
  const sameScene = scene === ourScene || scene === ourScene?.replace(/-node\d+$/, '');
  if (!sameTab || !sameScene) return 'other scene';
  return version === ourVersion || proven ? 'ours' : 'other version';
}

function pathOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url.replaceAll('\\', '/');
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}
