import { describe, expect, it } from 'vitest';
import { checkWorkflow } from './check.ts';
import { findings, fixtureText, leftAfterFix, openFixture } from './fixtures/expected.ts';
import { parseWorkflow } from './read.ts';
import { repairWorkflow } from './repair.ts';
import { gate, image, media, parse, plain, testTab } from './test-workflow.ts';

const brief = (name: string, text: string): string[] =>
  checkWorkflow(parseWorkflow(text, name)).map((f) => `${f.code} ${f.tab} ${f.nodeId}`);
const fixed = (name: string) => repairWorkflow(openFixture(`broken/${name}.nbflow`)).text;
/** Lines that only one of two texts has, trimmed. */
const changes = (before: string, after: string) => {
  const count = (text: string) => {
    const lines = new Map<string, number>();
    for (const line of text.split('\n')) lines.set(line, (lines.get(line) ?? 0) + 1);
    return lines;
  };
  const [a, b] = [count(before), count(after)];
  const more = (x: Map<string, number>, y: Map<string, number>) =>
    [...x].flatMap(([line, n]) => Array<string>(Math.max(0, n - (y.get(line) ?? 0))).fill(line.trim()));
  return { gone: more(a, b), come: more(b, a) };
};

describe('after a repair', () => {
  it.each(Object.keys(findings))('%s has only what the table leaves', (name) => {
    const workflow = openFixture(name);
    const { text, fixed } = repairWorkflow(workflow);
    const left = (leftAfterFix[name] ?? []).flatMap(([code, tab, ids]) =>
      ids.map((id) => `${code} ${tab} ${id}`),
    );
    expect(brief(name, text)).toEqual(left);
    expect(fixed).toEqual(checkWorkflow(workflow).filter((finding) => finding.fixable));
    if (fixed.length === 0) expect(text).toBe(workflow.text);
  });

  it.each(Object.keys(findings))('%s is not changed by a second one', (name) => {
    const { text } = repairWorkflow(openFixture(name));
    expect(repairWorkflow(parseWorkflow(text, name))).toEqual({ text, fixed: [] });
  });
});

describe('a repair touches nothing else', () => {
  it('sets the model where it is wrong and adds it where it is missing', () => {
    const before = fixtureText('broken/01-wrong-model.nbflow');
    expect(changes(before, fixed('01-wrong-model'))).toEqual({
      gone: ['"model": "imagen4",', '"timeout": 300'],
      come: ['"model": "nano_banana_2",', '"timeout": 300,', '"model": "nano_banana_2"'],
    });
  });

  it('puts an empty negative prompt', () => {
    const before = fixtureText('broken/04-negative-prompt-missing.nbflow');
    expect(changes(before, fixed('04-negative-prompt-missing'))).toEqual({
      gone: ['"timeout": 900', '"negativePrompt": null,'],
      come: ['"timeout": 900,', '"negativePrompt": ""', '"negativePrompt": "",'],
    });
  });

  it('adds the third slot as the others stand', () => {
    expect(fixed('05-veo-two-slots')).toContain(
      '              },\n              {\n                "name": "end frame",\n                "type": "*",\n                "link": null\n              }\n            ],',
    );
  });

  it('leaves the rows that are texts, and takes the value named like the variable', () => {
    const workflow = parse({
      name: 'test',
      tabs: [
        testTab('A', [
          {
            id: 1,
            type: 'Prompt',
            properties: {
              mode: 'dynamic',
              variableName: 'a',
              dynamicRows: ['x', { b: 'no', a: 'yes' }, null, 7],
            },
          },
        ]),
      ],
    });
    const { text } = repairWorkflow(workflow);
    expect(parseWorkflow(text, 'test').nodes.get(1)?.properties.dynamicRows).toEqual(['x', 'yes', '', '7']);
  });

  it('says of rows it cannot flatten that a person must', () => {
    const rows = { mode: 'dynamic', variableName: 'a', dynamicRows: [{ b: 'one', c: 'two' }] };
    const workflow = parse({
      name: 'test',
      tabs: [testTab('A', [{ id: 1, type: 'Prompt', properties: rows }])],
    });
    expect(checkWorkflow(workflow)).toMatchObject([{ code: 'object-rows', fixable: false }]);
    expect(repairWorkflow(workflow).text).toBe(workflow.text);
  });
});

describe('ids used twice', () => {
  it('the second tab gets all its ids, of nodes and links, plus 100000', () => {
    const before = openFixture('broken/10-duplicate-ids.nbflow');
    const after = parseWorkflow(repairWorkflow(before).text, 'x');
    expect(after.tabs[0]).toEqual(before.tabs[0]);
    const second = before.tabs[1];
    expect(after.tabs[1]?.nodes.map((n) => n.id)).toEqual(second?.nodes.map((n) => n.id + 100_000));
    expect(
      after.tabs[1]?.links.map((l) => [l.id, l.originId, l.originSlot, l.targetId, l.targetSlot]),
    ).toEqual(
      second?.links.map((l) => [
        l.id + 100_000,
        l.originId + 100_000,
        l.originSlot,
        l.targetId + 100_000,
        l.targetSlot,
      ]),
    );
    expect(after.tabs[1]?.nodes.flatMap((n) => n.inputs.map((slot) => slot.link))).toEqual(
      second?.nodes.flatMap((n) => n.inputs.map(({ link }) => link && link + 100_000)),
    );
  });

  it('one node alone gets the number its tab would give it', () => {
    const after = parseWorkflow(fixed('many'), 'x');
    expect(after.tabs[1]?.nodes.at(-1)?.id).toBe(100037);
    expect(after.tabs[1]?.links.some((link) => link.targetId === 100037)).toBe(true);
  });

  it('within one tab each keeps the wires that its own slots name, and counters keep up', () => {
    const tab = testTab(
      'A',
      [media(1, 'a'), media(2, 'b'), image(3), image(4), plain(5, 'p')],
      [
        [1, 3, 'image 1'],
        [2, 4, 'image 1'],
        [5, 3, 'prompt'],
        [5, 4, 'prompt'],
      ],
    );
    // image 4 becomes a second image 3, in the node and in the table
    const twin = tab.graphData.nodes[3];
    if (twin) twin.id = 3;
    for (const link of tab.graphData.links) if (link[3] === 4) link[3] = 3;
    const workflow = parse({
      name: 'test',
      tabs: [{ ...tab, graphData: { ...tab.graphData, last_node_id: 5, last_link_id: 999 } }],
    });
    const { text } = repairWorkflow(workflow);
    const after = parseWorkflow(text, 'x');
    expect(after.tabs[0]?.nodes.map((node) => node.id)).toEqual([1, 2, 3, 100_003, 5]);
    expect(after.tabs[0]?.links.map((link) => `${link.originId}→${link.targetId}`)).toEqual([
      '1→3',
      '2→100003',
      '5→3',
      '5→100003',
    ]);
    expect(after.tabs[0]).toMatchObject({ lastNodeId: 100_003, lastLinkId: 999 });
    expect(checkWorkflow(after).filter((finding) => finding.severity === 'error')).toEqual([]);
  });
});

it('a link to a slot that a repair adds is kept', () => {
  const tab = testTab(
    'A',
    [media(1, 'a'), plain(2, 'p'), { id: 3, type: 'Veo3', inputs: ['prompt', 'start frame'] }],
    [[2, 3, 'prompt']],
  );
  tab.graphData.links.push([900, 1, 0, 3, 2, '*']);
  tab.graphData.nodes[0]?.outputs[0]?.links.push(900);
  const after = parseWorkflow(repairWorkflow(parse({ name: 'test', tabs: [tab] })).text, 'test');
  expect(after.nodes.get(3)?.inputs[2]).toMatchObject({ name: 'end frame', link: 900 });
  expect(checkWorkflow(after)).toEqual([]);
});

it('a removed link disappears from the nodes that named it', () => {
  const tab = testTab(
    'A',
    [plain(1, 'p'), image(2), gate(3)],
    [
      [1, 2, 'prompt'],
      [2, 3, 'input'],
    ],
  );
  tab.graphData.links.push([900, 2, 0, 77, 0, '*']);
  tab.graphData.nodes[1]?.outputs[0]?.links.push(900);
  const after = parseWorkflow(repairWorkflow(parse({ name: 'test', tabs: [tab] })).text, 'test');
  expect(after.tabs[0]?.links.map((link) => link.id)).toEqual([501, 502]);
  expect(after.nodes.get(2)?.outputs[0]?.links).toEqual([502]);
});
