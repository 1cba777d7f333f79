import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutBoard, MOST_BANDS, sameLayout, shapeOf, thumbSize } from './board-layout.ts';
import { candidate, gate, node } from './test-nodes.ts';

describe('the board', () => {
  it('puts a clip beside the picture it starts from, and scenes in order', () => {
    const { rows } = layoutBoard(
      ['Account A'],
      [
        node(21, { scene: 2, kind: 'video', needs: [20] }),
        node(10, { scene: 1 }),
        node(20, { scene: 2 }),
        node(11, { scene: 1, kind: 'video', needs: [10] }),
      ],
    );
    expect(rows.map((row) => row.slots)).toEqual([[{ image: 10, video: 11 }], [{ image: 20, video: 21 }]]);
  });

  it('gives a scene a line for each of several pictures, each with its own clip', () => {
    const { rows } = layoutBoard(
      ['A'],
      [
        node(1),
        node(2),
        node(3, { kind: 'video', needs: [2] }),
        node(4, { kind: 'video', needs: [1] }),
        node(5, { kind: 'video' }),
      ],
    );
    expect(rows.map((row) => row.slots[0])).toEqual([
      { image: 1, video: 4 },
      { image: 2, video: 3 },
      { image: null, video: 5 },
    ]);
    expect(rows.map((row) => row.firstOfScene)).toEqual([true, false, false]);
  });

  it('leaves a place empty where a tab has nothing for a scene', () => {
    const { rows, tabs } = layoutBoard(['A', 'B'], [node(1), node(2, { tabIndex: 1, scene: 2 })]);
    expect(tabs).toEqual(['A', 'B']);
    expect(rows[0]?.slots).toEqual([
      { image: 1, video: null },
      { image: null, video: null },
    ]);
    expect(rows[1]?.slots[1]).toEqual({ image: 2, video: null });
  });

  it('has only the stages the workflow has', () => {
    expect(layoutBoard([], [node(1)]).stages).toEqual(['prompt', 'image']);
    expect(layoutBoard([], [node(1, { gates: [gate(9)] }), node(2, { kind: 'video' })]).stages).toEqual([
      'prompt',
      'image',
      'gate',
      'video',
    ]);
  });

  it('shows the rows of a node, up to a limit', () => {
    const height = (rows: number) => layoutBoard([], [node(1, { rows })]).rows[0]?.height ?? 0;
    expect(height(2)).toBeGreaterThan(height(1));
    expect(height(MOST_BANDS + 3)).toBe(height(MOST_BANDS));
  });

  it('has each node exactly once, whatever the workflow looks like', () => {
    const nodes = fc.array(
      fc.record({
        tabIndex: fc.nat(3),
        scene: fc.integer({ min: 1, max: 5 }),
        kind: fc.constantFrom('image' as const, 'video' as const),
        needs: fc.array(fc.nat(20), { maxLength: 2 }),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(nodes, (made) => {
        const all = made.map((over, nodeId) => node(nodeId, over));
        const { rows } = layoutBoard(['A'], all);
        const shown = rows.flatMap((row) => row.slots.flatMap(({ image, video }) => [image, video]));
        expect(shown.filter((id) => id !== null).sort()).toEqual(all.map(({ nodeId }) => nodeId).sort());
        expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
      }),
    );
  });

  it('stays as it is while pictures arrive', () => {
    const before = [node(1), node(2)];
    const after = [before[0] ?? node(1), node(2, { state: 'done', candidates: [candidate(1, 1)] })];
    expect(sameLayout(before, after)).toBe(true);
    expect(sameLayout(before, [node(1), node(2, { scene: 2 })])).toBe(false);
    expect(sameLayout(before, [node(1)])).toBe(false);
  });
});

describe('the shape of a node', () => {
  it('is read from its aspect ratio, and that of a phone when there is none', () => {
    expect(shapeOf('16:9')).toEqual([16, 9]);
    expect(shapeOf('auto')).toEqual([9, 16]);
    expect(shapeOf('0:9')).toEqual([9, 16]);
  });

  it('fits the same square box lying or standing', () => {
    expect(thumbSize('9:16')).toEqual({ width: 41, height: 72 });
    expect(thumbSize('16:9')).toEqual({ width: 72, height: 41 });
    expect(thumbSize('1:1')).toEqual({ width: 72, height: 72 });
  });
});
