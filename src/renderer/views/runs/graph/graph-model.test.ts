import { describe, expect, it } from 'vitest';
import { graphTab, pathThrough } from './graph-model.ts';
import { drawn, link, scenesTab } from './test-graph.ts';

describe('a card of the graph', () => {
  const tab = scenesTab(3);
  const about = (id: number) => tab.byId.get(id)?.about;

  it('is about the generation node that its output goes into, a gate about the one whose gallery it shows', () => {
    expect(about(12)).toEqual([12]);
    expect(about(11)).toEqual([12]);
    expect(about(13)).toEqual([12]);
    expect(about(14)).toEqual([15]);
    expect(about(1)).toEqual([12, 22, 32]);
  });

  it('has the height of its kind, whatever comes later', () => {
    const height = (id: number) => tab.byId.get(id)?.size.height;
    expect(height(12)).toBe(height(35));
    expect(height(13)).not.toBe(height(12));
  });

  it('is called by its number when it has no title', () => {
    expect(
      graphTab({ name: 'A', nodes: [drawn(7, 'prompt', { title: ' ' })], links: [] }).cards[0]?.title,
    ).toBe('Node 7');
  });
});

describe('links', () => {
  it('are shared when they come from a source of many scenes', () => {
    expect(
      scenesTab(3)
        .links.filter((each) => each.shared)
        .map((each) => each.to),
    ).toEqual([12, 22, 32]);
    expect(scenesTab(2).links.some((each) => each.shared)).toBe(false);
  });

  it('that lead nowhere, or back to where they began, are left out, and a node is taken once', () => {
    const tab = graphTab({
      name: 'A',
      nodes: [drawn(1, 'prompt'), drawn(2, 'image'), drawn(2, 'video')],
      links: [link(1, 2), link(2, 2), link(2, 99), link(98, 1)],
    });
    expect(tab.cards.map(({ id, kind }) => [id, kind])).toEqual([
      [1, 'prompt'],
      [2, 'image'],
    ]);
    expect(tab.links.map(({ from, to }) => [from, to])).toEqual([[1, 2]]);
  });
});

describe('the path of a node', () => {
  it('has what it is made from and what is made from it, and nothing of other scenes', () => {
    const path = pathThrough(scenesTab(3), 22);
    expect([...path.nodes].sort((a, b) => a - b)).toEqual([1, 21, 22, 23, 25]);
    expect(path.links.size).toBe(4);
  });

  it('ends on a circle', () => {
    const tab = graphTab({
      name: 'A',
      nodes: [drawn(1, 'image'), drawn(2, 'image')],
      links: [link(1, 2), link(2, 1)],
    });
    expect([...pathThrough(tab, 1).nodes]).toEqual([1, 2]);
  });
});
