import { describe, expect, it } from 'vitest';
import { generationNodes } from './generation.ts';
import { placeholdersOf, promptMode } from './prompts.ts';
import { dynamic, image, plain, type TestNode, template, testWorkflow, type Wire } from './test-workflow.ts';

/** Prompts of image 9, which node 8 feeds. */
const promptsOf = (nodes: TestNode[], wires: Wire[] = []): string[] =>
  generationNodes(testWorkflow([...nodes, image(9)], [...wires, [8, 9, 'prompt']]))[0]?.prompts ?? [];

describe('rows', () => {
  it('a plain prompt is one row', () => {
    expect(promptsOf([plain(8, 'a kitchen')])).toEqual(['a kitchen']);
  });

  it('a dynamic gives one row each, blank ones are skipped', () => {
    expect(promptsOf([dynamic(8, 'x', ['one', ' ', 'two', '', 'three'])])).toEqual(['one', 'two', 'three']);
  });

  it('several dynamics go row by row, one with a single row repeats', () => {
    const nodes = [
      dynamic(1, 'a', ['a1', 'a2', 'a3']),
      dynamic(2, 'b', ['b1', '\n', 'b2', 'b3']),
      dynamic(3, 'c', ['c']),
      template(8, '{a}-{b}-{c}-{a}', ['a', 'b', 'c']),
    ];
    const wires: Wire[] = [
      [1, 8, 'a'],
      [2, 8, 'b'],
      [3, 8, 'c'],
    ];
    expect(promptsOf(nodes, wires)).toEqual(['a1-b1-c-a1', 'a2-b2-c-a2', 'a3-b3-c-a3']);
  });

  it('two different lengths above one give no prompt at all', () => {
    const nodes = [
      dynamic(1, 'a', ['1', '2']),
      dynamic(2, 'b', ['1', '2', '3']),
      template(8, '{a}{b}', ['a', 'b']),
    ];
    const wires: Wire[] = [
      [1, 8, 'a'],
      [2, 8, 'b'],
    ];
    expect(promptsOf(nodes, wires)).toEqual([]);
  });

  it('templates may feed templates', () => {
    const nodes = [dynamic(1, 'a', ['1', '2']), template(2, '<{a}>', ['a']), template(8, '{b}!', ['b'])];
    const wires: Wire[] = [
      [1, 2, 'a'],
      [2, 8, 'b'],
    ];
    expect(promptsOf(nodes, wires)).toEqual(['<1>!', '<2>!']);
  });
});

describe('braces never reach the model', () => {
  const cases: [string, TestNode[], Wire[]][] = [
    ['a placeholder without a wire', [template(8, 'x {a}', ['a'])], []],
    ['a placeholder without a slot', [dynamic(1, 'a', ['1']), template(8, 'x {a}', ['b'])], [[1, 8, 'b']]],
    ['a dynamic without rows', [dynamic(1, 'a', [' ']), template(8, 'x {a}', ['a'])], [[1, 8, 'a']]],
    ['a plain text', [plain(8, 'x {a}')], []],
    ['a row', [dynamic(1, 'a', ['{b}']), template(8, 'x {a}', ['a'])], [[1, 8, 'a']]],
    ['a node that gives no text', [image(1), template(8, 'x {a}', ['a'])], [[1, 8, 'a']]],
    ['a template that waits for itself', [template(8, 'x {a}', ['a'])], [[8, 8, 'a']]],
  ];
  it.each(cases)('%s gives no prompt', (_what, nodes, wires) => {
    expect(promptsOf(nodes, wires)).toEqual([]);
  });

  it.each(['{a}', '{ a }', '{{a}}', '{{ a }}'])('%s is filled whole', (spelling) => {
    expect(promptsOf([dynamic(1, 'a', ['1']), template(8, `x ${spelling} y`, ['a'])], [[1, 8, 'a']])).toEqual(
      ['x 1 y'],
    );
  });

  it('a value is put in as it is: $ and \\ mean nothing', () => {
    expect(promptsOf([plain(1, "$& $1 \\n $'"), template(8, '{a}', ['a'])], [[1, 8, 'a']])).toEqual([
      "$& $1 \\n $'",
    ]);
  });
});

describe('own text', () => {
  const own = { properties: { text: 'mine' } };

  it('counts where no prompt is wired', () => {
    expect(generationNodes(testWorkflow([image(9, own)]))[0]?.prompts).toEqual(['mine']);
  });

  it('does not count where one is, even an empty one', () => {
    const wired = testWorkflow([plain(8, 'theirs'), image(9, own)], [[8, 9, 'prompt']]);
    expect(generationNodes(wired)[0]?.prompts).toEqual(['theirs']);
    const empty = testWorkflow([dynamic(8, 'a', []), image(9, own)], [[8, 9, 'prompt']]);
    expect(generationNodes(empty)[0]?.prompts).toEqual([]);
  });
});

it('infers the mode where none is named: rows, then placeholders with slots, else plain', () => {
  const mode = (properties: Record<string, unknown>, inputs: string[] = []) => {
    const node = testWorkflow([{ id: 1, type: 'Prompt', inputs, properties }]).nodes.get(1);
    return node && promptMode(node, {});
  };
  expect(mode({ dynamicRows: ['a'], text: '{a}' }, ['a'])).toBe('dynamic');
  expect(mode({ text: 'x {a}' }, ['a'])).toBe('template');
  expect(mode({ text: 'x {a}' })).toBe('plain');
  expect(mode({ text: 'x' }, ['a'])).toBe('plain');
  expect(mode({ mode: 'Template', dynamicRows: ['a'] })).toBe('template');
  expect(mode({ mode: 'something', dynamicRows: ['a'] })).toBe('dynamic');
});

it('knows placeholders from other braces', () => {
  expect(placeholdersOf('{a} {b_2} {a} {product in hand} {ключ} {a-b}')).toEqual([
    'a',
    'b_2',
    'product in hand',
    'ключ',
    'a-b',
  ]);
  expect(placeholdersOf('{} { } {"a": 1} {1} {a, b} a} {b')).toEqual([]);
});
