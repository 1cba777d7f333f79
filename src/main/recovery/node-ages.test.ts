import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FormerNodes, nodeAges } from './node-ages.ts';
import { generationNode } from './testing/seen-plan.ts';

const NOW = 1_000_000;
const was = (
  at: number,
  more: Parameters<typeof generationNode>[1] = {},
  reason = 'pre-run',
): FormerNodes => ({
  at,
  reason,
  nodes: [generationNode(3, more)],
});
const reference = (value: string) => ({
  inputs: [
    { label: 'image 1', slot: 'reference' as const, source: { kind: 'media' as const, nodeId: 1, value } },
  ],
});
const changedAt = (former: FormerNodes[], today: Parameters<typeof generationNode>[1] = {}, row = 1) =>
  nodeAges([generationNode(3, today)], former, NOW).changedAt(3, row);

describe('when a node was last another', () => {
  it('is the time of the newest backup whose prompt differs', () => {
    expect(changedAt([was(100, { prompts: ['old'] }), was(300, { prompts: ['older'] }), was(500)])).toBe(300);
    expect(changedAt([was(100), was(500)])).toBeNull();
    expect(changedAt([])).toBeNull();
  });

  it('goes row by row: a row that was added changes no other', () => {
    const today = { prompts: ['one', 'two', 'three'] };
    expect(changedAt([was(100, { prompts: ['one'] })], today, 1)).toBeNull();
    expect(changedAt([was(100, { prompts: ['one'] })], today, 2)).toBeNull();
    expect(changedAt([was(100, { prompts: ['one', 'zwei'] })], today, 2)).toBe(100);
  });

  it('counts another reference, but not the address a run puts in place of a path', () => {
    const stored = reference(`file:///data/objects/refs/${'a'.repeat(64)}.png`);
    expect(changedAt([was(100, reference('../refs/avatar.png'))], stored)).toBeNull();
    expect(changedAt([was(100, reference('https://cdn.example/avatar.png'))], stored)).toBe(100);
    expect(changedAt([was(100, reference('../refs/a.png'))], reference('../refs/b.png'))).toBe(100);
    expect(changedAt([was(100)], reference('../refs/b.png'))).toBe(100);
  });

  it('hears nothing from backups of the future, and nothing of nodes they do not have', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 * NOW })), (times) => {
        const found = changedAt(times.map((at) => was(at, { prompts: ['another'] })));
        const past = times.filter((at) => at <= NOW);
        expect(found).toBe(past.length === 0 ? null : Math.max(...past));
      }),
    );
    expect(changedAt([{ at: 100, reason: 'pre-run', nodes: [generationNode(4)] }])).toBeNull();
  });
});

describe('when output was cleared', () => {
  const clearedAt = (former: FormerNodes[], candidate: number, saved: (string | null)[] = []) =>
    nodeAges([generationNode(3, { saved })], former, NOW).clearedAt(3, 1, candidate);

  it('is the time of a wipe, or of a run that found it stale, which had this very candidate', () => {
    for (const reason of ['pre-cache-wipe', 'pre-run']) {
      const before = was(100, { saved: ['a', null, 'c', null] }, reason);
      expect(clearedAt([before], 1)).toBe(100);
      expect(clearedAt([before], 2)).toBeNull();
      expect(clearedAt([before, was(50, { saved: ['x', 'y'] }, reason)], 2)).toBe(50);
    }
  });

  it('is not that of a restore, which takes back what it brought', () => {
    expect(clearedAt([was(100, { saved: ['a'] }, 'pre-restore')], 1)).toBeNull();
  });

  it('is unknown of what has an address still, there or under another place', () => {
    const before = was(100, { saved: ['a', 'b'] });
    expect(clearedAt([before], 1, ['https://cdn.example/moved.png'])).toBeNull();
    expect(clearedAt([before], 1, [null, 'a'])).toBeNull();
  });
});
