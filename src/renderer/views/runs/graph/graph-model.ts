import type { NodeKind } from '../../../../shared/domain.ts';
import type { RunGraph, RunGraphNode } from '../../../../shared/run-graph.ts';

/** The nodes and links of one tab as the graph shows them: all that does not change while the run goes on. Pure. */

/** In canvas units, which are pixels at a zoom of 1. */
export interface Point {
  x: number;
  y: number;
}
export interface Size {
  width: number;
  height: number;
}

/** Where the upper left corner of each node stands. */
export type Places = ReadonlyMap<number, Point>;

/** A node of the workflow, drawn as a card. */
export interface GraphCard {
  id: number;
  title: string;
  kind: NodeKind;
  size: Size;
  /**
   * Generation nodes this one is about: itself, the one whose gallery a gate shows, or those that a prompt or a media
   * node goes into.
   */
  about: readonly number[];
  /** The generation node and its slot that a prompt or a picture goes straight into, if it does. */
  into: { nodeId: number; slot: string } | null;
}

export interface GraphLink {
  id: string;
  from: number;
  to: number;
  slot: string;
  /** It comes from a node that several parts of the workflow share, such as a picture of a person. */
  shared: boolean;
}

export interface GraphTab {
  name: string;
  /** In the order of the file; each id once. */
  cards: readonly GraphCard[];
  byId: ReadonlyMap<number, GraphCard>;
  links: readonly GraphLink[];
  /** Links by the node they begin and end at. */
  from: ReadonlyMap<number, readonly GraphLink[]>;
  to: ReadonlyMap<number, readonly GraphLink[]>;
  /** As in the file. */
  drawn: Places;
}

const WIDTH = 272;
/** How far below the upper edge of a card its links begin and end: beside the title. */
export const LINK_HEIGHT = 24;

/** A source whose links go to more places than this is shared: its links are led along a common way. */
const MOST_OWN_LINKS = 2;

const isGeneration = (kind: NodeKind) => kind === 'image' || kind === 'video';

/** The cards and links of one tab. A node that stands in the file twice is taken once. */
export function graphTab(tab: RunGraph['tabs'][number]): GraphTab {
  const nodes = new Map<number, RunGraphNode>();
  for (const node of tab.nodes) if (!nodes.has(node.nodeId)) nodes.set(node.nodeId, node);
  const ends = tab.links.filter(({ from, to }) => nodes.has(from) && nodes.has(to) && from !== to);
  const fanOut = Map.groupBy(ends, (link) => link.from);
  const hasInput = new Set(ends.map((link) => link.to));
  const links = ends.map(
    (link, i): GraphLink => ({
      ...link,
      id: `link-${i}`,
      shared: !hasInput.has(link.from) && (fanOut.get(link.from)?.length ?? 0) > MOST_OWN_LINKS,
    }),
  );
  const from = Map.groupBy(links, (link) => link.from);
  const to = Map.groupBy(links, (link) => link.to);
  const cards = [...nodes.values()].map((node): GraphCard => {
    const into = goesInto(node, from, nodes);
    return {
      id: node.nodeId,
      title: node.title.trim() || `Node ${node.nodeId}`,
      kind: node.kind,
      size: { width: WIDTH, height: heightOf(node.kind, into !== null) },
      about: aboutOf(node, { from, to, nodes }),
      into,
    };
  });
  return {
    name: tab.name,
    cards,
    byId: new Map(cards.map((card) => [card.id, card])),
    links,
    from,
    to,
    drawn: new Map([...nodes.values()].map(({ nodeId, pos: [x, y] }) => [nodeId, { x, y }])),
  };
}

/** What is emphasised for a node: all that it is made from, and all that is made from it. */
export interface GraphPath {
  nodes: ReadonlySet<number>;
  /** Ids of links. */
  links: ReadonlySet<string>;
}

export const noPath: GraphPath = { nodes: new Set(), links: new Set() };

export function pathThrough(tab: GraphTab, id: number): GraphPath {
  const nodes = new Set([id]);
  const links = new Set<string>();
  const follow = (next: GraphTab['from'], end: (link: GraphLink) => number) => {
    const seen = new Set([id]);
    const open = [id];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const link of next.get(at) ?? []) {
        links.add(link.id);
        const other = end(link);
        if (seen.has(other)) continue;
        seen.add(other);
        nodes.add(other);
        open.push(other);
      }
    }
  };
  follow(tab.to, (link) => link.from);
  follow(tab.from, (link) => link.to);
  return { nodes, links };
}

type Surroundings = Pick<GraphTab, 'from' | 'to'> & { nodes: ReadonlyMap<number, RunGraphNode> };

function aboutOf(node: RunGraphNode, { from, to, nodes }: Surroundings): number[] {
  if (isGeneration(node.kind)) return [node.nodeId];
  return node.kind === 'gate'
    ? nearestGeneration(node.nodeId, to, (link) => link.from, nodes).slice(0, 1)
    : nearestGeneration(node.nodeId, from, (link) => link.to, nodes);
}

/** Generation nodes one comes to along links in one direction, through nodes that generate nothing. */
function nearestGeneration(
  id: number,
  next: GraphTab['from'],
  end: (link: GraphLink) => number,
  nodes: ReadonlyMap<number, RunGraphNode>,
): number[] {
  const seen = new Set([id]);
  const open = [id];
  const found: number[] = [];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    for (const link of next.get(at) ?? []) {
      const other = end(link);
      if (seen.has(other)) continue;
      seen.add(other);
      const kind = nodes.get(other)?.kind;
      if (kind !== undefined && isGeneration(kind)) found.push(other);
      else open.push(other);
    }
  }
  return found;
}

function goesInto(
  node: RunGraphNode,
  from: GraphTab['from'],
  nodes: ReadonlyMap<number, RunGraphNode>,
): GraphCard['into'] {
  if (node.kind !== 'prompt' && node.kind !== 'media') return null;
  const link = from.get(node.nodeId)?.find(({ to }) => isGeneration(nodes.get(to)?.kind ?? 'other'));
  return link ? { nodeId: link.to, slot: link.slot } : null;
}

/** Cards have their height beforehand, so that nothing moves when pictures come. */
function heightOf(kind: NodeKind, goesIntoGeneration: boolean): number {
  if (isGeneration(kind)) return 164;
  if (kind === 'gate') return 88;
  return goesIntoGeneration ? 96 : 48;
}
