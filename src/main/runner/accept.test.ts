import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../shared/failure.ts';
import type { GenerationNode } from '../workflow/generation.ts';
import { acceptedKeys } from './accept.ts';
import { formatCacheKey } from './cache-key.ts';
import { type PlanFacts, partsOf, planRun } from './plan.ts';

/** Image 1, video 2 made from it through a gate, image 3 on its own. All were made from other prompts than today's. */
const node = (nodeId: number, more: Partial<GenerationNode> = {}): GenerationNode => ({
  nodeId,
  tabIndex: 0,
  tab: 'A',
  title: `Scene ${nodeId}`,
  kind: 'image',
  scene: nodeId,
  where: '',
  prompts: [`picture ${nodeId}`],
  perRow: 4,
  model: 'nano_banana_2',
  namedModel: 'nano_banana_2',
  aspectRatio: '9:16',
  negativePrompt: '',
  timeoutS: null,
  inputs: [],
  saved: [1, 2, 3, 4].map((n) => `https://s/n${nodeId}-c${n}.png`),
  cacheKey: null,
  gates: [],
  ...more,
});
const facts: PlanFacts = {
  mode: 'full',
  reroll: null,
  storedKeys: new Map(),
  referenceHash: () => null,
  pickAt: () => null,
  gone: new Set(),
  refImage: null,
  modelOf: ({ model }) => model,
  priceOf: () => 1,
  concurrency: 3,
  maxTasks: 10,
};
const stale = (of: GenerationNode): GenerationNode => {
  const parts = partsOf({ ...of, prompts: ['an older prompt'] }, [], of.model, [], () => null);
  return { ...of, cacheKey: formatCacheKey(parts, of.saved) };
};
const frame = (from: number): GenerationNode['inputs'] => [
  { label: 'start frame', slot: 'start frame', source: { kind: 'output', nodeId: from, gateId: 90 } },
];
const picture = stale(node(1));
const clip = stale(node(2, { kind: 'video', model: 'veo', namedModel: 'veo', inputs: frame(1) }));
const other = stale(node(3));
const nodes = [picture, clip, other];

const reasonsWith = (keys: ReadonlyMap<number, string>) =>
  planRun(
    nodes.map((entry) => ({ ...entry, cacheKey: keys.get(entry.nodeId) ?? entry.cacheKey })),
    facts,
  ).nodes.map(({ reason }) => reason);
const failureOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return toFailure(error);
  }
  return null;
};

it('an accepted node is cached from then on, and the others are as stale as before', () => {
  expect(reasonsWith(new Map())).toEqual(['prompt changed', 'prompt changed', 'prompt changed']);
  expect(reasonsWith(acceptedKeys(nodes, facts, [3], 'x'))).toEqual([
    'prompt changed',
    'prompt changed',
    'cached',
  ]);
});

it('a picture and the clip made from it can be accepted together, in any order', () => {
  for (const ids of [
    [1, 2],
    [2, 1, 2],
  ])
    expect(reasonsWith(acceptedKeys(nodes, facts, ids, 'x')).slice(0, 2)).toEqual(['cached', 'cached']);
});

describe('refused', () => {
  it('is a clip whose picture is going to be made anew: it says which', () => {
    const failure = failureOf(() => acceptedKeys(nodes, facts, [2], 'x.nbflow'));
    expect(failure).toMatchObject({ code: 'usage', where: 'x.nbflow' });
    expect(failure?.message).toContain('Scene 1 (node 1)');
    expect(failure?.cure).toContain('Run that picture first, or accept it too');
  });

  it.each([
    ['cached', node(7), facts],
    ['missing', node(7, { saved: [] }), facts],
    ['partial', node(7, { saved: ['https://s/1.png'] }), facts],
    ['stale url', node(7), { ...facts, gone: new Set(['https://s/n7-c2.png']) }],
  ] as const)('is what the plan calls %s: there is nothing to accept', (reason, entry, known) => {
    const failure = failureOf(() => acceptedKeys([entry], known, [7], 'x'));
    expect(failure?.code).toBe('usage');
    expect(failure?.message).toContain(reason);
  });

  it('is a node that is not there, before anything else', () => {
    expect(failureOf(() => acceptedKeys(nodes, facts, [2, 77], 'x'))).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('77'),
    });
  });
});

it('an image that another tool made with another model can be accepted', () => {
  const foreign = node(5, { namedModel: 'imagen4' });
  const [before] = planRun([foreign], facts).nodes;
  expect(before?.reason).toBe('model changed');
  const cacheKey = acceptedKeys([foreign], facts, [5], 'x').get(5) ?? null;
  expect(planRun([{ ...foreign, cacheKey }], facts).nodes[0]?.reason).toBe('cached');
});

it('whatever chain of pictures and clips: accepting all that is stale leaves nothing to make', () => {
  const anyNodes = fc
    .array(fc.record({ from: fc.nat(9), changed: fc.boolean(), video: fc.boolean() }), {
      minLength: 1,
      maxLength: 8,
    })
    .map((list) =>
      list.map(({ from, changed, video }, i) => {
        const upstream = i === 0 ? [] : frame((from % i) + 1);
        const made = node(i + 1, video && i > 0 ? { kind: 'video', inputs: upstream } : { inputs: upstream });
        return changed ? stale(made) : made;
      }),
    );
  fc.assert(
    fc.property(anyNodes, (list) => {
      const planned = planRun(list, facts).nodes;
      const staleIds = planned.filter(({ reason }) => reason.endsWith('changed')).map(({ nodeId }) => nodeId);
      const keys = acceptedKeys(list, facts, staleIds, 'x');
      const after = planRun(
        list.map((entry) => ({ ...entry, cacheKey: keys.get(entry.nodeId) ?? entry.cacheKey })),
        facts,
      );
      expect(after.totals.generations).toBe(0);
    }),
  );
});
