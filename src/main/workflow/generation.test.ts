import { describe, expect, it } from 'vitest';
import { openFixture, rowsAndCache, validCounts } from './fixtures/expected.ts';
import { type GenerationNode, generationNodes } from './generation.ts';
import { sceneInTitle } from './scene.ts';
import { gate, image, media, plain, testWorkflow, video } from './test-workflow.ts';

const byId = (nodes: GenerationNode[]) => new Map(nodes.map((node) => [node.nodeId, node]));
const sources = (node: GenerationNode | undefined) => node?.inputs.map((input) => input.source);

describe('the fixtures', () => {
  it('XYZS1-V1 has the rows and the cache of its table, in its order', () => {
    const found = generationNodes(openFixture('valid/XYZS1-V1.nbflow')).map((node) => [
      node.nodeId,
      node.title,
      node.prompts.length,
      node.saved.length,
    ]);
    expect(found).toEqual(rowsAndCache);
  });

  it('XYZS1-V1: rows are zipped, single ones repeat, a blank one is skipped', () => {
    const nodes = byId(generationNodes(openFixture('valid/XYZS1-V1.nbflow')));
    const dialogues = nodes.get(29)?.prompts.map((prompt) => /says: "([^"]*)"/.exec(prompt)?.[1]) ?? [];
    expect(new Set(dialogues).size).toBe(1);
    expect(new Set(nodes.get(29)?.prompts).size).toBe(4);
    expect(nodes.get(42)?.prompts.every((prompt) => prompt.trim() !== '')).toBe(true);
  });

  it('XYZG4-V2-0-1: the special nodes', () => {
    const nodes = byId(generationNodes(openFixture('valid/XYZG4-V2-0-1.nbflow')));
    const local = { kind: 'media', nodeId: 1, value: '../refs/avatar-a.png' };
    expect(sources(nodes.get(6))).toEqual([local]);
    expect(sources(nodes.get(15))).toEqual([]);
    expect(sources(nodes.get(23))).toEqual([
      local,
      { kind: 'media', nodeId: 3, value: 'https://pub-0000.r2.dev/products/xyz-magnesium.jpg' },
    ]);
    expect(nodes.get(23)?.prompts).toHaveLength(1);
    expect(nodes.get(30)?.prompts).toHaveLength(1);
    expect(nodes.get(48)?.inputs).toEqual([
      { label: 'start frame', slot: 'start frame', source: { kind: 'output', nodeId: 39, gateId: 40 } },
      { label: 'end frame', slot: 'end frame', source: { kind: 'output', nodeId: 43, gateId: 44 } },
    ]);
    for (const id of [57, 62])
      expect(sources(nodes.get(id))).toEqual([{ kind: 'output', nodeId: 52, gateId: 53 }]);
    expect([39, 43, 57, 62].map((id) => nodes.get(id)?.scene)).toEqual([5, 5, 6, 6]);
  });

  it('XYZG3-V0-3: the video prompts of a scene are the same in all tabs, the image prompts differ', () => {
    const nodes = generationNodes(openFixture('valid/XYZG3-V0-3.nbflow'));
    const of = (kind: string) => new Set(nodes.filter((n) => n.kind === kind).flatMap((n) => n.prompts)).size;
    expect([of('image'), of('video')]).toEqual([40, 8]);
    expect(nodes.map((node) => node.tabIndex)).toEqual(
      nodes.map((node) => node.tabIndex).toSorted((a, b) => a - b),
    );
  });

  it('litegraph-extras: numbers as they are spelt, kinds as they are written', () => {
    const nodes = byId(generationNodes(openFixture('valid/litegraph-extras.nbflow')));
    expect(nodes.get(4)).toMatchObject({
      timeoutS: 300,
      perRow: 4,
      scene: 1,
      gates: [5],
      tab: 'Account A ✨',
    });
    expect(nodes.get(100009)).toMatchObject({ timeoutS: 900, kind: 'video' });
    expect(nodes.get(100013)).toMatchObject({ kind: 'image' });
  });

  it.each(Object.keys(validCounts))('%s: no prompt holds a brace', (name) => {
    for (const node of generationNodes(openFixture(`valid/${name}`))) {
      expect(node.prompts.length).toBeGreaterThan(0);
      for (const prompt of node.prompts) expect(prompt).not.toMatch(/[{}]/);
    }
  });
});

describe('what feeds a node', () => {
  it('through a chain of gates it is the generation node, with the gate nearest to the consumer', () => {
    const nodes = byId(
      generationNodes(
        testWorkflow(
          [image(1), gate(2), gate(3), video(4)],
          [
            [1, 2, 'input'],
            [2, 3, 'input'],
            [3, 4, 'start frame'],
          ],
        ),
      ),
    );
    expect(sources(nodes.get(4))).toEqual([{ kind: 'output', nodeId: 1, gateId: 3 }]);
    expect(nodes.get(1)?.gates).toEqual([2]);
  });

  it('gates in a circle end', () => {
    const workflow = testWorkflow(
      [gate(1), gate(2), video(3)],
      [
        [1, 2, 'input'],
        [2, 1, 'input'],
        [2, 3, 'start frame'],
      ],
    );
    expect(sources(generationNodes(workflow)[0])).toEqual([]);
  });

  it('a clip is no frame, an empty Media node nothing, a gate without a source neither', () => {
    const workflow = testWorkflow(
      [video(1), gate(2), media(3, ' '), gate(4), video(5), image(6)],
      [
        [1, 2, 'input'],
        [2, 5, 'start frame'],
        [3, 6, 'image 1'],
        [4, 6, 'image 2'],
      ],
    );
    const nodes = byId(generationNodes(workflow));
    expect(sources(nodes.get(5))).toEqual([]);
    expect(sources(nodes.get(6))).toEqual([]);
  });

  it('slots match by name in any order, else by position', () => {
    const named = testWorkflow(
      [media(1, 'a'), media(2, 'b'), plain(3, 'p'), image(4, { inputs: ['Image 2', 'prompt', 'image_1'] })],
      [
        [1, 4, 'Image 2'],
        [2, 4, 'image_1'],
        [3, 4, 'prompt'],
      ],
    );
    expect(generationNodes(named)[0]).toMatchObject({
      prompts: ['p'],
      inputs: [
        { label: 'image_1', source: { value: 'b' } },
        { label: 'Image 2', source: { value: 'a' } },
      ],
    });
    const bare = testWorkflow(
      [plain(1, 'p'), media(2, 'a'), media(3, 'b'), video(4, { inputs: ['in0', 'in1', 'in2'] })],
      [
        [1, 4, 'in0'],
        [2, 4, 'in1'],
        [3, 4, 'in2'],
      ],
    );
    expect(generationNodes(bare)[0]).toMatchObject({
      prompts: ['p'],
      inputs: [
        { slot: 'start frame', source: { value: 'a' } },
        { slot: 'end frame', source: { value: 'b' } },
      ],
    });
    const first = testWorkflow(
      [media(1, 'a'), video(2, { inputs: ['lastFrame', 'x', 'First frame'] })],
      [[1, 2, 'lastFrame']],
    );
    expect(generationNodes(first)[0]?.inputs).toMatchObject([{ slot: 'end frame' }]);
  });
});

describe('what a node says', () => {
  it('the enforced model and count for images, its own model for videos', () => {
    const nodes = byId(
      generationNodes(
        testWorkflow([
          image(1, { properties: { model: 'imagen4', outputCount: 1 } }),
          video(2, { properties: { model: ' veo_31_lite ' } }),
          video(3),
        ]),
      ),
    );
    expect(nodes.get(1)).toMatchObject({ model: 'nano_banana_2', namedModel: 'imagen4', perRow: 4 });
    expect(nodes.get(2)).toMatchObject({ model: 'veo_31_lite', aspectRatio: '9:16', timeoutS: null });
    expect(nodes.get(3)).toMatchObject({ model: '', namedModel: null });
  });

  it('what is no address in the cache is a hole', () => {
    const saved = (value: unknown) =>
      generationNodes(testWorkflow([image(1, { properties: { _savedImages: value } })]))[0]?.saved;
    expect(saved(['a', null, '', 7, { of: 1 }, 'b'])).toEqual(['a', null, null, null, null, 'b']);
    expect([saved(null), saved(undefined), saved([]), saved({})]).toEqual([[], [], [], []]);
  });

  it('names of other editors, from the settings', () => {
    const node = { id: 1, type: 'NanobananaAPI', properties: { ratio: '1:1', outputs: ['u'], caption: 'p' } };
    const fields = { aspectRatio: ['ratio'], images: ['outputs'], text: ['caption'] };
    expect(generationNodes(testWorkflow([node]), fields)[0]).toMatchObject({
      aspectRatio: '1:1',
      saved: ['u'],
      prompts: ['p'],
    });
  });
});

describe('scenes', () => {
  it.each([
    ['Scene 03 — image gen', 3],
    ['SCENE—7', 7],
    ['🎬 scene_12 x', 12],
    ['A scene04', 4],
    ['Obscene 3', null],
    ['Scene', null],
    ['Scene x 4', null],
    ['画像 Scene 05', 5],
  ])('%s', (title, scene) => {
    expect(sceneInTitle(title)).toBe(scene);
  });

  it('without one in the title, the rank of the kind on the canvas, y then x', () => {
    const at = (id: number, x: number, y: number, kind = image) => kind(id, { title: '', pos: [x, y] });
    const nodes = generationNodes(
      testWorkflow([at(1, 50, 100), at(2, 0, 100), at(3, 900, 0), at(4, 0, 0, video)]),
    );
    expect(nodes.map((node) => [node.nodeId, node.scene])).toEqual([
      [3, 1],
      [4, 1],
      [2, 2],
      [1, 3],
    ]);
  });
});
