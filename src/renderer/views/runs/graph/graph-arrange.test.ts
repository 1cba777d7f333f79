import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asDrawn, type Box, boundsOf, cardAt, firstView, fitView, withInSight } from './graph-arrange.ts';
import { graphTab } from './graph-model.ts';
import { anyTab, drawn, scenesTab } from './test-graph.ts';

const window = { width: 1000, height: 700 };

describe('the graph as drawn', () => {
  it('has the places of the file where cards have room', () => {
    const places = asDrawn(scenesTab(2));
    expect(places.get(22)).toEqual({ x: 680, y: 400 });
  });

  it('is pulled apart evenly where cards would lie on each other', () => {
    const tab = graphTab({
      name: 'A',
      nodes: [
        drawn(1, 'image', { pos: [-100, -50] }),
        drawn(2, 'image', { pos: [100, -50] }),
        drawn(3, 'image', { pos: [100, 950] }),
      ],
      links: [],
    });
    const places = asDrawn(tab);
    const width = tab.cards[0]?.size.width ?? 0;
    expect(places.get(1)).toEqual({ x: 0, y: 0 });
    expect(places.get(2)?.x).toBeGreaterThan(width);
    expect(places.get(3)?.y).toBe(5 * (places.get(3)?.x ?? 0));
  });

  it('is not torn apart by two nodes that lie on each other', () => {
    const tab = graphTab({
      name: 'A',
      nodes: [
        drawn(1, 'image'),
        drawn(2, 'image'),
        drawn(3, 'image', { pos: [1, 2] }),
        drawn(4, 'image', { pos: [400, 0] }),
      ],
      links: [],
    });
    expect(asDrawn(tab).get(4)).toEqual({ x: 400, y: 0 });
  });

  it('keeps who stands left of whom and above whom, whatever the drawing', () => {
    fc.assert(
      fc.property(anyTab, (tab) => {
        const places = asDrawn(tab);
        for (const a of tab.cards) {
          for (const b of tab.cards) {
            const [from, to] = [tab.drawn.get(a.id), tab.drawn.get(b.id)];
            const [p, q] = [places.get(a.id), places.get(b.id)];
            if (!from || !to || !p || !q) throw new Error('a card has no place');
            expect(Math.sign(q.x - p.x)).toBe(Math.sign(to.x - from.x));
            expect(Math.sign(q.y - p.y)).toBe(Math.sign(to.y - from.y));
          }
        }
      }),
    );
  });
});

describe('a view of the graph', () => {
  const inside = (box: Box, view: { x: number; y: number; zoom: number }) =>
    box.x * view.zoom + view.x >= 0 &&
    box.y * view.zoom + view.y >= 0 &&
    (box.x + box.width) * view.zoom + view.x <= window.width &&
    (box.y + box.height) * view.zoom + view.y <= window.height;

  it('has everything in it after 0', () => {
    const tab = scenesTab(20);
    const bounds = boundsOf(tab, asDrawn(tab));
    expect(inside(bounds, fitView(bounds, window))).toBe(true);
  });

  it('shows a tower of hundreds of scenes from its top after 0, where cards can still be told apart', () => {
    const tab = scenesTab(300);
    const view = fitView(boundsOf(tab, asDrawn(tab)), window);
    expect(view.zoom).toBeGreaterThanOrEqual(0.05);
    expect(inside({ x: 0, y: 0, width: 1700, height: 5000 }, view)).toBe(true);
  });

  it('begins with everything when that can be read, else at the upper left', () => {
    const few = scenesTab(1);
    const many = scenesTab(30);
    const bounds = boundsOf(many, asDrawn(many));
    const all = boundsOf(few, asDrawn(few));
    expect(inside(all, firstView(all, window))).toBe(true);
    const first = firstView(bounds, window);
    expect(first.zoom).toBeGreaterThanOrEqual(0.5);
    expect(inside({ x: 0, y: 0, width: 272, height: 96 }, first)).toBe(true);
  });

  it('moves to a card that is out of sight, and not for one that is in it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -5000, max: 5000 }),
        fc.integer({ min: -5000, max: 5000 }),
        fc.double({ min: 0.1, max: 1.5, noNaN: true }),
        (x, y, zoom) => {
          const card = { x, y, width: 272, height: 164 };
          const moved = withInSight({ x: 0, y: 0, zoom }, card, window);
          expect(inside(card, moved)).toBe(true);
          expect(moved.zoom).toBe(zoom);
          const again = withInSight(moved, card, window);
          expect(again.x).toBeCloseTo(moved.x);
          expect(again.y).toBeCloseTo(moved.y);
        },
      ),
    );
    const still = { x: 0, y: 0, zoom: 1 };
    expect(withInSight(still, { x: 300, y: 300, width: 100, height: 100 }, window)).toBe(still);
  });

  it('finds the card under the pointer, or the nearest one within reach', () => {
    const tab = scenesTab(2);
    const places = asDrawn(tab);
    expect(cardAt(tab, places, { x: 700, y: 420 }, 10)).toBe(22);
    expect(cardAt(tab, places, { x: 675, y: 420 }, 10)).toBe(22);
    expect(cardAt(tab, places, { x: 640, y: 420 }, 10)).toBeNull();
  });
});
