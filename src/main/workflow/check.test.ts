import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Finding, FindingCode } from '../../shared/domain.ts';
import { FlowdeckError } from '../../shared/failure.ts';
import { checkWorkflow } from './check.ts';
import { findings, fixtureText, openFixture } from './fixtures/expected.ts';
import { generationNodes } from './generation.ts';
import { parseWorkflow } from './read.ts';
import { repairWorkflow } from './repair.ts';
import {
  dynamic,
  gate,
  image,
  media,
  parse,
  plain,
  template,
  testTab,
  testWorkflow,
  video,
} from './test-workflow.ts';

const brief = (found: Finding[]): string[] => found.map((f) => `${f.code} ${f.tab} ${f.nodeId}`);
const codes = (found: Finding[]): string[] => found.map((f) => `${f.code}@${f.nodeId}`);

describe('the fixtures', () => {
  it.each(Object.entries(findings))('%s has exactly the findings of the table', (name, expected) => {
    const found = checkWorkflow(openFixture(name));
    const wanted = expected.flatMap(([code, tab, nodes]) => nodes.map((node) => `${code} ${tab} ${node}`));
    expect(brief(found)).toEqual(wanted);
    for (const finding of found) expect(Finding.parse(finding)).toEqual(finding);
  });

  it('errors come before warnings, and only the two that a run patches warn among the ten rules', () => {
    const found = checkWorkflow(openFixture('broken/many.nbflow'));
    const severities = found.map((finding) => finding.severity);
    expect(severities).toEqual([...severities].sort());
    const warned = found.filter((f) => f.rule !== null && f.severity === 'warning').map((f) => f.rule);
    expect(warned).toEqual([1, 2]);
  });

  it('every finding says what, where and how to cure it, in one sentence without a stack', () => {
    for (const name of Object.keys(findings)) {
      for (const finding of checkWorkflow(openFixture(name))) {
        expect(finding.message).toMatch(/^\S.*\.$/);
        expect(finding.cure).toMatch(/^[A-Z].*[.”]$/);
        expect(finding.where).toMatch(/^(tabs\[\d+\]\.graphData\.(nodes|links)\[\d+\]|name)/);
      }
    }
  });

  it('no crashed project has a finding', () => {
    for (const project of [
      'images-done',
      'local-only',
      'mixed-urls',
      'with-errors-json',
      'complete-output',
    ]) {
      const name = `crashed/${project}/testing/XYZG3-V0-2.nbflow`;
      expect(brief(checkWorkflow(openFixture(name)))).toEqual([]);
    }
  });

  it('an export of a run is named like its workflow', () => {
    const name = 'crashed/complete-output/Generations/XYZG3-V0-2-generated-20260512-143021.nbflow';
    expect(brief(checkWorkflow(openFixture(name)))).toEqual([]);
  });
});

describe('messages name the culprits', () => {
  const messageOf = (name: string, code: string) =>
    checkWorkflow(openFixture(`broken/${name}.nbflow`)).find((f) => f.code === code)?.message;

  it('both dynamics of different lengths', () => {
    const message = messageOf('11-dynamic-length-mismatch', 'length-mismatch');
    expect(message).toMatch(/node 15\) has 4 rows/);
    expect(message).toMatch(/node 16\) has 3 rows/);
  });

  it('all nodes of a cycle', () => {
    for (const id of [4, 5, 13, 14]) expect(messageOf('12-cycle', 'cycle')).toContain(`node ${id})`);
  });

  it('the placeholder, and the Dynamic that is called something else', () => {
    expect(messageOf('03-variable-name-mismatch', 'variable-name')).toMatch(/\{wardrobe\}.*node 20.*outfit/);
    expect(messageOf('13-unresolved-placeholder', 'unresolved-placeholder')).toMatch(/\{wardrobe\}/);
  });

  it('both tabs of an id used twice', () => {
    expect(messageOf('10-duplicate-ids', 'duplicate-id')).toMatch(/Account A.*Account B/);
  });
});

describe('rows and frames', () => {
  const rows = (n: number) => Array.from({ length: n }, (_, i) => `row ${i}`);
  const scene = (pictureRows: number, videoRows: number) =>
    testWorkflow(
      [dynamic(1, 'a', rows(pictureRows)), image(2), gate(3), dynamic(4, 'b', rows(videoRows)), video(5)],
      [
        [1, 2, 'prompt'],
        [2, 3, 'input'],
        [4, 5, 'prompt'],
        [3, 5, 'start frame'],
      ],
    );

  it('a video and its pictures with two different numbers of rows above one are an error', () => {
    expect(codes(checkWorkflow(scene(3, 2)))).toEqual(['length-mismatch@5']);
  });

  it.each([
    [1, 3],
    [3, 1],
    [3, 3],
  ])('%i rows of pictures serve %i of video', (pictures, videos) => {
    expect(codes(checkWorkflow(scene(pictures, videos)))).toEqual([]);
  });

  it('a gallery is short only when something is in it', () => {
    const withGallery = (candidates: unknown[]) =>
      testWorkflow(
        [plain(1, 'a'), image(2), gate(3, { candidates })],
        [
          [1, 2, 'prompt'],
          [2, 3, 'input'],
        ],
      );
    expect(codes(checkWorkflow(withGallery([])))).toEqual([]);
    expect(codes(checkWorkflow(withGallery(['a', 'b', 'c', 'd'])))).toEqual([]);
    expect(codes(checkWorkflow(withGallery(['a', 'b', null, 'd'])))).toEqual(['short-gallery@3']);
  });
});

describe('prompts', () => {
  it('a placeholder that only a plain text holds would reach the model: an error', () => {
    const workflow = testWorkflow([plain(1, 'see {scene}'), image(2)], [[1, 2, 'prompt']]);
    expect(codes(checkWorkflow(workflow))).toEqual(['unresolved-placeholder@1']);
  });

  it('so it is in own text and in a row', () => {
    expect(codes(checkWorkflow(testWorkflow([image(2, { properties: { text: 'a {b} c' } })])))).toEqual([
      'unresolved-placeholder@2',
    ]);
    const rows = testWorkflow(
      [dynamic(1, 'scene', ['ok', 'not {ok}']), template(2, '{scene}', ['scene']), image(3)],
      [
        [1, 2, 'scene'],
        [2, 3, 'prompt'],
      ],
    );
    expect(codes(checkWorkflow(rows))).toEqual(['unresolved-placeholder@1']);
  });

  it('a prompt in JSON is no placeholder', () => {
    const workflow = testWorkflow(
      [plain(1, '{"scene": "a kitchen", "n": {"x": 1}}'), image(2)],
      [[1, 2, 'prompt']],
    );
    expect(codes(checkWorkflow(workflow))).toEqual([]);
  });

  it('without any prompt a node is only warned about', () => {
    const found = checkWorkflow(testWorkflow([image(1), plain(2, '  '), image(3)], [[2, 3, 'prompt']]));
    expect(codes(found)).toEqual(['no-prompt@1', 'no-prompt@3']);
    expect(found.every((finding) => finding.severity === 'warning')).toBe(true);
  });

  it('an unknown node is left alone whatever it holds', () => {
    const note = {
      id: 1,
      type: 'nanobanana/Note',
      properties: { text: '{a} @b', dynamicRows: [{}], outputCount: 9 },
    };
    expect(codes(checkWorkflow(testWorkflow([note])))).toEqual([]);
  });

  it('templates that multiply each other end in a finding, not in a text that fills the memory', () => {
    const nodes = [dynamic(1, 'a', ['x'.repeat(50)])];
    const wires: [number, number, string][] = [];
    for (let id = 2; id < 60; id++) {
      nodes.push(template(id, '{a}{a}', ['a']));
      wires.push([id - 1, id, 'a']);
    }
    const found = checkWorkflow(testWorkflow(nodes, wires));
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toMatch(/100,000 characters/);
  });
});

describe('wiring', () => {
  it('two links into one slot are told, but not repaired', () => {
    const tab = testTab(
      'A',
      [media(1, 'a'), media(2, 'b'), plain(3, 'p'), image(4)],
      [
        [1, 4, 'image 1'],
        [3, 4, 'prompt'],
      ],
    );
    tab.graphData.links.push([900, 2, 0, 4, 1, '*']);
    tab.graphData.nodes[1]?.outputs[0]?.links.push(900);
    const found = checkWorkflow(parse({ name: 'test', tabs: [tab] }));
    expect(codes(found)).toEqual(['stale-link-copies@4']);
    expect(found[0]?.fixable).toBe(false);
  });

  it('a link that misses both its nodes belongs to its tab', () => {
    const tab = testTab('A', [media(1, 'a')]);
    tab.graphData.links.push([900, 70, 0, 71, 0, '*']);
    const found = checkWorkflow(parse({ name: 'test', tabs: [tab] }));
    expect(found[0]).toMatchObject({
      code: 'dangling-link',
      tab: 'A',
      nodeId: null,
      where: 'tabs[0].graphData.links[0]',
    });
  });

  it('a node that feeds itself is a cycle', () => {
    const workflow = testWorkflow([template(1, '{a}', ['a']), dynamic(2, 'a', ['x'])], [[1, 1, 'a']]);
    expect(codes(checkWorkflow(workflow))).toEqual(['cycle@1']);
  });

  it('a chain of 3,000 templates overflows nothing', () => {
    const nodes = [plain(1, 'a')];
    const wires: [number, number, string][] = [];
    for (let id = 2; id <= 3000; id++) {
      nodes.push(template(id, '{a}', ['a']));
      wires.push([id - 1, id, 'a']);
    }
    const tab = testTab('A', nodes, wires);
    const found = checkWorkflow(parse({ name: 'test', tabs: [tab] }));
    expect(new Set(found.map((finding) => finding.code))).toEqual(new Set(['variable-name']));
  });
});

describe('on anything that can be read', { timeout: 60_000 }, () => {
  const everything = (text: string): void => {
    let workflow: ReturnType<typeof parseWorkflow>;
    try {
      workflow = parseWorkflow(text, 'a.nbflow');
    } catch (error) {
      expect(error).toBeInstanceOf(FlowdeckError);
      return;
    }
    for (const finding of checkWorkflow(workflow)) expect(FindingCode.options).toContain(finding.code);
    generationNodes(workflow);
    const repair = repairWorkflow(workflow);
    const repaired = parseWorkflow(repair.text, 'a.nbflow');
    expect(checkWorkflow(repaired).filter((finding) => finding.fixable)).toEqual([]);
    expect(repairWorkflow(repaired)).toEqual({ text: repair.text, fixed: [] });
  };

  it('random JSON never makes the check throw', () => {
    fc.assert(fc.property(fc.json(), everything));
  });

  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('{a}', '@', -0, 1e300, '', null, []));
  const type = fc.constantFrom(
    'Prompt',
    'Media',
    'NanobananaAPI',
    'Veo3',
    'Approve',
    'Note',
    '__proto__',
    '',
  );
  const small = fc.integer({ min: -1, max: 4 });
  const names = [
    'text',
    'mode',
    'variableName',
    'dynamicRows',
    'imageUrl',
    'model',
    'outputCount',
    'negativePrompt',
  ];
  const more = [
    '_savedImages',
    '_savedClips',
    'candidates',
    'approvedIndex',
    'timeout',
    'aspectRatio',
    '__proto__',
  ];
  const slot = fc.record(
    { name: fc.constantFrom('prompt', 'a', 'image 1', 'start frame', 'input', ''), type: value, link: small },
    { requiredKeys: [] },
  );
  const node = fc.record(
    {
      id: small,
      type,
      title: value,
      pos: value,
      inputs: fc.array(slot, { maxLength: 4 }),
      outputs: fc.array(
        fc.record({ name: value, links: fc.oneof(fc.array(small), value) }, { requiredKeys: [] }),
      ),
      properties: fc.dictionary(fc.constantFrom(...names, ...more), value),
    },
    { requiredKeys: ['id', 'type'] },
  );
  const link = fc.oneof(
    fc.tuple(small, small, small, small, small, value),
    fc.record({ id: small, origin_id: small, origin_slot: small, target_id: small, target_slot: small }),
  );
  const workflow = fc.record({
    name: value,
    tabs: fc.array(
      fc.record({
        name: value,
        graphData: fc.record(
          {
            nodes: fc.array(node, { maxLength: 7 }),
            links: fc.array(link, { maxLength: 8 }),
            last_node_id: value,
          },
          { requiredKeys: ['nodes'] },
        ),
      }),
      { maxLength: 3 },
    ),
  });

  it('nor random workflows, and after a repair nothing is left to repair', () => {
    fc.assert(
      fc.property(workflow, fc.constantFrom(undefined, 1, '\t'), (random, indent) => {
        everything(JSON.stringify(random, null, indent));
      }),
      { numRuns: 400 },
    );
  });

  it('nor fixtures in which one value was changed into another', () => {
    const texts = ['broken/many.nbflow', 'valid/litegraph-extras.nbflow', 'broken/12-cycle.nbflow'].map(
      fixtureText,
    );
    const tokens = texts.map((text) => [
      ...text.matchAll(/(?<=[[,:]\s*)(-?\d[\d.eE+]*|null|"(?:[^"\\]|\\.)*"(?!:))/g),
    ]);
    fc.assert(
      fc.property(fc.nat({ max: 2 }), fc.nat(), fc.json({ maxDepth: 2 }), (file, at, replacement) => {
        const text = texts[file] ?? '';
        const token = tokens[file]?.[at % (tokens[file]?.length ?? 1)];
        if (token === undefined) return;
        const from = token.index;
        everything(text.slice(0, from) + replacement + text.slice(from + token[0].length));
      }),
      { numRuns: 120 },
    );
  });
});
