import type { GraphTab, Places, Point, Size } from './graph-model.ts';

/** Where the cards of a tab stand, as drawn in the file; and what of it is in sight. Pure. */

export interface Box extends Point, Size {}

/** How far the drawing may be pulled apart to make room for cards that are larger than the nodes of the file. */
const MOST_PULL = 2;
const ROOM = 16;

/**
 * The places of the file, pulled apart evenly as far as cards would lie on each other, and moved to begin at 0, 0. What
 * lies closer together than twice the room can mend stays as it is: one such pair must not tear the rest apart.
 */
export function asDrawn(tab: Pick<GraphTab, 'cards' | 'drawn'>): Places {
  const cards = tab.cards.map(({ id, size }) => ({ ...size, ...(tab.drawn.get(id) ?? { x: 0, y: 0 }), id }));
  const left = cards.reduce((least, { x }) => Math.min(least, x), Infinity);
  const top = cards.reduce((least, { y }) => Math.min(least, y), Infinity);
  const pull = pullOf(cards);
  return new Map(cards.map(({ id, x, y }) => [id, { x: (x - left) * pull, y: (y - top) * pull }]));
}

function pullOf(boxes: readonly Box[]): number {
  let pull = 1;
  // Only neighbours are compared: workflows are long from top to bottom.
  const down = boxes.toSorted((a, b) => a.y - b.y);
  down.forEach((upper, i) => {
    for (let k = i + 1; k < down.length; k++) {
      const lower = down[k];
      if (!lower || lower.y - upper.y >= upper.height + ROOM) break;
      const leftmost = lower.x < upper.x ? lower : upper;
      const needed = Math.min(
        (upper.height + ROOM) / (lower.y - upper.y),
        (leftmost.width + ROOM) / Math.abs(lower.x - upper.x),
      );
      if (needed <= MOST_PULL) pull = Math.max(pull, needed);
    }
  });
  return pull;
}

/** The box around all cards. */
export function boundsOf(tab: Pick<GraphTab, 'cards'>, places: Places): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { id, size } of tab.cards) {
    const at = places.get(id);
    if (!at) continue;
    left = Math.min(left, at.x);
    top = Math.min(top, at.y);
    right = Math.max(right, at.x + size.width);
    bottom = Math.max(bottom, at.y + size.height);
  }
  return right < left
    ? { x: 0, y: 0, width: 0, height: 0 }
    : { x: left, y: top, width: right - left, height: bottom - top };
}

/** How the canvas is moved and scaled, as React Flow has it. */
export interface View extends Point {
  zoom: number;
}

export const MOST_ZOOM = 1.5;
const MARGIN = 32;

/** Below this a card is a dot: a tower of hundreds of scenes is then shown from its top, as wide as it is. */
const LEAST_FIT = 0.05;

/** The view that has everything in sight, or as much as can still be told apart. */
export function fitView(bounds: Box, window: Size): View {
  const wide = (window.width - 2 * MARGIN) / Math.max(bounds.width, 1);
  const high = (window.height - 2 * MARGIN) / Math.max(bounds.height, 1);
  const zoom = Math.max(0.001, Math.min(1, wide, Math.max(high, LEAST_FIT)));
  const above = (window.height - bounds.height * zoom) / 2;
  return {
    zoom,
    x: (window.width - bounds.width * zoom) / 2 - bounds.x * zoom,
    y: Math.max(MARGIN, above) - bounds.y * zoom,
  };
}

const LEAST_READABLE = 0.5;

/** The view one begins with: everything, as long as it can be read; else the upper left part of it. */
export function firstView(bounds: Box, window: Size): View {
  const all = fitView(bounds, window);
  if (all.zoom >= LEAST_READABLE) return all;
  const wide = fitView({ ...bounds, height: 0 }, window);
  const zoom = Math.max(LEAST_READABLE, wide.zoom);
  return { zoom, x: MARGIN - bounds.x * zoom, y: MARGIN - bounds.y * zoom };
}

/** The view moved just so far that a card is in sight; the very same when it is. */
export function withInSight(view: View, card: Box, window: Size): View {
  const x = view.x + shift(card.x * view.zoom + view.x, card.width * view.zoom, window.width);
  const y = view.y + shift(card.y * view.zoom + view.y, card.height * view.zoom, window.height);
  return x === view.x && y === view.y ? view : { ...view, x, y };
}

function shift(start: number, length: number, room: number): number {
  const margin = Math.min(MARGIN, Math.max(0, (room - length) / 2));
  if (start < margin) return margin - start;
  const over = start + length - (room - margin);
  return over > 0 ? -Math.min(over, start - margin) : 0;
}

/** The card at a point of the canvas, or the nearest within `reach` of it. */
export function cardAt(
  tab: Pick<GraphTab, 'cards'>,
  places: Places,
  point: Point,
  reach: number,
): number | null {
  let found: number | null = null;
  let nearest = reach;
  for (const { id, size } of tab.cards) {
    const at = places.get(id);
    if (!at) continue;
    const dx = Math.max(at.x - point.x, 0, point.x - at.x - size.width);
    const dy = Math.max(at.y - point.y, 0, point.y - at.y - size.height);
    const distance = Math.hypot(dx, dy);
    if (distance > nearest || (distance === nearest && found !== null)) continue;
    nearest = distance;
    found = id;
  }
  return found;
}
