import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asDrawn } from './graph-arrange.ts';
import { graphTab } from './graph-model.ts';
import { columnsOf, moveOnGraph } from './graph-moves.ts';
import { anyTab, drawn, link, scenesTab } from './test-graph.ts';

const keys = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'];

describe('going over the graph with keys', () => {
  const tab = scenesTab(3);
  const places = asDrawn(tab);
  const columns = columnsOf(tab, places);
  const go = (from: number, ...presses: string[]) =>
    presses.reduce((at, key) => moveOnGraph(at, key, tab, places, columns) ?? at, from);

  it('follows the links of a scene to its end and back', () => {
    expect(go(21, 'ArrowRight')).toBe(22);
    expect(go(21, 'ArrowRight', 'ArrowRight', 'ArrowRight')).toBe(25);
    expect(go(25, 'ArrowLeft')).toBe(23);
    expect(go(22, 'ArrowLeft')).toBe(21);
  });

  it('goes from scene to scene up and down', () => {
    expect(go(22, 'ArrowDown')).toBe(32);
    expect(go(22, 'ArrowUp')).toBe(12);
  });

  it('stays where there is nothing further', () => {
    expect(go(35, 'ArrowRight')).toBe(35);
    expect(go(12, 'ArrowUp')).toBe(12);
  });

  it('leaves other keys to others', () => {
    expect(moveOnGraph(12, 'n', tab, places, columns)).toBeNull();
  });

  it('comes to every node from every node', () => {
    fc.assert(
      fc.property(anyTab, (any) => {
        const at = asDrawn(any);
        const inColumns = columnsOf(any, at);
        const start = any.cards.at(-1)?.id ?? 0;
        const reached = new Set([start]);
        for (const from of reached) {
          for (const key of keys) reached.add(moveOnGraph(from, key, any, at, inColumns) ?? from);
        }
        expect(reached.size).toBe(any.cards.length);
      }),
    );
  });

  it('comes to nodes on a circle, too', () => {
    const circle = graphTab({
      name: 'A',
      nodes: [drawn(1, 'image'), drawn(2, 'image', { pos: [0, 100] })],
      links: [link(1, 2), link(2, 1)],
    });
    const at = asDrawn(circle);
    expect(moveOnGraph(1, 'ArrowDown', circle, at, columnsOf(circle, at))).toBe(2);
  });
});
