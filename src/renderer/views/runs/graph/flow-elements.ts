import { Position } from '@xyflow/react';
import type { CardNode } from './graph-card.tsx';
import type { LinkEdge } from './graph-edge.tsx';
import { type GraphTab, LINK_HEIGHT, type Places } from './graph-model.ts';

/**
 * A tab as React Flow takes it. Sizes and ends of links are given beforehand: React Flow would else put every node into
 * the page once to measure it. Pure.
 */
export function flowElements(tab: GraphTab, places: Places): { nodes: CardNode[]; edges: LinkEdge[] } {
  const nodes = tab.cards.map((card): CardNode => {
    const { width, height } = card.size;
    return {
      id: String(card.id),
      type: 'card',
      position: places.get(card.id) ?? { x: 0, y: 0 },
      data: { card },
      width,
      height,
      measured: { width, height },
      handles: [
        { type: 'source', position: Position.Right, x: width, y: LINK_HEIGHT, width: 0, height: 0 },
        { type: 'target', position: Position.Left, x: 0, y: LINK_HEIGHT, width: 0, height: 0 },
      ],
      // The card inside has the role and the name.
      domAttributes: { 'aria-roledescription': undefined },
    };
  });
  const edges = tab.links.map(
    (link): LinkEdge => ({
      id: link.id,
      type: 'link',
      source: String(link.from),
      target: String(link.to),
      data: { link },
      ariaRole: 'presentation',
      ariaLabel: '',
      domAttributes: { 'aria-roledescription': undefined, 'aria-hidden': true },
    }),
  );
  return { nodes, edges };
}
