import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../shared/failure.ts';
import { editWorkflow, type JsonValue } from './edit.ts';
import { openFixture, validCounts } from './fixtures/expected.ts';
import { generationNodes } from './generation.ts';
import { promptEdits, promptSources } from './prompt-sources.ts';
import { parseWorkflow, type Workflow } from './read.ts';
import { printWildly } from './test-json.ts';
import {
  dynamic,
  image,
  plain,
  type TestNode,
  template,
  testTab,
  testWorkflow,
  video,
  type Wire,
} from './test-workflow.ts';

const promptsOf = (workflow: Workflow, id: number): string[] =>
  generationNodes(workflow).find((node) => node.nodeId === id)?.prompts ?? [];
const placesOf = (workflow: Workflow, id: number) =>
  promptSources(workflow, id).map(({ nodeId, role, row }) => [nodeId, role, row]);
const editedWith = (workflow: Workflow, ...edits: Parameters<typeof promptEdits>[1]): Workflow =>
  parseWorkflow(editWorkflow(workflow.text, promptEdits(workflow, edits)), workflow.file, workflow.fields);
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return toFailure(error).code;
  }
  return null;
};

describe('the texts of a prompt', () => {
  it('come nearest first: the template, then what fills it, in the order of its placeholders', () => {
    const workflow = testWorkflow(
      [
        dynamic(1, 'dialogue', ['Hello.', ' ', 'Bye.']),
        plain(2, 'a slow pan'),
        template(3, '{pose}: {dialogue}', ['dialogue', 'pose']),
        video(9),
      ],
      [
        [1, 3, 'dialogue'],
        [2, 3, 'pose'],
        [3, 9, 'prompt'],
      ],
    );
    expect(placesOf(workflow, 9)).toEqual([
      [3, 'template', null],
      [2, 'plain', null],
      [1, 'row', 1],
      [1, 'row', 3],
    ]);
  });

  it('are the node’s own where nothing is wired, also when there is none yet', () => {
    expect(promptSources(testWorkflow([image(9, { properties: { text: 'a kitchen' } })]), 9)).toEqual([
      { nodeId: 9, title: 'Node 9', role: 'plain', row: null, text: 'a kitchen', alsoUsedBy: [] },
    ]);
    expect(promptSources(testWorkflow([image(9)]), 9)).toMatchObject([{ nodeId: 9, text: '' }]);
  });

  it('say which other nodes they go into, through a template too, and leave out what is wired but unused', () => {
    const workflow = testWorkflow(
      [
        dynamic(1, 'pose', ['sits']),
        template(2, 'A: {pose}', ['pose']),
        template(3, 'no placeholder', ['pose']),
        image(7),
        image(8),
        image(9),
      ],
      [
        [1, 2, 'pose'],
        [1, 3, 'pose'],
        [2, 7, 'prompt'],
        [2, 8, 'prompt'],
        [3, 9, 'prompt'],
        [1, 9, 'image 1'],
      ],
    );
    expect(promptSources(workflow, 7).map(({ nodeId, alsoUsedBy }) => [nodeId, alsoUsedBy])).toEqual([
      [2, [8]],
      [1, [8]],
    ]);
    expect(placesOf(workflow, 9)).toEqual([[3, 'template', null]]);
  });

  it('end on prompts that feed each other', () => {
    const workflow = testWorkflow(
      [template(1, '{b}', ['b']), template(2, '{a}', ['a']), image(9)],
      [
        [1, 2, 'a'],
        [2, 1, 'b'],
        [2, 9, 'prompt'],
      ],
    );
    expect(placesOf(workflow, 9)).toEqual([
      [2, 'template', null],
      [1, 'template', null],
    ]);
  });

  it('are not there for a node that makes nothing', () => {
    const workflow = testWorkflow([plain(1, 'x'), image(9)], [[1, 9, 'prompt']]);
    expect(codeOf(() => promptSources(workflow, 1))).toBe('not-found');
    expect(codeOf(() => promptSources(workflow, 77))).toBe('not-found');
  });
});

describe('a new text', () => {
  it.each(Object.keys(validCounts))('%s: every prompt given the text it has keeps every byte', (name) => {
    const workflow = openFixture(`valid/${name}`);
    const edits = generationNodes(workflow).flatMap(({ nodeId }) => promptSources(workflow, nodeId));
    expect(edits.length).toBeGreaterThan(0);
    expect(editWorkflow(workflow.text, promptEdits(workflow, edits))).toBe(workflow.text);
  });

  it('goes into its row alone: other keys, other rows and their spelling stay', () => {
    const text =
      '{"tabs":[{"graphData":{"nodes":[{"id":1,"type":"Prompt","properties":{"variableName":"scene","dynamicRows":' +
      '["\\u0061", 1e3, {"notes":"n\\/a", "scene":"old", "n":1.0}, null]}}]}}]}';
    const workflow = parseWorkflow(text, 'x.nbflow');
    const edit = (row: number, to: string) =>
      editWorkflow(text, promptEdits(workflow, [{ nodeId: 1, row, text: to }]));
    expect(edit(3, 'new')).toBe(text.replace('"old"', '"new"'));
    expect(edit(2, 'two')).toBe(text.replace('1e3', '"two"'));
    expect(edit(4, 'four')).toBe(text.replace('null]', '"four"]'));
    expect(edit(1, 'a')).toBe(text);
    expect(edit(2, '1000')).toBe(text);
  });

  it('for several places at once is one edit of the file, and the last for a place counts', () => {
    const workflow = testWorkflow([dynamic(1, 'x', ['one', 'two']), image(9)], [[1, 9, 'prompt']]);
    const after = editedWith(
      workflow,
      { nodeId: 1, row: 1, text: 'first' },
      { nodeId: 1, row: 2, text: 'lost' },
      { nodeId: 1, row: 2, text: 'second' },
    );
    expect(promptsOf(after, 9)).toEqual(['first', 'second']);
  });

  it.each([
    ['no such node', { nodeId: 77, row: null }],
    ['no such row', { nodeId: 1, row: 3 }],
    ['rows, and none named', { nodeId: 1, row: null }],
    ['a row of a prompt without rows', { nodeId: 2, row: 1 }],
    ['a row that is no text', { nodeId: 3, row: 1 }],
    ['a node whose prompt is wired', { nodeId: 9, row: null }],
    ['a node that has no prompt', { nodeId: 4, row: null }],
  ])('has no place: %s', (_, place) => {
    const workflow = testWorkflow(
      [
        dynamic(1, 'x', ['one', 'two']),
        plain(2, 'x'),
        dynamic(3, 'y', [['a'], { a: 'one', b: 'two' }]),
        { id: 4, type: 'Approve' },
        image(9),
      ],
      [[1, 9, 'prompt']],
    );
    expect(codeOf(() => promptEdits(workflow, [{ ...place, text: 'new' }]))).toBe('not-found');
  });
});

/** Any prompts: plain, rows in every form a row may have, templates over some of them; image 9 takes the last. */
const word = fc.stringMatching(/^[a-zA-Z"\\/é\n ]{0,12}[a-z]$/);
const anyRow = fc.oneof(
  word,
  fc.integer({ min: -99, max: 99 }),
  fc.record({ value: word, kept: fc.integer() }),
  fc.constant(''),
  fc.constant(null),
);
const anyPrompts = fc
  .array(
    fc.oneof(
      word.map((text) => ({ text })),
      fc.array(anyRow, { maxLength: 3 }).map((rows) => ({ rows })),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .chain((leaves) => fc.record({ leaves: fc.constant(leaves), around: word, templated: fc.boolean() }));

function workflowOf(
  {
    leaves,
    around,
    templated,
  }: { leaves: ({ text: string } | { rows: unknown[] })[]; around: string; templated: boolean },
  next: () => number,
) {
  const nodes: TestNode[] = leaves.map((leaf, i) =>
    'text' in leaf ? plain(i + 1, leaf.text) : dynamic(i + 1, 'value', leaf.rows),
  );
  const names = leaves.map((_, i) => `v${i + 1}`);
  nodes.push(template(8, `${around} ${names.map((name) => `{${name}}`).join(' ')}`, names), image(9));
  const wires: Wire[] = names.map((name, i) => [i + 1, 8, name]);
  wires.push([templated ? 8 : 1, 9, 'prompt']);
  const tab = testTab('A', nodes, wires);
  const { text } = printWildly(JSON.parse(JSON.stringify({ name: 'x', tabs: [tab] })) as JsonValue, next);
  return parseWorkflow(text, 'x.nbflow');
}

it('whatever the prompts: their own texts change no byte, and a new text is what the node is made from', () => {
  fc.assert(
    fc.property(anyPrompts, fc.infiniteStream(fc.nat(1000)), fc.nat(), (prompts, numbers, which) => {
      const workflow = workflowOf(prompts, () => numbers.next().value ?? 0);
      const sources = promptSources(workflow, 9);
      expect(editWorkflow(workflow.text, promptEdits(workflow, sources))).toBe(workflow.text);

      const source = sources[which % sources.length];
      if (!source) return;
      const before = promptsOf(workflow, 9);
      const after = editedWith(workflow, { ...source, text: 'ZEBRA 7' });
      const prompt = promptsOf(after, 9);
      if (source.role === 'template') expect(prompt).toEqual(['ZEBRA 7']);
      else if (before.length > 0) {
        expect(prompt).toHaveLength(before.length);
        expect(prompt.some((text) => text.includes('ZEBRA 7'))).toBe(true);
      }
      expect(
        promptSources(after, 9).find(({ nodeId, row }) => nodeId === source.nodeId && row === source.row)
          ?.text,
      ).toBe('ZEBRA 7');
    }),
  );
});
