import { describe, expect, it } from 'vitest';
import type { Comparison, NodeDiff } from '../../shared/workflow-diff.ts';
import { comparisonText } from './diff-words.ts';
import type { Paint } from './output.ts';

const plain: Paint = (_style, text) => text;
const coloured: Paint = (style, text) => `<${style}>${text}</>`;
const side = { label: 'a', path: null, at: null, sha256: '' };
const noSums = {
  added: 0,
  removed: 0,
  changed: 0,
  prompts: 0,
  references: 0,
  settings: 0,
  picks: 0,
  cache: 0,
  wiring: 0,
};

const nodeOf = (change: Partial<NodeDiff>): NodeDiff => ({
  ...{ nodeId: 3, tabIndex: 0, tab: 'A', title: 'Scene 1', kind: 'image', change: 'changed' },
  ...{ prompts: [], references: [], settings: [], picks: [], cache: null, wiring: [] },
  ...change,
});
const linesFor = (nodes: NodeDiff[], paint: Paint = plain, left = 0): string[] => {
  const comparison: Comparison = {
    ...{ before: side, after: side, identical: false },
    diff: {
      totals: { ...noSums, changed: nodes.length },
      nodes,
      left,
      tabs: { added: [], removed: [] },
      file: [],
    },
  };
  return comparisonText(comparison, paint).split('\n').slice(3);
};
const promptLine = (before: string | null, after: string | null, paint: Paint = plain) =>
  linesFor([nodeOf({ prompts: [{ name: 'text', before, after }] })], paint)[1]?.trim();

describe('a prompt in the text of a comparison', () => {
  it('has its words marked where there are no colours', () => {
    expect(promptLine('A jar on a wooden table.', 'A jar on a marble table.')).toBe(
      'text: A jar on a [-wooden-]{+marble+} table.',
    );
    expect(promptLine('A jar', 'A jar on a table')).toBe('text: A jar{+ on a table+}');
    expect(promptLine('A jar on a table', 'A jar')).toBe('text: A jar[- on a table-]');
  });

  it('has them coloured where there are', () => {
    expect(promptLine('old word', 'new word', coloured)).toBe('text: <red>old</><green>new</> word');
  });

  it('shows only what is beside a change', () => {
    const long = Array.from({ length: 200 }, (_, i) => `word${i}`).join(' ');
    const line = promptLine(`${long} red ${long}`, `${long} blue ${long}`) ?? '';
    expect(line).toMatch(/^text: ….{59} \[-red-\]\{\+blue\+\} word0 .{50,60}…$/);
  });

  it('does not move the cursor of a terminal', () => {
    expect(promptLine('a', 'a \u001b[2J\u0007b')).toBe('text: a{+  [2J b+}');
  });
});

describe('the text of a comparison', () => {
  it('tells references, settings, picks, cached output and wiring in a line each', () => {
    const node = nodeOf({
      references: [{ name: 'imageUrl', before: 'https://a/1.png', after: null }],
      settings: [{ name: 'model', before: null, after: '"x"' }],
      picks: [{ row: 2, before: 1, after: null }],
      cache: { before: ['a', 'b', null], after: ['a', 'c', null] },
      wiring: [{ name: 'prompt', before: 'One (1)', after: 'Two (2)' }],
    });
    expect(linesFor([node])).toEqual([
      '~ Scene 1 (3)  image',
      '    reference imageUrl: https://a/1.png → none',
      '    model: none → "x"',
      '    pick of row 2: candidate 1 → none',
      '    cached output: 1 of 2 are others',
      '    slot prompt: One (1) → Two (2)',
      '1 node changed.',
    ]);
  });

  it('names the tab where there are several, and says how many nodes are left out', () => {
    const lines = linesFor(
      [nodeOf({ tab: 'A' }), nodeOf({ tab: 'B', title: '', change: 'removed' })],
      plain,
      7,
    );
    expect(lines).toEqual([
      '~ Scene 1 (3)  A, image',
      '- node 3  B, image',
      'and 7 nodes more',
      '2 nodes changed.',
    ]);
  });
});
