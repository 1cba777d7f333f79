import type { RecoveryNode } from '../../../shared/recovery.ts';
import { counted } from '../../components/format.ts';
import type { Mark } from '../../components/marks.ts';

/** What is there of a workflow, as the rows of a grid: nodes under their tab and scene. Pure. */

/** Where an output can be. */
export const places = ['cache', 'local', 'store', 'journal'] as const;
export type Place = (typeof places)[number];

export const placeTitles: Record<Place, string> = {
  cache: 'Cache',
  local: 'Files',
  store: 'Store',
  journal: 'Journal',
};

export type HaveRow =
  | { kind: 'scene'; key: string; tab: string; scene: number; taken: number; made: number }
  | { kind: 'node'; key: string; node: RecoveryNode };

export type HaveFilter = 'all' | 'problems' | 'generate' | 'taken';
export const haveFilters: readonly HaveFilter[] = ['all', 'problems', 'generate', 'taken'];

const problems = new Set<RecoveryNode['state']>(['gone', 'stale', 'suspicious', 'parked', 'blocked']);

const fits: Record<HaveFilter, (node: RecoveryNode) => boolean> = {
  all: () => true,
  problems: (node) => problems.has(node.state) || node.bad > 0,
  generate: (node) => node.generations > 0,
  taken: (node) => node.salvaged > 0,
};

/** How many nodes each filter leaves. */
export const filterCounts = (nodes: readonly RecoveryNode[]): Record<HaveFilter, number> => ({
  all: nodes.length,
  problems: nodes.filter(fits.problems).length,
  generate: nodes.filter(fits.generate).length,
  taken: nodes.filter(fits.taken).length,
});

/** A node, and what it is found by. */
export interface ArrangedNode {
  node: RecoveryNode;
  text: string;
}

/** Nodes by tab in their order and by scene, images before clips. Once for a diagnosis: there may be 20,000. */
export function arranged(nodes: readonly RecoveryNode[]): ArrangedNode[] {
  const tabs = new Map([...new Set(nodes.map(({ tab }) => tab))].map((tab, place) => [tab, place]));
  const order = ({ tab, scene, kind }: RecoveryNode) =>
    ((tabs.get(tab) ?? 0) * 1e6 + scene) * 2 + (kind === 'image' ? 0 : 1);
  return nodes
    .map((node) => ({ node, at: order(node) }))
    .sort((a, b) => a.at - b.at)
    .map(({ node }) => ({
      node,
      text: `${node.tab} scene ${node.scene} ${node.title} ${node.nodeId}`.toLowerCase(),
    }));
}

/** The nodes that fit, each scene under its heading. */
export function haveRows(nodes: readonly ArrangedNode[], filter: HaveFilter, search: string): HaveRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const rows: HaveRow[] = [];
  let scene: Extract<HaveRow, { kind: 'scene' }> | null = null;
  for (const { node, text } of nodes) {
    if (!fits[filter](node) || !words.every((word) => text.includes(word))) continue;
    if (scene === null || scene.tab !== node.tab || scene.scene !== node.scene) {
      const { tab } = node;
      scene = { kind: 'scene', key: `${tab}\n${node.scene}`, tab, scene: node.scene, taken: 0, made: 0 };
      rows.push(scene);
    }
    scene.taken += node.salvaged;
    scene.made += node.generations;
    rows.push({ kind: 'node', key: `node ${node.nodeId}`, node });
  }
  return rows;
}

/** What becomes of a scene's candidates: `4 to be taken, 2 to generate`. */
export function sceneWords({ taken, made }: { taken: number; made: number }): string {
  const parts = [
    ...(taken > 0 ? [`${taken} to be taken`] : []),
    ...(made > 0 ? [`${made} to generate`] : []),
  ];
  return parts.length === 0 ? 'nothing to generate' : parts.join(', ');
}

export type HaveSums = Record<Place | 'wanted' | 'bad' | 'salvaged' | 'generations', number>;

/** All nodes together. */
export function haveSums(nodes: readonly RecoveryNode[]): HaveSums {
  const sums = { wanted: 0, cache: 0, bad: 0, local: 0, store: 0, journal: 0, salvaged: 0, generations: 0 };
  for (const node of nodes) {
    for (const key of Object.keys(sums) as (keyof HaveSums)[]) sums[key] += node[key];
  }
  return sums;
}

/** How full a place is, by count and by mark. */
export interface HaveCell {
  mark: Mark;
  /** `4/4`. */
  text: string;
  /** `all 4 of 4`, for a screen reader and on hover. */
  words: string;
}

/** All of it, some of it, or nothing. What is gone or wrong in the cache outweighs what is there. */
export function haveCell(node: RecoveryNode, place: Place): HaveCell {
  const count = node[place];
  const { wanted, bad } = node;
  const text = `${count}/${wanted}`;
  if (place === 'cache' && bad > 0) {
    return { mark: 'failed', text, words: `${count} of ${wanted}, ${bad} gone or wrong` };
  }
  if (count === 0) return { mark: 'skipped', text, words: wanted === 0 ? 'nothing wanted' : 'none' };
  if (count < wanted) return { mark: 'working', text, words: `${count} of ${wanted}` };
  return { mark: 'done', text, words: `all ${wanted}` };
}

/** The sums in a sentence, for who does not read the columns. */
export function sumsSentence(sums: HaveSums): string {
  const { wanted, cache, salvaged, generations, bad } = sums;
  const parts = [
    `${cache} of ${counted(wanted, 'candidate')} in the workflow`,
    ...(bad > 0 ? [`${bad} gone or wrong`] : []),
    ...(salvaged > 0 ? [`${salvaged} to be taken without generating`] : []),
    generations === 0 ? 'nothing to generate' : `${generations} to generate`,
  ];
  return `${parts.join(', ')}.`;
}
