import { isAbsolute, join, relative, sep } from 'node:path';
import { fail } from '../../shared/failure.ts';
import type { Disk } from '../platform/disk.ts';
import type { GenerationNode } from '../workflow/generation.ts';
import { parseWorkflowName, sceneFile, tabFolder } from '../workflow/names.ts';

/** File names of one generation node, all below the project folder. */
export interface NodePlaces {
  /** `Assets/{code}/generated-images/{v}/…/scene03-c1.png`. Row and candidate count from 1. */
  candidate(row: number, candidate: number, ext: string): string;
  /** `scene03.png`: the candidate in use. */
  inUse(row: number, ext: string): string;
  /** Object key in the store: `{code}/{version}/…/scene03-c1-{12 of sha256}.png`. */
  key(row: number, candidate: number, sha256: string, ext: string): string;
}

export interface Places {
  projectFolder: string;
  generations: string;
  /** Base name of the export without its time. */
  code: string;
  version: string;
  /** Every folder a run may write to. */
  folders: string[];
  of(nodeId: number): NodePlaces;
}

/** Where everything of a workflow goes. Two nodes that would share a name get their node id in it. Pure. */
export function placesFor(
  projectFolder: string,
  workflow: { baseName: string; tabs: readonly { index: number; name: string }[] },
  nodes: readonly GenerationNode[],
): Places {
  const name = parseWorkflowName(workflow.baseName);
  const tabs = tabFolders(workflow.tabs);
  const shared = sharedNames(nodes, tabs);
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const folderOf = ({ kind, tabIndex }: Pick<GenerationNode, 'kind' | 'tabIndex'>): string =>
    join(
      projectFolder,
      'Assets',
      name.code,
      kind === 'image' ? 'generated-images' : 'generated-videos',
      name.versionFolder,
      tabs.get(tabIndex) ?? '',
    );
  const generations = join(projectFolder, 'Generations');

  return {
    projectFolder,
    generations,
    code: name.code,
    version: name.versionKey,
    folders: [...new Set([generations, ...nodes.map(folderOf)])],
    of(nodeId) {
      const node = byId.get(nodeId);
      if (!node) throw new Error(`No generation node ${nodeId} in ${workflow.baseName}`);
      const tab = tabs.get(node.tabIndex) ?? '';
      const local = folderOf(node);
      const file = (row: number, candidate: number | null, ext: string) =>
        sceneFile({
          scene: node.scene,
          row,
          candidate,
          ext,
          nodeId: shared.has(nodeId) ? nodeId : null,
        });
      return {
        candidate: (row, candidate, ext) => join(local, file(row, candidate, ext)),
        inUse: (row, ext) => join(local, file(row, null, ext)),
        key: (row, candidate, sha256, ext) => {
          const scene = file(row, candidate, ext);
          const dot = scene.lastIndexOf('.');
          const named = `${scene.slice(0, dot)}-${sha256.slice(0, 12)}${scene.slice(dot)}`;
          return [name.code, name.versionKey, ...(tab === '' ? [] : [tab]), named].join('/');
        },
      };
    },
  };
}

/**
 * Looks whether a link in the project leads out of it: nothing outside the project folder is ever written. The
 * project folder itself may be a link. Rejects with `folder`, naming the link.
 */
export async function assertInside({ projectFolder, folders }: Places, disk: Disk): Promise<void> {
  const root = (await disk.realPath(projectFolder)) ?? projectFolder;
  const seen = new Set<string>();
  for (const folder of folders) {
    let at = projectFolder;
    for (const part of relative(projectFolder, folder).split(sep)) {
      at = join(at, part);
      if (seen.has(at)) continue;
      seen.add(at);
      const real = await disk.realPath(at);
      if (real === null) break;
      if (isInside(root, real)) continue;
      throw fail('folder', `${at} leads out of the project folder, to ${real}.`, {
        where: at,
        cure: 'Put a folder in place of the link, or name the real place with --out-root.',
      });
    }
  }
}

const isInside = (root: string, path: string): boolean => {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};

/** A folder per tab when there is more than one; tabs whose names fold alike get their number. */
function tabFolders(tabs: readonly { index: number; name: string }[]): Map<number, string> {
  if (tabs.length < 2) return new Map();
  const folders = new Map<number, string>();
  const taken = new Set<string>();
  for (const { index, name } of tabs) {
    const wanted = tabFolder(name, index);
    let folder = wanted;
    for (let n = index + 1; taken.has(folder); n++) folder = `${wanted.slice(0, 30)}-tab-${n}`;
    taken.add(folder);
    folders.set(index, folder);
  }
  return folders;
}

function sharedNames(nodes: readonly GenerationNode[], tabs: ReadonlyMap<number, string>): Set<number> {
  const byName = new Map<string, number[]>();
  for (const node of nodes) {
    const key = `${node.kind}/${tabs.get(node.tabIndex) ?? ''}/${node.scene}`;
    byName.set(key, [...(byName.get(key) ?? []), node.nodeId]);
  }
  return new Set([...byName.values()].filter((ids) => ids.length > 1).flat());
}
