import { placesFor } from '../../runner/places.ts';
import type { GenerationNode } from '../../workflow/generation.ts';
import type { SeenNode, SeenPlan } from '../gather-deps.ts';

/** For tests only: a picture node of one row and four candidates, with what a test wants to be otherwise. */
export const generationNode = (nodeId: number, more: Partial<GenerationNode> = {}): GenerationNode => ({
  nodeId,
  tabIndex: 0,
  tab: 'Account A',
  title: `Scene 0${nodeId}`,
  kind: 'image',
  scene: nodeId,
  where: `tabs[0].graphData.nodes[${nodeId}]`,
  prompts: ['a woman with a glass of tea'],
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

export const seenNode = (node: GenerationNode, more: Partial<SeenNode> = {}): SeenNode => ({
  node,
  reason: node.saved.some((url) => url !== null) ? 'cached' : 'missing',
  trusted: true,
  priceUSD: 0.04,
  needs: [],
  references: [],
  ...more,
});

/** With the real places of a run. */
export const seenPlan = (nodes: SeenNode[], baseName = 'XYZG3-V0-2', tabs = ['Account A']): SeenPlan => ({
  nodes,
  places: placesFor(
    '/project',
    { baseName, tabs: tabs.map((name, index) => ({ index, name })) },
    nodes.map(({ node }) => node),
  ),
});
