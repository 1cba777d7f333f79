import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../shared/failure.ts';
import { editWorkflow } from './edit.ts';
import { openFixture, validCounts } from './fixtures/expected.ts';
import { generationNodes } from './generation.ts';
import { parseWorkflow, type Workflow } from './read.ts';
import { dynamic, gate, image, parse, testTab, testWorkflow, video } from './test-workflow.ts';
import { type WipeTargets, wipeEdits } from './wipe.ts';

const wiped = (workflow: Workflow, targets: WipeTargets = {}): Workflow =>
  parseWorkflow(editWorkflow(workflow.text, wipeEdits(workflow, targets).edits), workflow.file);
const failureOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return toFailure(error);
  }
  return null;
};

describe('five tabs of eight scenes, all of it cached', () => {
  const workflow = openFixture('valid/XYZG3-V0-3.nbflow');

  it('are 40 image nodes and 40 video nodes in 5 tabs', () => {
    expect(wipeEdits(workflow, {}).counts).toEqual({ images: 40, videos: 40, tabs: 5 });
  });

  it('scenes 3 and 5 are four nodes of every tab, and no other is touched', () => {
    expect(wipeEdits(workflow, { scenes: [3, 5] }).counts).toEqual({ images: 10, videos: 10, tabs: 5 });
    for (const node of generationNodes(wiped(workflow, { scenes: [3, 5] })))
      expect(node.saved).toHaveLength([3, 5].includes(node.scene) ? 0 : 4);
  });

  it('nodes and scenes together are all of both, each once', () => {
    expect(wipeEdits(workflow, { scenes: [3], nodes: [22, 4] }).counts).toEqual({
      images: 6,
      videos: 5,
      tabs: 5,
    });
  });

  it('an empty choice is nothing, not everything', () => {
    expect(wipeEdits(workflow, { nodes: [] })).toEqual({
      edits: [],
      nodeIds: [],
      counts: { images: 0, videos: 0, tabs: 0 },
    });
  });
});

it.each(Object.keys(validCounts))('%s: only output and its key go, all else keeps its bytes', (name) => {
  const workflow = openFixture(`valid/${name}`);
  const model = JSON.parse(workflow.text);
  for (const tab of model.tabs) {
    for (const { properties } of tab.graphData.nodes) {
      if (properties?._savedImages?.length > 0) properties._savedImages = [];
      if (properties?._savedClips?.length > 0) properties._savedClips = [];
      if (properties) delete properties._cacheKey;
    }
  }
  const after = wiped(workflow);
  expect(JSON.parse(after.text)).toEqual(model);
  if (!name.includes('V0-3') && !name.includes('XYZS1')) expect(after.text).toBe(workflow.text);
  expect(wipeEdits(after, {}).edits).toEqual([]);
});

it('picks and galleries of the gates, and prompts, stay', () => {
  const workflow = testWorkflow(
    [
      dynamic(2, 'scene', ['a kitchen']),
      image(4, { properties: { _savedImages: ['a', 'b'], _cacheKey: 'v1.x', imageNote: 1 } }),
      gate(5, { candidates: ['a', 'b'], approvedIndex: 1 }),
    ],
    [
      [2, 4, 'prompt'],
      [4, 5, 'input'],
    ],
  );
  const after = wiped(workflow);
  expect(after.nodes.get(4)?.properties).toEqual({
    model: 'nano_banana_2',
    outputCount: 4,
    _savedImages: [],
    imageNote: 1,
  });
  expect(after.nodes.get(5)?.properties).toEqual({ candidates: ['a', 'b'], approvedIndex: 1 });
  expect(after.nodes.get(2)?.properties).toEqual(workflow.nodes.get(2)?.properties);
});

it('goes by the names the file and the settings use', () => {
  const named = testWorkflow([image(4, { properties: { results: ['a'] } })]);
  const workflow = { ...named, fields: { images: ['results'] } };
  expect(wipeEdits(workflow, {}).edits).toEqual([{ nodeId: 4, tabIndex: 0, properties: { results: [] } }]);
});

it.each([
  ['null', null, false],
  ['an empty list', [], false],
  ['a text', 'https://a/1.png', true],
  ['an object', { 0: 'https://a/1.png' }, true],
  ['a list of holes', ['', null], true],
])('output that is %s: cleared if it holds anything', (_, _savedImages, held) => {
  const { edits, counts } = wipeEdits(testWorkflow([image(4, { properties: { _savedImages } })]), {});
  expect([edits.length, counts.images]).toEqual(held ? [1, 1] : [0, 0]);
});

it.each([
  [{ nodes: [4, 77] }, 'node 77'],
  [{ nodes: [2] }, 'node 2'],
  [{ scenes: [1, 9] }, 'scene 9'],
])('%j is not there, and told by its name', (targets, named) => {
  const workflow = testWorkflow([dynamic(2, 'x', ['y']), image(4), video(9)]);
  const failure = failureOf(() => wipeEdits(workflow, targets));
  expect(failure?.code).toBe('not-found');
  expect(failure?.message).toContain(named);
});

it('an id that two tabs use is wiped in both; one that a tab uses twice is refused', () => {
  const output = { properties: { _savedImages: ['a'] } };
  const twice = parse({
    name: 'x',
    tabs: [testTab('A', [image(4, output)]), testTab('B', [image(4, output)])],
  });
  expect(wipeEdits(twice, { nodes: [4] }).counts).toEqual({ images: 2, videos: 0, tabs: 2 });
  expect(wipeEdits(wiped(twice), {}).edits).toEqual([]);
  const clash = parse({ name: 'x', tabs: [testTab('A', [image(4, output), video(4)])] });
  expect(failureOf(() => wipeEdits(clash, {}))).toMatchObject({ code: 'check-failed' });
});

it('whatever is chosen: that is empty afterwards, and all else as it was', () => {
  const workflow = openFixture('valid/XYZG3-V0-3.nbflow');
  const before = generationNodes(workflow);
  const ids = before.map(({ nodeId }) => nodeId);
  const choice = fc.record(
    { nodes: fc.subarray(ids, { maxLength: 9 }), scenes: fc.subarray([1, 2, 3, 4, 5, 6, 7, 8]) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(choice, (targets) => {
      const all = targets.nodes === undefined && targets.scenes === undefined;
      for (const [i, node] of generationNodes(wiped(workflow, targets)).entries()) {
        const meant = all || targets.nodes?.includes(node.nodeId) || targets.scenes?.includes(node.scene);
        expect(node).toEqual(meant ? { ...before[i], saved: [] } : before[i]);
      }
    }),
    { numRuns: 20 },
  );
});
