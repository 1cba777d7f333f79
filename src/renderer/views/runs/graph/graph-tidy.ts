import type { ElkNode, LayoutOptions } from 'elkjs/lib/elk-api.js';
import { type GraphCard, type GraphTab, LINK_HEIGHT, type Places, type Point } from './graph-model.ts';

/**
 * Lays a tab out anew, from left to right. ELK takes minutes for thousands of nodes whose order it must keep, so it
 * lays out each scene by itself: what hangs together once the sources that scenes share are taken out. The scenes then
 * stand below each other in the order of the drawing, and the shared sources left of them. Pure, but for ELK.
 */

/** Lays out one graph; ELK in the page's worker. */
export type LayOut = (graph: ElkNode) => Promise<ElkNode>;

const BETWEEN_COLUMNS = 80;
const BETWEEN_CARDS = 24;
const BETWEEN_PARTS = 56;

/** Above this many cards the order within a part is left to ELK: to keep it takes the square of their number. */
const MOST_IN_ORDER = 150;

export async function tidyPlaces(tab: GraphTab, layOut: LayOut): Promise<Places> {
  const { parts, shared } = partsOf(tab);
  const places = new Map<number, Point>();
  const left = shared.length > 0 ? Math.max(...shared.map(({ size }) => size.width)) + BETWEEN_COLUMNS : 0;
  let top = 0;
  for (const part of parts) {
    const laid = await layOut(elkGraph(part, tab));
    for (const { id, x = 0, y = 0 } of laid.children ?? []) {
      places.set(Number(id), { x: left + x, y: top + y });
    }
    top += (laid.height ?? 0) + BETWEEN_PARTS;
  }
  let sharedTop = 0;
  for (const { id, size } of shared) {
    places.set(id, { x: 0, y: sharedTop });
    sharedTop += size.height + BETWEEN_CARDS;
  }
  return places;
}

/** What hangs together without the sources that several scenes share; each part in the order of the drawing. */
export function partsOf(tab: GraphTab): { parts: GraphCard[][]; shared: GraphCard[] } {
  const isShared = (id: number) => tab.from.get(id)?.some((link) => link.shared) ?? false;
  const owner = new Map<number, number>();
  const ownerOf = (id: number): number => {
    let at = id;
    for (let next = owner.get(at); next !== undefined; next = owner.get(at)) at = next;
    if (at !== id) owner.set(id, at);
    return at;
  };
  for (const { from, to, shared } of tab.links) {
    if (shared || ownerOf(from) === ownerOf(to)) continue;
    owner.set(ownerOf(from), ownerOf(to));
  }
  const drawnAt = ({ id }: GraphCard) => tab.drawn.get(id) ?? { x: 0, y: 0 };
  const inOrder = tab.cards.toSorted((a, b) => drawnAt(a).y - drawnAt(b).y || drawnAt(a).x - drawnAt(b).x);
  const own = inOrder.filter(({ id }) => !isShared(id));
  return {
    parts: [...Map.groupBy(own, ({ id }) => ownerOf(id)).values()],
    shared: inOrder.filter(({ id }) => isShared(id)),
  };
}

const options: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
  'elk.spacing.nodeNode': String(BETWEEN_CARDS),
  'elk.spacing.componentComponent': String(BETWEEN_PARTS),
  'elk.layered.spacing.nodeNodeBetweenLayers': String(BETWEEN_COLUMNS),
  // Links are drawn as curves of our own: ways around cards would only push the columns of a scene apart.
  'elk.edgeRouting': 'POLYLINE',
};

const ordered: LayoutOptions = { 'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES' };

function elkGraph(part: readonly GraphCard[], tab: GraphTab): ElkNode {
  const inside = new Set(part.map(({ id }) => id));
  return {
    id: 'part',
    layoutOptions: part.length > MOST_IN_ORDER ? options : { ...options, ...ordered },
    children: part.map(({ id, size }) => ({
      id: String(id),
      ...size,
      layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
      ports: [
        { id: `${id}<`, x: 0, y: LINK_HEIGHT, width: 0, height: 0 },
        { id: `${id}>`, x: size.width, y: LINK_HEIGHT, width: 0, height: 0 },
      ],
    })),
    edges: part
      .flatMap(({ id }) => tab.from.get(id) ?? [])
      .filter(({ from, to }) => inside.has(from) && inside.has(to))
      .map(({ id, from, to }) => ({ id, sources: [`${from}>`], targets: [`${to}<`] })),
  };
}
