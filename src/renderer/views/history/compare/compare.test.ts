import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiffPart, wordDiff } from '../../../../shared/word-diff.ts';
import { type ChangeKind, compareRows, fileWords, kindsOf, nodesOf, totalsWords } from './change-kinds.ts';
import { comparisonText } from './comparison-text.ts';
import { foldWords } from './fold-words.ts';
import { outputPairs, outputWords } from './output-change.ts';
import { comparisonOf, nodeDiff, workflowDiff } from './test-diff.ts';

const totals = (changed: number, added: number, removed: number) => ({
  ...workflowDiff([]).totals,
  changed,
  added,
  removed,
});

describe('the sum of a comparison', () => {
  it.each([
    [3, 0, 0, '3 nodes changed.'],
    [1, 0, 0, '1 node changed.'],
    [12, 2, 1, '12 nodes changed, 2 added and 1 removed.'],
    [0, 1, 0, '1 node added.'],
    [0, 2, 1, '2 nodes added and 1 removed.'],
    [0, 0, 4, '4 nodes removed.'],
    [5, 0, 1, '5 nodes changed and 1 removed.'],
  ])('of %i changed, %i added, %i removed is a sentence', (changed, added, removed, sentence) => {
    expect(totalsWords(totals(changed, added, removed))).toBe(sentence);
  });

  it('is nothing where no node differs', () => {
    expect(totalsWords(totals(0, 0, 0))).toBeNull();
  });

  it('names tabs that came or went, and what the file itself says', () => {
    const tabs = { added: ['Account B', ''], removed: ['Account C'] };
    const file = [
      { name: 'name', before: 'XYZG3-V0-1', after: 'XYZG3-V0-2' },
      { name: 'name of tab 2', before: 'B', after: null },
    ];
    expect(fileWords({ tabs, file })).toEqual([
      'Tabs added: Account B, without a name.',
      'Tab removed: Account C.',
      'Name of the file: XYZG3-V0-1 → XYZG3-V0-2.',
      'Name of tab 2: B → nothing.',
    ]);
  });
});

describe('the nodes of a comparison', () => {
  const prompt = nodeDiff({ nodeId: 1, prompts: [{ name: 'text', before: 'a', after: 'b' }] });
  const picked = nodeDiff({ nodeId: 2, kind: 'gate', picks: [{ row: 1, before: 1, after: 3 }] });
  const wiped = nodeDiff({ nodeId: 3, kind: 'image', tabIndex: 1, tab: 'Account B' });
  wiped.cache = { before: ['x'], after: [null] };
  const gone = nodeDiff({ nodeId: 4, change: 'removed', tabIndex: 1, tab: 'Account B' });

  it('are found by the kinds of what changed in them', () => {
    expect(kindsOf(wiped)).toEqual(['cache']);
    expect(kindsOf(gone)).toEqual(['removed']);
    const ids = (...kinds: ChangeKind[]) =>
      nodesOf([prompt, picked, wiped, gone], new Set(kinds)).map((node) => node.nodeId);
    expect(ids('prompts')).toEqual([1]);
    expect(ids('picks', 'removed')).toEqual([2, 4]);
    expect(ids()).toEqual([1, 2, 3, 4]);
  });

  it('stand under their tabs, which are counted', () => {
    const rows = compareRows([prompt, picked, wiped, gone]);
    expect(rows.map((row) => (row.kind === 'tab' ? `${row.tab} ${row.count}` : row.node.nodeId))).toEqual([
      'Account A 2',
      1,
      2,
      'Account B 2',
      3,
      4,
    ]);
    expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
  });

  it('of a tab without a name stand under its number', () => {
    expect(compareRows([nodeDiff({ tabIndex: 2, tab: '' })])[0]).toMatchObject({ tab: 'Tab 3' });
  });
});

describe('cached output', () => {
  it('is told by what became of each place', () => {
    const cache = { before: ['a', 'b', 'c', null], after: ['a', 'x', null, 'n', 'm'] };
    expect(outputPairs(cache).map(({ place }) => place)).toEqual([2, 3, 4, 5]);
    expect(outputWords(cache)).toBe('1 output is another one, 1 is gone, 2 are new.');
  });

  it('that was wiped is gone', () => {
    expect(outputWords({ before: ['a', 'b', 'c', 'd'], after: [] })).toBe('4 outputs are gone.');
  });
});

describe('a long prompt', () => {
  const filler = (count: number) => Array.from({ length: count }, (_, n) => `w${n}`).join(' ');

  it('is folded where nothing changed, with some words left beside each change', () => {
    const before = `${filler(60)} red ${filler(60)}`;
    const pieces = foldWords(wordDiff(before, before.replace('red', 'blue')));
    expect(pieces.map(({ kind }) => kind)).toEqual(['folded', 'same', 'removed', 'added', 'same', 'folded']);
    expect(pieces[0]).toMatchObject({ words: 52 });
    expect(pieces[1]?.text.trim().split(' ')).toHaveLength(8);
  });

  it('that is alike is not folded away as a whole', () => {
    expect(foldWords([{ kind: 'same', text: filler(200) }])).toHaveLength(1);
  });

  it('loses no word by being folded', () => {
    const word = fc.constantFrom('a', 'bb', 'ccc', '\n', 'd.');
    const text = fc.array(word, { maxLength: 80 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = wordDiff(before, after);
        const whole = (list: readonly { kind: string; text: string }[], kind: DiffPart['kind']) =>
          list.map((each) => (each.kind === kind ? '' : each.text)).join('');
        const pieces = foldWords(parts);
        expect(whole(pieces, 'added')).toBe(before);
        expect(whole(pieces, 'removed')).toBe(after);
        for (const piece of pieces) expect(piece.text).not.toBe('');
      }),
    );
  });
});

describe('a comparison as text', () => {
  it('marks the words that changed without colour', () => {
    const node = nodeDiff({
      prompts: [{ name: 'text', before: 'a red jar', after: 'a blue jar' }],
      settings: [{ name: 'model', before: null, after: '"NB2"' }],
      picks: [{ row: 2, before: 1, after: null }],
      cache: { before: ['a'], after: [null] },
    });
    expect(comparisonText(comparisonOf(workflowDiff([node])), [node]).split('\n')).toEqual([
      'XYZG3-V0-1 → XYZG3-V0-2',
      '',
      '1 node changed.',
      '',
      'Account A · Scene 1 prompt (12)',
      '  text: a [-red-] {+blue+} jar',
      '  model: nothing → "NB2"',
      '  row 2: pick 1 → none',
      '  1 output is gone.',
    ]);
  });

  it('says when there is nothing to tell', () => {
    expect(comparisonText(comparisonOf(workflowDiff([]), true), [])).toContain('Alike, byte for byte.');
    expect(comparisonText(comparisonOf(workflowDiff([])), [])).toContain('only layout');
  });
});
