import { basename, dirname, join } from 'node:path';
import type { Disk } from '../platform/disk.ts';
import type { GenerationNode } from '../workflow/generation.ts';
import { parseWorkflowName, sceneFile, tabFolder } from '../workflow/names.ts';

/**
 * The project folder (behaviour.md §6): the nearest folder above the workflow with `Generations/` or `Assets/`;
 * else the parent of `testing/` or `approved/`; else the workflow's own folder.
 */
export async function findProjectFolder(workflow: string, disk: Disk): Promise<string> {
  const own = dirname(workflow);
  for (let folder = own; ; folder = dirname(folder)) {
    const names = await disk.list(folder);
    if (names.includes('Generations') || names.includes('Assets')) return folder;
    if (dirname(folder) === folder) break;
  }
  return ['testing', 'approved'].includes(basename(own).toLowerCase()) ? dirname(own) : own;
}

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

  return {
    projectFolder,
    generations: join(projectFolder, 'Generations'),
    code: name.code,
    version: name.versionKey,
    of(nodeId) {
      const node = byId.get(nodeId);
      if (!node) throw new Error(`No generation node ${nodeId} in ${workflow.baseName}`);
      const folder = node.kind === 'image' ? 'generated-images' : 'generated-videos';
      const tab = tabs.get(node.tabIndex) ?? '';
      const local = join(projectFolder, 'Assets', name.code, folder, name.versionFolder, tab);
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
        key: (row, candidate, sha256, ext) =>
          [
            name.code,
            name.versionKey,
            ...(tab === '' ? [] : [tab]),
            `${file(row, candidate, ext).slice(0, -ext.length - 1)}-${sha256.slice(0, 12)}.${ext}`,
          ].join('/'),
      };
    },
  };
}

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
