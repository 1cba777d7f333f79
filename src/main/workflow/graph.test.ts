import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFixture } from './fixtures/expected.ts';
import { cyclesOf, graphOf, sourceOf, topologicalOrder } from './graph.ts';
import type { WorkflowNode } from './read.ts';
import { gate, media, parse, plain, testTab, testWorkflow } from './test-workflow.ts';

const graphs = (name: string) => openFixture(name).tabs.map(graphOf);
const ids = (nodes: WorkflowNode[]) => nodes.map((node) => node.id);

it('goes by the table, not by what nodes say of their links', () => {
  const [graph] = graphs('broken/09-stale-link-copies.nbflow');
  const image = graph?.byId.get(13);
  expect(image?.inputs[1]?.link).toBeNull();
  expect(graph && image && sourceOf(graph, image, 1)?.id).toBe(1);
});

it('a slot that nothing feeds, or is not there, has no source', () => {
  const graph = graphOf(
    testWorkflow([gate(1)]).tabs[0] ?? {
      index: 0,
      name: '',
      nodes: [],
      links: [],
      lastNodeId: null,
      lastLinkId: null,
    },
  );
  const node = graph.byId.get(1);
  expect(node && [sourceOf(graph, node, 0), sourceOf(graph, node, 9)]).toEqual([null, null]);
});

it('of two links into one slot the one counts that the slot itself names', () => {
  const tab = testTab('A', [media(1, 'a'), media(2, 'b'), gate(3)], [[1, 3, 'input']]);
  tab.graphData.links.unshift([900, 2, 0, 3, 0, '*']);
  const graph = parse({ tabs: [tab] }).tabs.map(graphOf)[0];
  const node = graph?.byId.get(3);
  expect(graph && node && sourceOf(graph, node, 0)?.id).toBe(1);
  expect(graph?.surplus.map((link) => link.id)).toEqual([900]);
});

it('finds the cycle of the fixture, and orders all that does not hang on it', () => {
  const [graph] = graphs('broken/12-cycle.nbflow');
  expect(graph && cyclesOf(graph).map(ids)).toEqual([[4, 5, 13, 14]]);
  const order = graph ? ids(topologicalOrder(graph)) : [];
  expect(order.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17]);
});

describe('of any graph', () => {
  const size = 8;
  const edges = fc.array(fc.tuple(fc.nat({ max: size - 1 }), fc.nat({ max: size - 1 })), { maxLength: 14 });
  const build = (pairs: [number, number][]) => {
    const nodes = Array.from({ length: size }, (_, i) => ({
      ...plain(i, ''),
      inputs: pairs.map((_, k) => `s${k}`),
    }));
    const tab = testTab(
      'A',
      nodes,
      pairs.map(([from, to], k) => [from, to, `s${k}`]),
    );
    return graphOf(
      parse({ tabs: [tab] }).tabs[0] ?? {
        index: 0,
        name: '',
        nodes: [],
        links: [],
        lastNodeId: null,
        lastLinkId: null,
      },
    );
  };
  const reaches = (pairs: [number, number][], from: number): Set<number> => {
    const seen = new Set<number>();
    const todo = [from];
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
      for (const [a, b] of pairs) {
        if (a === at && !seen.has(b)) {
          seen.add(b);
          todo.push(b);
        }
      }
    }
    return seen;
  };

  it('a node is on a cycle when it reaches itself; each cycle is one group', () => {
    fc.assert(
      fc.property(edges, (pairs) => {
        const groups = cyclesOf(build(pairs)).map(ids);
        const all = Array.from({ length: size }, (_, i) => i);
        expect(groups.flat().toSorted()).toEqual(all.filter((i) => reaches(pairs, i).has(i)));
        for (const group of groups) {
          for (const a of group) for (const b of group) expect(reaches(pairs, a).has(b)).toBe(true);
        }
      }),
    );
  });

  it('the order has every node behind what feeds it, and leaves out only what hangs on a cycle', () => {
    fc.assert(
      fc.property(edges, (pairs) => {
        const order = ids(topologicalOrder(build(pairs)));
        for (const [from, to] of pairs) {
          if (order.includes(to)) expect(order.indexOf(from)).toBeLessThan(order.indexOf(to));
        }
        const stuck = new Set<number>();
        for (let i = 0; i < size; i++) {
          if (!reaches(pairs, i).has(i)) continue;
          for (const node of reaches(pairs, i)) stuck.add(node);
        }
        expect(order.toSorted()).toEqual(
          Array.from({ length: size }, (_, i) => i).filter((i) => !stuck.has(i)),
        );
      }),
    );
  });
});
