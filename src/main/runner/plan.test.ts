import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GenerationNode } from '../workflow/generation.ts';
import { formatCacheKey } from './cache-key.ts';
import { byNode } from './place.ts';
import { frameIdentities, galleryOf, type PlanFacts, partsOf, planRun, referencesOf } from './plan.ts';

const image = (nodeId: number, more: Partial<GenerationNode> = {}): GenerationNode => ({
  nodeId,
  tabIndex: 0,
  tab: 'Account A',
  title: `Scene 0${nodeId} — image gen`,
  kind: 'image',
  scene: nodeId,
  where: `tabs[0].graphData.nodes[${nodeId}]`,
  prompts: [`a picture of ${nodeId}`],
  perRow: 4,
  model: 'nano_banana_2',
  namedModel: 'nano_banana_2',
  aspectRatio: '9:16',
  negativePrompt: '',
  timeoutS: null,
  inputs: [],
  saved: [],
  cacheKey: null,
  gates: [],
  ...more,
});

const GATE = 900;
const video = (nodeId: number, from: number, more: Partial<GenerationNode> = {}): GenerationNode =>
  image(nodeId, {
    kind: 'video',
    model: 'veo_31_fast',
    namedModel: 'veo_31_fast',
    prompts: [`a clip of ${nodeId}`],
    inputs: [
      { label: 'start frame', slot: 'start frame', source: { kind: 'output', nodeId: from, gateId: GATE } },
    ],
    ...more,
  });

const facts = (more: Partial<PlanFacts> = {}): PlanFacts => ({
  mode: 'full',
  reroll: null,
  storedKeys: new Map(),
  referenceHash: () => null,
  pickAt: () => null,
  gone: new Set(),
  refImage: null,
  modelOf: (node) => node.model,
  priceOf: (node) => (node.kind === 'image' ? 0.04 : 0.4),
  concurrency: 3,
  maxTasks: 10,
  ...more,
});

const urls = (name: string, count = 4) =>
  Array.from({ length: count }, (_, i) => `https://store/${name}-c${i + 1}.png`);

/** The node as a run would have left it: output and the key it was made for. */
function made(
  node: GenerationNode,
  upstream: GenerationNode[] = [],
  more: Partial<PlanFacts> = {},
): GenerationNode {
  const saved = urls(`n${node.nodeId}`, node.prompts.length * node.perRow);
  const above = new Map(upstream.map((entry) => [entry.nodeId, { node: entry, keep: entry.saved }]));
  const all = facts(more);
  const frames = frameIdentities(node, above, all);
  const parts = partsOf(node, referencesOf(node, all.refImage), all.modelOf(node), frames, all.referenceHash);
  return { ...node, saved, cacheKey: formatCacheKey(parts, saved) };
}

const reasons = (nodes: GenerationNode[], more: Partial<PlanFacts> = {}) =>
  planRun(nodes, facts(more)).nodes.map((node) => node.reason);

describe('the plan', () => {
  it('makes what is missing, and counts and prices it', () => {
    const { nodes, totals } = planRun([image(1), video(2, 1)], facts());
    expect(nodes.map((node) => [node.reason, node.generations, node.costUSD])).toEqual([
      ['missing', 4, 0.16],
      ['missing', 4, 1.6],
    ]);
    expect(totals).toMatchObject({
      nodes: 2,
      generations: 8,
      cached: 0,
      costUSD: 1.76,
      images: 4,
      videos: 4,
    });
  });

  it('reuses what was made for exactly this', () => {
    const still = made(image(1));
    expect(reasons([still, made(video(2, 1), [still])])).toEqual(['cached', 'cached']);
  });

  it('says what changed', () => {
    const reference = {
      label: 'image 1',
      slot: 'reference' as const,
      source: { kind: 'media' as const, nodeId: 9, value: 'https://r2/a.jpg' },
    };
    const node = made(image(1, { inputs: [reference] }));
    expect(reasons([{ ...node, prompts: ['something else'] }])).toEqual(['prompt changed']);
    expect(reasons([{ ...node, aspectRatio: '1:1' }])).toEqual(['model changed']);
    const moved = { ...reference, source: { ...reference.source, value: 'https://r2/b.jpg' } };
    expect(reasons([{ ...node, inputs: [moved] }])).toEqual(['reference changed']);
  });

  it('takes an equal picture under another address for the same reference, when both contents are known', () => {
    const hash = (value: string) => (value.startsWith('https://r2/') ? 'same' : null);
    const input = (value: string) => [
      { label: 'image 1', slot: 'reference' as const, source: { kind: 'media' as const, nodeId: 9, value } },
    ];
    const node = made(image(1, { inputs: input('https://r2/a.jpg') }), [], { referenceHash: hash });
    expect(reasons([{ ...node, inputs: input('https://r2/b.jpg') }], { referenceHash: hash })).toEqual([
      'cached',
    ]);
  });

  it('sees no change when a local reference became its stored address', () => {
    const hash = 'a'.repeat(64);
    const input = (value: string) => [
      { label: 'image 1', slot: 'reference' as const, source: { kind: 'media' as const, nodeId: 9, value } },
    ];
    const node = made(image(1, { inputs: input('../refs/a.png') }), [], { referenceHash: () => hash });
    expect(reasons([{ ...node, inputs: input(`https://r2/refs/${hash}.png`) }])).toEqual(['cached']);
  });

  it('makes a clip anew when its frame will be another one, and only then', () => {
    const still = made(image(1));
    const clip = made(video(2, 1), [still]);
    expect(reasons([{ ...still, prompts: ['changed'] }, clip])).toEqual(['prompt changed', 'frame changed']);
    expect(reasons([still, clip], { pickAt: () => 2 })).toEqual(['cached', 'frame changed']);
    expect(reasons([still, clip], { pickAt: () => 0 })).toEqual(['cached', 'cached']);
    const short = { ...still, saved: still.saved.slice(0, 3) };
    expect(reasons([short, clip])).toEqual(['partial', 'cached']);
  });

  it('fills a short gallery at its end and a hole at its place', () => {
    const node = made(image(1));
    const [plan] = planRun([{ ...node, saved: node.saved.slice(0, 2) }], facts()).nodes;
    expect(plan).toMatchObject({
      reason: 'partial',
      generations: 2,
      todo: [{ candidate: 3 }, { candidate: 4 }],
    });
    const [hole] = planRun(
      [{ ...node, saved: node.saved.map((url, i) => (i === 1 ? null : url)) }],
      facts(),
    ).nodes;
    expect(hole).toMatchObject({ reason: 'partial', todo: [{ row: 1, candidate: 2, index: 1 }] });
    const gone = new Set([node.saved[2] ?? '']);
    const [stale] = planRun([node], facts({ gone })).nodes;
    expect(stale).toMatchObject({ reason: 'stale url', todo: [{ candidate: 3 }], clear: false });
  });

  it('trusts what another tool made, unless the file names another model', () => {
    const foreign = { ...image(1), saved: urls('x') };
    const { nodes } = planRun([foreign], facts());
    expect(nodes[0]).toMatchObject({ reason: 'cached', trusted: true, generations: 0 });
    expect(reasons([{ ...foreign, namedModel: 'imagen4' }])).toEqual(['model changed']);
  });

  it('does not throw away a gallery that another tool made since, though our key is still there', () => {
    const node = made(image(1));
    const regenerated = { ...node, prompts: ['edited and generated elsewhere'], saved: urls('elsewhere') };
    expect(planRun([regenerated], facts()).nodes[0]).toMatchObject({ reason: 'cached', trusted: true });
  });

  it('finds the key in the database when an editor dropped it from the file', () => {
    const node = made(image(1));
    const dropped = { ...node, cacheKey: null, prompts: ['changed'] };
    expect(reasons([dropped], { storedKeys: new Map([[1, node.cacheKey ?? '']]) })).toEqual([
      'prompt changed',
    ]);
  });

  it('leaves videos for later in images mode, keeps what they have, and says what blocks', () => {
    expect(reasons([image(1), video(2, 1)], { mode: 'images' })).toEqual([
      'missing',
      'not wanted (images mode)',
    ]);
    const still = made(image(1));
    const clip = made(video(2, 1), [still]);
    const [, kept] = planRun([{ ...still, prompts: ['changed'] }, clip], facts({ mode: 'images' })).nodes;
    expect(kept).toMatchObject({
      reason: 'not wanted (images mode)',
      clear: false,
      generations: 0,
      keep: clip.saved,
    });
    expect(reasons([image(1, { prompts: [] }), video(2, 1)])).toEqual(['missing', 'blocked by 1']);
  });

  it('makes everything anew in clean mode and exactly the asked in a re-roll', () => {
    const still = made(image(1));
    const other = made(image(3));
    expect(reasons([still, other, image(4)], { mode: 'clean' })).toEqual(['forced', 'forced', 'missing']);
    expect(reasons([still, other], { reroll: byNode([{ nodeId: 3 }]) })).toEqual(['cached', 'forced']);
  });

  it('serves rows of a video from the rows of its pictures', () => {
    const rows = made(image(1, { prompts: ['a', 'b', 'c'] }));
    const clip = made(video(2, 1, { prompts: ['x', 'y', 'z'] }), [rows]);
    const frames = frameIdentities(
      clip,
      new Map([[1, { node: rows, keep: rows.saved }]]),
      facts({ pickAt: () => 5 }),
    );
    expect(frames).toEqual([rows.saved[0], rows.saved[5], rows.saved[8]]);
  });

  it('takes the frame from a picture node without a prompt that has a picture, and keeps it', () => {
    const drawn = image(1, { prompts: [], saved: urls('drawn', 1) });
    const clip = made(video(2, 1), [drawn]);
    const { nodes } = planRun([drawn, clip], facts());
    expect(nodes.map((node) => [node.reason, node.generations])).toEqual([
      ['cached', 0],
      ['cached', 0],
    ]);
    expect(galleryOf(nodes[0])).toEqual(drawn.saved);
    const gone = new Set(drawn.saved.filter((url) => url !== null));
    expect(reasons([drawn, video(2, 1)], { gone })).toEqual(['cached', 'blocked by 1']);
  });

  it('keeps what lies beyond the candidates asked for, and a pick among it counts', () => {
    const eight = { ...image(1), saved: urls('n1', 8) };
    const clip = made(video(2, 1), [eight], { pickAt: () => 6 });
    const above = new Map([[1, { node: eight, keep: eight.saved.slice(0, 4), extra: eight.saved.slice(4) }]]);
    expect(frameIdentities(clip, above, facts({ pickAt: () => 6 }))).toEqual([eight.saved[6]]);
    const gone = new Set([eight.saved[1] ?? '']);
    const [plan] = planRun([eight], facts({ gone })).nodes;
    expect(plan).toMatchObject({ reason: 'stale url', generations: 1, todo: [{ candidate: 2 }] });
    expect(galleryOf(plan)).toEqual(eight.saved.map((url, i) => (i === 1 ? null : url)));
  });

  it('asks no prompt of a video that is not wanted now', () => {
    expect(reasons([image(1), video(2, 1, { prompts: [] })], { mode: 'images' })).toEqual([
      'missing',
      'not wanted (images mode)',
    ]);
  });

  it('never plans a place twice, never one that is there, and adds up, whatever the cache looks like', () => {
    const anyNode = fc
      .record({
        rows: fc.integer({ min: 0, max: 4 }),
        saved: fc.array(fc.option(fc.webUrl(), { nil: null }), { maxLength: 20 }),
        mode: fc.constantFrom('full', 'images', 'clean'),
      })
      .map(({ rows, saved, mode }) => ({
        node: image(1, { prompts: Array.from({ length: rows }, (_, i) => `row ${i}`), saved }),
        mode: mode as PlanFacts['mode'],
      }));
    fc.assert(
      fc.property(anyNode, ({ node, mode }) => {
        const { nodes, totals } = planRun([node], facts({ mode }));
        const [plan] = nodes;
        if (!plan) throw new Error('no plan');
        expect(new Set(plan.todo.map((place) => place.index)).size).toBe(plan.todo.length);
        for (const place of plan.todo) {
          expect(plan.keep[place.index]).toBeNull();
          expect((place.row - 1) * 4 + place.candidate - 1).toBe(place.index);
        }
        if (plan.reason === 'cached') expect(plan.todo).toEqual([]);
        else expect(plan.todo.length + plan.keep.filter((url) => url !== null).length).toBe(plan.candidates);
        expect(totals.generations).toBe(plan.todo.length);
      }),
    );
  });
});
