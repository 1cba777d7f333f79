import ELK from 'elkjs/lib/elk.bundled.js';
import { describe, expect, it } from 'vitest';
import { type GraphTab, graphTab, type Places } from './graph-model.ts';
import { partsOf, tidyPlaces } from './graph-tidy.ts';
import { drawn, link, scenes, scenesTab } from './test-graph.ts';

const elk = new ELK();
const tidy = (tab: GraphTab) => tidyPlaces(tab, (graph) => elk.layout(graph));

const at = (places: Places, id: number) => {
  const place = places.get(id);
  if (!place) throw new Error(`node ${id} has no place`);
  return place;
};

/** Pairs of cards that lie on each other. */
function overlaps(tab: GraphTab, places: Places): [number, number][] {
  return tab.cards.flatMap((a, i) =>
    tab.cards.slice(i + 1).flatMap((b): [number, number][] => {
      const [p, q] = [at(places, a.id), at(places, b.id)];
      const apart =
        p.x + a.size.width <= q.x ||
        q.x + b.size.width <= p.x ||
        p.y + a.size.height <= q.y ||
        q.y + b.size.height <= p.y;
      return apart ? [] : [[a.id, b.id]];
    }),
  );
}

describe('the tidy arrangement', () => {
  it('leads from left to right, scene below scene in the order of the drawing, nothing on anything', async () => {
    const tab = scenesTab(12);
    const places = await tidy(tab);
    for (const { from, to } of tab.links) expect(at(places, from).x).toBeLessThan(at(places, to).x);
    for (let scene = 2; scene <= 12; scene++) {
      for (const above of [1, 2, 3, 4, 5]) {
        for (const below of [1, 2, 3, 4, 5]) {
          expect(at(places, 10 * (scene - 1) + above).y).toBeLessThan(at(places, 10 * scene + below).y);
        }
      }
    }
    expect(overlaps(tab, places)).toEqual([]);
  });

  it('goes by the drawing, not by the order in the file', async () => {
    const { nodes, ...rest } = scenes(3);
    const places = await tidy(graphTab({ ...rest, nodes: nodes.toReversed() }));
    expect(at(places, 12).y).toBeLessThan(at(places, 22).y);
    expect(at(places, 22).y).toBeLessThan(at(places, 32).y);
  });

  it('has a place for every node, also without any link and on a circle', async () => {
    const tab = graphTab({
      name: 'A',
      nodes: [drawn(1, 'other'), drawn(2, 'image'), drawn(3, 'image')],
      links: [link(2, 3), link(3, 2)],
    });
    const places = await tidy(tab);
    expect([...places.keys()].sort()).toEqual([1, 2, 3]);
    expect(overlaps(tab, places)).toEqual([]);
  });
});

describe('what is laid out by itself', () => {
  it('is a scene, when the sources that all scenes share are taken out', () => {
    const { parts, shared } = partsOf(scenesTab(3));
    expect(parts.map((part) => part.map(({ id }) => id).sort())).toEqual([
      [11, 12, 13, 14, 15],
      [21, 22, 23, 24, 25],
      [31, 32, 33, 34, 35],
    ]);
    expect(shared.map(({ id }) => id)).toEqual([1]);
  });

  it('is two scenes when one goes on with the picture of the other', () => {
    const { links, ...rest } = scenes(3);
    const { parts } = partsOf(graphTab({ ...rest, links: [...links, link(13, 22, 'image 2')] }));
    expect(parts.map((part) => part.length)).toEqual([10, 5]);
  });
});
