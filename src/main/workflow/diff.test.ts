import { describe, expect, it } from 'vitest';
import { MOST_NODES, type NodeDiff, type WorkflowDiff } from '../../shared/workflow-diff.ts';
import { diffWorkflows } from './diff.ts';
import { parseWorkflow, type Workflow } from './read.ts';
import {
  dynamic,
  gate,
  image,
  media,
  parse,
  plain,
  type TestNode,
  template,
  testTab,
  testWorkflow,
  video,
  type Wire,
} from './test-workflow.ts';

const tabs = (...all: ReturnType<typeof testTab>[]): Workflow => parse({ name: 'test', tabs: all });
const node = (diff: WorkflowDiff, id: number): NodeDiff => {
  const found = diff.nodes.find(({ nodeId }) => nodeId === id);
  if (found === undefined) throw new Error(`nothing is told of node ${id}`);
  return found;
};
const changes = (before: TestNode, after: TestNode) => {
  const diff = diffWorkflows(testWorkflow([before]), testWorkflow([after]));
  return diff.nodes.length === 0 ? null : node(diff, before.id);
};
/** Categories in which something is told. */
const told = (diff: NodeDiff | null): string[] =>
  diff === null
    ? []
    : (['prompts', 'references', 'settings', 'picks', 'cache', 'wiring'] as const).filter((name) => {
        const list = diff[name];
        return list !== null && (!Array.isArray(list) || list.length > 0);
      });

describe('prompts', () => {
  it('are told with both texts, by the name of their property', () => {
    const diff = changes(plain(3, 'A jar.'), plain(3, 'A blue jar.'));
    expect(diff?.prompts).toEqual([{ name: 'text', before: 'A jar.', after: 'A blue jar.' }]);
    expect(told(diff)).toEqual(['prompts']);
  });

  it('are told row by row', () => {
    const diff = changes(dynamic(3, 'scene', ['a', 'b', 'c']), dynamic(3, 'scene', ['a', 'B', 'c']));
    expect(diff?.prompts).toEqual([{ name: 'dynamicRows[1]', before: 'b', after: 'B' }]);
  });

  it('with a row put in between are one row more, and the rows behind it are not told', () => {
    const diff = changes(dynamic(3, 'scene', ['a', 'b', 'c']), dynamic(3, 'scene', ['a', 'x', 'b', 'c']));
    expect(diff?.prompts).toEqual([{ name: 'dynamicRows[1]', before: null, after: 'x' }]);
    const back = changes(dynamic(3, 'scene', ['a', 'x', 'b', 'c']), dynamic(3, 'scene', ['a', 'b', 'c']));
    expect(back?.prompts).toEqual([{ name: 'dynamicRows[1]', before: 'x', after: null }]);
  });

  it('with one row more of a text that is there already are that row', () => {
    expect(changes(dynamic(3, 'scene', ['a']), dynamic(3, 'scene', ['a', 'a']))?.prompts).toEqual([
      { name: 'dynamicRows[1]', before: null, after: 'a' },
    ]);
  });

  it('with a row that is an object are told by its text; what else changes in it is a setting', () => {
    const row = (scene: string, note: string) => dynamic(3, 'scene', [{ scene, note }]);
    expect(changes(row('a', 'n'), row('b', 'n'))?.prompts).toEqual([
      { name: 'dynamicRows[0]', before: 'a', after: 'b' },
    ]);
    const flattened = changes(row('a', 'n'), dynamic(3, 'scene', ['a']));
    expect(told(flattened)).toEqual(['settings']);
    expect(flattened?.settings[0]).toEqual({
      name: 'dynamicRows[0]',
      before: '{"scene":"a","note":"n"}',
      after: '"a"',
    });
  });

  it('include what a clip must not show, and the own text of a node nothing is wired to', () => {
    expect(
      changes(
        video(3, { properties: { negativePrompt: '' } }),
        video(3, { properties: { negativePrompt: 'hands' } }),
      )?.prompts,
    ).toEqual([{ name: 'negativePrompt', before: '', after: 'hands' }]);
    expect(
      told(changes(image(3, { properties: { prompt: 'a' } }), image(3, { properties: { prompt: 'b' } }))),
    ).toEqual(['prompts']);
  });

  it('that are no text are told as a setting', () => {
    expect(
      told(
        changes(
          { id: 3, type: 'x/Slider', properties: { value: 4 } },
          { id: 3, type: 'x/Slider', properties: { value: 5 } },
        ),
      ),
    ).toEqual(['settings']);
  });
});

describe('references', () => {
  it('are the pictures of media nodes', () => {
    const diff = changes(media(1, 'https://a/1.png'), media(1, 'https://a/2.png'));
    expect(diff?.references).toEqual([
      { name: 'imageUrl', before: 'https://a/1.png', after: 'https://a/2.png' },
    ]);
    expect(told(diff)).toEqual(['references']);
  });

  it('are also told where a slot gets the picture of another media node', () => {
    const nodes = [media(1, 'https://a/1.png'), media(2, 'https://a/2.png'), image(3)];
    const diff = diffWorkflows(
      testWorkflow(nodes, [[1, 3, 'image 1']]),
      testWorkflow(nodes, [[2, 3, 'image 1']]),
    );
    expect(diff.nodes).toHaveLength(1);
    expect(node(diff, 3)).toMatchObject({
      wiring: [{ name: 'image 1', before: 'Node 1 (1)', after: 'Node 2 (2)' }],
      references: [{ name: 'image 1', before: 'https://a/1.png', after: 'https://a/2.png' }],
    });
  });
});

describe('settings', () => {
  it('are all other properties, the title, the kind and the slots, as JSON', () => {
    const before = image(4, { title: 'Scene 1', properties: { aspectRatio: '9:16', extra: { a: 1 } } });
    const after: TestNode = {
      ...image(4, { title: 'Scene one', properties: { aspectRatio: '1:1', extra: { a: 2 }, seed: 7 } }),
      inputs: ['prompt', 'image 1'],
    };
    const diff = changes(before, after);
    expect(diff?.settings).toEqual([
      { name: 'aspectRatio', before: '"9:16"', after: '"1:1"' },
      { name: 'extra', before: '{"a":1}', after: '{"a":2}' },
      { name: 'seed', before: null, after: '7' },
      { name: 'title', before: '"Scene 1"', after: '"Scene one"' },
      { name: 'inputs', before: '["prompt","image 1","image 2"]', after: '["prompt","image 1"]' },
    ]);
    expect(told(diff)).toEqual(['settings']);
  });

  it('that are long are told around what is different', () => {
    const long = (end: string) =>
      image(4, { properties: { preview: `${'x'.repeat(5000)}${end}${'y'.repeat(5000)}` } });
    const [setting] = changes(long('old'), long('new'))?.settings ?? [];
    expect(setting?.before).toMatch(/^…x{50,70}oldy+…$/);
    expect(setting?.after).toMatch(/^…x{50,70}newy+…$/);
    expect(setting?.before?.length).toBeLessThan(500);
  });

  it('include that a node was muted, and the widgets of an unknown kind', () => {
    const unknown = (more: object) => ({ id: 1, type: 'custom/Seedance', ...more });
    expect(changes(unknown({ mode: 0 }), unknown({ mode: 4 }))?.settings).toEqual([
      { name: 'node mode', before: '0', after: '4' },
    ]);
    expect(changes(unknown({}), unknown({ mode: 0 }))).toBeNull();
    expect(changes(unknown({ widgets_values: [1] }), unknown({ widgets_values: [2] }))?.settings).toEqual([
      { name: 'widgets_values', before: '[1]', after: '[2]' },
    ]);
  });

  it('do not include places, sizes, colours, order, the order of keys, or what begins with an underscore', () => {
    const before = {
      ...image(4, { properties: { a: 1, b: { c: 1, d: 2 } } }),
      pos: [0, 0] as [number, number],
    };
    const after = {
      ...image(4, { properties: { b: { d: 2, c: 1 }, a: 1, _cacheKey: 'v1:x', _preview: 'x' } }),
      pos: [90, 9] as [number, number],
      ...{ size: [200, 100], color: '#222', order: 7, flags: { collapsed: true } },
    };
    expect(changes(before, after)).toBeNull();
  });
});

describe('picks', () => {
  const shown = [
    'https://a/1.png',
    'https://a/2.png',
    'https://a/3.png',
    'https://a/4.png',
    'https://a/5.png',
  ];

  it('are told by row and candidate, from 1', () => {
    const diff = changes(gate(5, { approvedIndex: 1 }), gate(5, { approvedIndex: 6 }));
    expect(diff?.picks).toEqual([
      { row: 1, before: 2, after: null },
      { row: 2, before: null, after: 3 },
    ]);
    expect(told(diff)).toEqual(['picks']);
    expect(changes(gate(5, { approvedIndex: 1 }), gate(5, { approvedIndex: 3 }))?.picks).toEqual([
      { row: 1, before: 2, after: 4 },
    ]);
    expect(changes(gate(5), gate(5, { approvedIndex: 0 }))?.picks).toEqual([
      { row: 1, before: null, after: 1 },
    ]);
  });

  it('that stay are not told when the gallery is wiped below them, also one that is an address', () => {
    const pick = 'https://a/2.png';
    const diff = changes(
      gate(5, { candidates: shown, approvedIndex: pick }),
      gate(5, { candidates: [], approvedIndex: pick }),
    );
    expect(told(diff)).toEqual(['cache']);
  });

  it('are the same however they are written', () => {
    expect(changes(gate(5, { approvedIndex: 1 }), gate(5, { approvedIndex: '1' }))).toBeNull();
    expect(
      told(
        changes(
          gate(5, { candidates: shown, approvedIndex: 1 }),
          gate(5, { candidates: shown, pick: shown[1] }),
        ),
      ),
    ).toEqual([]);
  });

  it('that cannot be read are told as a setting', () => {
    const diff = changes(
      gate(5, { approvedIndex: 'https://x/1.png' }),
      gate(5, { approvedIndex: 'https://x/2.png' }),
    );
    expect(diff?.settings).toEqual([
      { name: 'approvedIndex', before: '"https://x/1.png"', after: '"https://x/2.png"' },
    ]);
    expect(told(diff)).toEqual(['settings']);
  });
});

describe('cache', () => {
  it('is told by its addresses, holes and all', () => {
    const diff = changes(
      image(4, { properties: { _savedImages: ['https://a/1.png', null] } }),
      image(4, { properties: { _savedImages: null } }),
    );
    expect(diff?.cache).toEqual({ before: ['https://a/1.png', null], after: [] });
    expect(told(diff)).toEqual(['cache']);
  });

  it('is also that of videos, gates and unknown kinds', () => {
    expect(told(changes(video(4), video(4, { properties: { _savedClips: ['https://a/1.mp4'] } })))).toEqual([
      'cache',
    ]);
    expect(told(changes(gate(4), gate(4, { candidates: ['https://a/1.png'] })))).toEqual(['cache']);
    const unknown = (properties: Record<string, unknown>) => ({ id: 4, type: 'custom/Seedance', properties });
    expect(told(changes(unknown({}), unknown({ _savedClips: ['https://a/1.mp4'] })))).toEqual(['cache']);
  });
});

describe('wiring', () => {
  const nodes = [plain(1, 'a'), plain(2, 'b'), image(3)];
  const wired = (...wires: Wire[]) => testWorkflow(nodes, wires);

  it('is told at the slot that something ends at', () => {
    const diff = diffWorkflows(wired([1, 3, 'prompt']), wired([2, 3, 'prompt']));
    expect(diff.nodes).toHaveLength(1);
    expect(node(diff, 3).wiring).toEqual([{ name: 'prompt', before: 'Node 1 (1)', after: 'Node 2 (2)' }]);
    expect(node(diffWorkflows(wired(), wired([1, 3, 'prompt'])), 3).wiring).toEqual([
      { name: 'prompt', before: null, after: 'Node 1 (1)' },
    ]);
  });

  it('goes by the table of links, not by their ids or their copies in the nodes', () => {
    const text = wired([1, 3, 'prompt'], [2, 3, 'image 1']).text;
    const renumbered = parseWorkflow(text.replaceAll(/\b50(\d)\b/g, '90$1'), 'test.nbflow');
    expect(diffWorkflows(wired([1, 3, 'prompt'], [2, 3, 'image 1']), renumbered).nodes).toEqual([]);
    const stale = parseWorkflow(text.replace('"link": 501', '"link": null'), 'test.nbflow');
    expect(stale.text).not.toBe(text);
    expect(diffWorkflows(wired([1, 3, 'prompt'], [2, 3, 'image 1']), stale).nodes).toEqual([]);
  });

  it('is the same when what feeds a slot gets another title', () => {
    const titled = testWorkflow(
      [{ ...plain(1, 'a'), title: 'Other' }, plain(2, 'b'), image(3)],
      [[1, 3, 'prompt']],
    );
    expect(diffWorkflows(wired([1, 3, 'prompt']), titled).nodes.map(({ nodeId }) => nodeId)).toEqual([1]);
  });

  it('is another one when another output of the same node is used', () => {
    const outputs = ['picture', 'mask'].map((name) => ({ name, type: '*', links: [] }));
    const from = (slot: number) =>
      parse({
        tabs: [
          {
            graphData: {
              nodes: [
                { id: 1, type: 'x/Split', title: 'Split', outputs },
                { id: 2, type: 'x/Join', inputs: [{ name: 'in', type: '*', link: 7 }] },
              ],
              links: [[7, 1, slot, 2, 0, '*']],
            },
          },
        ],
      });
    expect(node(diffWorkflows(from(0), from(1)), 2).wiring).toEqual([
      { name: 'in', before: 'Split (1), picture', after: 'Split (1), mask' },
    ]);
  });

  it('names a node that is not there', () => {
    const text = wired([1, 3, 'prompt']).text.replace(/501,\s+1,/, '501, 77,');
    const diff = diffWorkflows(wired([1, 3, 'prompt']), parseWorkflow(text, 'test.nbflow'));
    expect(node(diff, 3).wiring).toEqual([
      { name: 'prompt', before: 'Node 1 (1)', after: 'node 77, which is not there' },
    ]);
  });
});

describe('nodes', () => {
  it('that came or went are told with all they have, in the order of the file', () => {
    const before = testWorkflow(
      [plain(1, 'a'), template(2, 'a {scene}', ['scene']), image(3)],
      [[1, 3, 'prompt']],
    );
    const after = testWorkflow([plain(1, 'a'), image(3), plain(9, 'new')], [[9, 3, 'prompt']]);
    const diff = diffWorkflows(before, after);
    expect(diff.nodes.map(({ nodeId, change }) => [nodeId, change])).toEqual([
      [2, 'removed'],
      [3, 'changed'],
      [9, 'added'],
    ]);
    expect(node(diff, 2).prompts).toEqual([{ name: 'text', before: 'a {scene}', after: null }]);
    expect(node(diff, 9)).toMatchObject({
      title: 'Node 9',
      kind: 'prompt',
      tab: 'A',
      prompts: [{ name: 'text', before: null, after: 'new' }],
    });
    expect(diff.totals).toMatchObject({
      added: 1,
      removed: 1,
      changed: 1,
      prompts: 2,
      wiring: 1,
      settings: 2,
    });
  });

  it('of an id that is used twice are paired in their order', () => {
    const diff = diffWorkflows(
      testWorkflow([plain(1, 'a'), plain(1, 'b')]),
      testWorkflow([plain(1, 'a'), plain(1, 'c')]),
    );
    expect(diff.nodes.map(({ prompts }) => prompts)).toEqual([[{ name: 'text', before: 'b', after: 'c' }]]);
  });

  it('are told up to a bound, and counted all', () => {
    const many = (text: string) =>
      testWorkflow(Array.from({ length: MOST_NODES + 5 }, (_, i) => plain(i + 1, `${text} ${i}`)));
    const diff = diffWorkflows(many('a'), many('b'));
    expect(diff.nodes).toHaveLength(MOST_NODES);
    expect(diff.left).toBe(5);
    expect(diff.totals).toMatchObject({ changed: MOST_NODES + 5, prompts: MOST_NODES + 5 });
  });

  it('with very long texts are fewer, so that a window can take them', () => {
    const long = (letter: string) =>
      testWorkflow([1, 2, 3, 4].map((id) => plain(id, letter.repeat(1_000_000))));
    const diff = diffWorkflows(long('a'), long('b'));
    expect(diff.nodes.length + diff.left).toBe(4);
    expect(diff.nodes).toHaveLength(2);
  });
});

describe('tabs', () => {
  const a = testTab('Account A', [plain(1, 'a'), plain(2, 'b')]);
  const b = testTab('Account B', [plain(100_001, 'a'), plain(100_002, 'b')]);
  const c = testTab('Account C', [plain(200_001, 'a')]);

  it('that moved are the same', () => {
    expect(diffWorkflows(tabs(a, b, c), tabs(c, a, b))).toMatchObject({
      nodes: [],
      tabs: { added: [], removed: [] },
      file: [],
    });
  });

  it('that came or went are told, with their nodes', () => {
    const diff = diffWorkflows(tabs(a, b), tabs(c, b));
    expect(diff.tabs).toEqual({ added: ['Account C'], removed: ['Account A'] });
    expect(diff.nodes.map(({ nodeId, change }) => [nodeId, change])).toEqual([
      [1, 'removed'],
      [2, 'removed'],
      [200_001, 'added'],
    ]);
  });

  it('with another name and the same nodes are the same, and the name is told', () => {
    const diff = diffWorkflows(tabs(a, b), tabs(c, { ...a, name: 'Account A ✨' }, b));
    expect(diff.tabs).toEqual({ added: ['Account C'], removed: [] });
    expect(diff.file).toEqual([{ name: 'name of tab 2', before: 'Account A', after: 'Account A ✨' }]);
    expect(diff.nodes.map(({ nodeId }) => nodeId)).toEqual([200_001]);
  });

  it('with another name are those with the most nodes in common', () => {
    const split = testTab('Half of A', [plain(2, 'b')]);
    const most = testTab('Most of A', [plain(1, 'a'), plain(3, 'c'), plain(4, 'd')]);
    const whole = testTab('Account A', [plain(1, 'a'), plain(2, 'b'), plain(3, 'c'), plain(4, 'd')]);
    expect(diffWorkflows(tabs(whole), tabs(split, most)).tabs).toEqual({ added: ['Half of A'], removed: [] });
    expect(diffWorkflows(tabs(split, most), tabs(whole)).tabs).toEqual({ added: [], removed: ['Half of A'] });
  });

  it('of one name are paired in their order', () => {
    const again = { ...b, name: 'Account A' };
    expect(diffWorkflows(tabs(a, again), tabs(a, again)).nodes).toEqual([]);
  });
});

describe('the file', () => {
  it('is told by its name', () => {
    const named = (name: string | null) => parse({ name, tabs: [] });
    expect(diffWorkflows(named('XYZG3-V0-1'), named('XYZG3-V0-2')).file).toEqual([
      { name: 'name', before: 'XYZG3-V0-1', after: 'XYZG3-V0-2' },
    ]);
  });

  it('is read by the names that the setting workflow.fields adds', () => {
    const read = (prompt: string) =>
      parseWorkflow(
        JSON.stringify({
          tabs: [testTab('A', [{ id: 1, type: 'Prompt', properties: { beschreibung: prompt } }])],
        }),
        'test.nbflow',
        { text: ['beschreibung'] },
      );
    expect(node(diffWorkflows(read('a'), read('b')), 1).prompts).toEqual([
      { name: 'beschreibung', before: 'a', after: 'b' },
    ]);
  });
});
