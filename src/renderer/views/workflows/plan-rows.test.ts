import { describe, expect, it } from 'vitest';
import { type PlanNode, PlanReason } from '../../../shared/domain.ts';
import { isStale, planMark, planRows, planWords, wiped } from './plan-rows.ts';

const node = (nodeId: number, more: Partial<PlanNode> = {}): PlanNode => ({
  nodeId,
  tab: 'Account A',
  title: `Node ${nodeId}`,
  kind: 'image',
  scene: 1,
  rows: 1,
  candidates: 4,
  reason: 'missing',
  generations: 4,
  costUSD: 0.16,
  trusted: false,
  ...more,
});

const told = (rows: ReturnType<typeof planRows>) =>
  rows.map((row) => (row.kind === 'scene' ? `${row.tab} ${row.scene}: ${row.generations}` : row.node.nodeId));

const nodes = [
  node(9, { kind: 'video', costUSD: 1.6 }),
  node(4),
  node(22, { scene: 3, reason: 'cached', generations: 0, costUSD: 0 }),
  node(13, { scene: 2, reason: 'partial', generations: 1, costUSD: 0.04 }),
  node(100_004, { tab: 'Account B' }),
];

describe('what can be accepted as it is', () => {
  it('is output that is there and no longer fits, and nothing else', () => {
    const reasons = PlanReason.options[0].options.filter((reason) => isStale(node(1, { reason })));
    expect(reasons).toEqual(['prompt changed', 'reference changed', 'model changed', 'frame changed']);
  });
});

describe('the rows of a plan', () => {
  it('stand by tab and scene, images before videos, with the sums of each scene', () => {
    expect(told(planRows(nodes, 'all'))).toEqual([
      'Account A 1: 8',
      4,
      9,
      'Account A 2: 1',
      13,
      'Account A 3: 0',
      22,
      'Account B 1: 4',
      100_004,
    ]);
    expect(planRows(nodes, 'all')[0]).toMatchObject({ costUSD: 1.76 });
  });

  it('that generate and that do not are the two parts of all', () => {
    expect(told(planRows(nodes, 'generate'))).toEqual([
      'Account A 1: 8',
      4,
      9,
      'Account A 2: 1',
      13,
      'Account B 1: 4',
      100_004,
    ]);
    expect(told(planRows(nodes, 'reuse'))).toEqual(['Account A 3: 0', 22]);
  });
});

describe('the words of a planned node', () => {
  it('are there for every reason', () => {
    const plain = PlanReason.options[0].options;
    const words = [...plain, 'blocked by 14' as const].map((reason) => planWords(node(1, { reason })));
    expect(new Set(words).size).toBe(words.length);
    expect(words.every((text) => text.length > 5 && !text.includes('undefined'))).toBe(true);
  });

  it('tell how many candidates stay, what is trusted, what blocks, and what has no prompt', () => {
    expect(planWords(node(1, { reason: 'partial', generations: 1 }))).toContain('3 of 4 stay');
    expect(planWords(node(1, { reason: 'cached', trusted: true }))).toContain('another tool');
    expect(planWords(node(1, { reason: 'blocked by 14' }))).toContain('node 14');
    expect(planWords(node(1, { reason: 'missing', candidates: 0 }))).toContain('no prompt');
  });
});

it('a node is marked as to be made, reused or left out', () => {
  expect(planMark(node(1)).word).toBe('to generate');
  expect(planMark(node(1, { reason: 'cached', generations: 0 })).word).toBe('reused');
  expect(planMark(node(1, { reason: 'not wanted (images mode)', generations: 0 })).word).toBe('left out');
});

it('a clean run wipes what has output, with all its candidates', () => {
  const plan = {
    nodes: [node(1, { reason: 'forced' }), node(2, { reason: 'forced', candidates: 8 }), node(3)],
    totals: { nodes: 3, generations: 16, cached: 0, costUSD: 0, images: 16, videos: 0, estimateS: 1 },
  };
  expect(wiped(plan)).toEqual({ nodes: 2, candidates: 12 });
});
