import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutBoard } from './board-layout.ts';
import { nodesBetween, noSelection, type Selection, select, stillThere } from './selection.ts';
import { gate, node } from './test-nodes.ts';

const of = (...ids: number[]): Selection =>
  ids.reduce((now, id) => select(now, { kind: 'toggle', id }), noSelection);
const marked = (selection: Selection) => [...selection.marked].sort((a, b) => a - b);

describe('a selection', () => {
  it('takes a node in, and out again', () => {
    expect(marked(of(1, 2))).toEqual([1, 2]);
    expect(marked(of(1, 2, 1))).toEqual([2]);
  });

  it('keeps what was chosen one by one while a range grows and shrinks', () => {
    const grown = select(of(9), { kind: 'range', ids: [1, 2, 3], begins: true });
    expect(marked(grown)).toEqual([1, 2, 3, 9]);
    expect(marked(select(grown, { kind: 'range', ids: [1], begins: false }))).toEqual([1, 9]);
  });

  it('keeps a range that was drawn when the next one begins', () => {
    const drawn = select(noSelection, { kind: 'range', ids: [1, 2], begins: true });
    expect(marked(select(drawn, { kind: 'range', ids: [7], begins: true }))).toEqual([1, 2, 7]);
  });

  it('has each node once, however it was chosen', () => {
    const change = fc.oneof(
      fc.record({ kind: fc.constant('toggle' as const), id: fc.integer({ min: 1, max: 5 }) }),
      fc.record({
        kind: fc.constantFrom('add' as const, 'range' as const),
        ids: fc.array(fc.integer({ min: 1, max: 5 })),
        begins: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(fc.array(change), fc.integer({ min: 1, max: 5 }), (changes, id) => {
        const before = changes.reduce(select, noSelection);
        const twice = select(select(before, { kind: 'toggle', id }), { kind: 'toggle', id });
        expect(marked(twice)).toEqual(marked(before));
      }),
    );
  });

  it('loses the nodes that are gone, and is the very same where none is', () => {
    const { marked: both } = of(1, 2);
    expect(
      stillThere(
        both,
        new Map([
          [1, null],
          [2, null],
        ]),
      ),
    ).toBe(both);
    expect([...stillThere(both, new Map([[2, null]]))]).toEqual([2]);
  });
});

describe('a range on the board', () => {
  const nodes = [1, 2, 3].flatMap((scene) => [
    node(scene * 10, { scene, gates: [gate(scene * 100)] }),
    node(scene * 10 + 1, { scene, kind: 'video', needs: [scene * 10] }),
  ]);
  const byId = new Map(nodes.map((each) => [each.nodeId, each]));
  const { rows, stages } = layoutBoard(['A'], nodes);
  const column = (stage: (typeof stages)[number]) => stages.indexOf(stage);

  it('has the nodes of the cells between two corners, whichever is given first', () => {
    const from = { row: 0, column: column('image') };
    const to = { row: 1, column: column('gate') };
    expect(nodesBetween(rows, stages, byId, from, to)).toEqual([10, 20]);
    expect(nodesBetween(rows, stages, byId, to, from)).toEqual([10, 20]);
  });

  it('has pictures and clips where it reaches over both', () => {
    const from = { row: 1, column: column('image') };
    expect(nodesBetween(rows, stages, byId, from, { row: 2, column: column('video') })).toEqual([
      20, 21, 30, 31,
    ]);
  });
});
