import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedNode } from './plan.ts';
import { decide, type Standing } from './schedule.ts';

const node = (
  nodeId: number,
  more: { kind?: 'image' | 'video'; scene?: number; tab?: number; needs?: number[] } = {},
) =>
  ({
    nodeId,
    kind: more.kind ?? 'image',
    scene: more.scene ?? nodeId,
    needs: more.needs ?? [],
    node: { tabIndex: more.tab ?? 0 },
  }) as PlannedNode;

const at = (entries: Record<number, Standing>) =>
  new Map(Object.entries(entries).map(([id, s]) => [Number(id), s]));

describe('what starts next', () => {
  it('is images before videos, then tab and scene', () => {
    const nodes = [
      node(1, { kind: 'video', scene: 1 }),
      node(2, { scene: 3 }),
      node(3, { scene: 1, tab: 1 }),
      node(4, { scene: 2 }),
    ];
    const standing = at({ 1: 'waiting', 2: 'waiting', 3: 'waiting', 4: 'waiting' });
    expect(decide(nodes, standing, 9).start.map((n) => n.nodeId)).toEqual([4, 2, 3, 1]);
    expect(decide(nodes, standing, 2).start.map((n) => n.nodeId)).toEqual([4, 2]);
    expect(decide(nodes, standing, 0).start).toEqual([]);
  });

  it('waits for what it needs, and starts a video as soon as its own picture is there', () => {
    const nodes = [
      node(1),
      node(2),
      node(3, { kind: 'video', needs: [1] }),
      node(4, { kind: 'video', needs: [2] }),
    ];
    const standing = at({ 1: 'done', 2: 'running', 3: 'waiting', 4: 'waiting' });
    expect(decide(nodes, standing, 9).start.map((n) => n.nodeId)).toEqual([3]);
  });

  it('skips what hangs on a failure, and says on which', () => {
    const nodes = [node(1), node(2, { needs: [1] })];
    expect(decide(nodes, at({ 1: 'failed', 2: 'waiting' }), 9)).toMatchObject({
      start: [],
      skip: [{ because: 1 }],
    });
  });

  it('lets what needs a held node wait too: a pick may come', () => {
    const nodes = [node(1), node(2, { needs: [1] })];
    expect(decide(nodes, at({ 1: 'held', 2: 'waiting' }), 9)).toEqual({ start: [], skip: [] });
  });

  it('brings every graph to an end, with never more at once than allowed', () => {
    const graph = fc
      .array(
        fc.record({
          video: fc.boolean(),
          needs: fc.array(fc.nat(30), { maxLength: 3 }),
          fails: fc.boolean(),
        }),
        { minLength: 1, maxLength: 30 },
      )
      .map((entries) =>
        entries.map((entry, i) => ({ ...entry, needs: entry.needs.filter((need) => need < i) })),
      );
    fc.assert(
      fc.property(graph, fc.integer({ min: 1, max: 5 }), (entries, limit) => {
        const nodes = entries.map((entry, i) =>
          node(i, { kind: entry.video ? 'video' : 'image', needs: entry.needs }),
        );
        const standing = new Map<number, Standing>(nodes.map((n) => [n.nodeId, 'waiting']));
        const running: number[] = [];
        for (let step = 0; step < 1000; step++) {
          const { start, skip } = decide(nodes, standing, limit - running.length);
          for (const entry of skip) standing.set(entry.node.nodeId, 'skipped');
          for (const entry of start) {
            expect(entry.needs.every((need) => standing.get(need) === 'done')).toBe(true);
            standing.set(entry.nodeId, 'running');
            running.push(entry.nodeId);
          }
          expect(running.length).toBeLessThanOrEqual(limit);
          if (skip.length > 0) continue;
          const ended = running.shift();
          if (ended === undefined) break;
          standing.set(ended, entries[ended]?.fails ? 'failed' : 'done');
        }
        expect([...standing.values()].filter((s) => s === 'waiting' || s === 'running')).toEqual([]);
      }),
    );
  });
});
