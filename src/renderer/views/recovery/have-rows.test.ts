import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecoveryNodeState } from '../../../shared/recovery.ts';
import {
  arranged,
  filterCounts,
  type HaveRow,
  haveCell,
  haveFilters,
  haveRows,
  haveSums,
  sceneWords,
  sumsSentence,
} from './have-rows.ts';
import { testNode } from './test-diagnosis.ts';

const ids = (rows: readonly HaveRow[]) =>
  rows.flatMap((row) => (row.kind === 'node' ? [row.node.nodeId] : []));
const heads = (rows: readonly HaveRow[]) =>
  rows.flatMap((row) => (row.kind === 'scene' ? [`${row.tab} ${row.scene}: ${sceneWords(row)}`] : []));

const still = testNode(4, { scene: 1 });
const clip = testNode(9, { scene: 1, kind: 'video', state: 'missing', cache: 0, generations: 4 });
const gone = testNode(13, { scene: 2, state: 'gone', cache: 2, bad: 2, generations: 2 });
const taken = testNode(18, { scene: 2, kind: 'video', state: 'salvage', cache: 0, local: 4, salvaged: 4 });
const other = testNode(100004, { scene: 1, tab: 'Account B' });
const nodes = [clip, still, taken, gone, other];

describe('the rows of what there is', () => {
  it('stand under their tab and scene, pictures before clips', () => {
    const rows = haveRows(arranged(nodes), 'all', '');
    expect(ids(rows)).toEqual([4, 9, 13, 18, 100004]);
    expect(heads(rows)).toEqual([
      'Account A 1: 4 to generate',
      'Account A 2: 4 to be taken, 2 to generate',
      'Account B 1: nothing to generate',
    ]);
  });

  it('are filtered to what is wrong, to what is made, and to what is taken', () => {
    expect(ids(haveRows(arranged(nodes), 'problems', ''))).toEqual([13]);
    expect(ids(haveRows(arranged(nodes), 'generate', ''))).toEqual([9, 13]);
    expect(ids(haveRows(arranged(nodes), 'taken', ''))).toEqual([18]);
    expect(filterCounts(nodes)).toEqual({ all: 5, problems: 1, generate: 2, taken: 1 });
  });

  it('count as a problem where an output is gone that will be taken from elsewhere', () => {
    const healed = testNode(22, { state: 'salvage', cache: 3, bad: 1, salvaged: 1 });
    expect(ids(haveRows(arranged([still, healed]), 'problems', ''))).toEqual([22]);
  });

  it('are found by scene, tab, title and number, all words together', () => {
    expect(ids(haveRows(arranged(nodes), 'all', 'scene 2'))).toEqual([13, 18]);
    expect(ids(haveRows(arranged(nodes), 'all', 'account b'))).toEqual([100004]);
    expect(ids(haveRows(arranged(nodes), 'all', '18'))).toEqual([18]);
    expect(haveRows(arranged(nodes), 'all', 'nothing like that')).toEqual([]);
  });

  it('have every node that fits exactly once, whatever they are', () => {
    const node = fc.record({
      nodeId: fc.nat(500),
      tab: fc.constantFrom('A', 'B'),
      scene: fc.integer({ min: 1, max: 4 }),
      kind: fc.constantFrom('image' as const, 'video' as const),
      state: fc.constantFrom(...RecoveryNodeState.options),
      generations: fc.nat(4),
      salvaged: fc.nat(4),
      bad: fc.nat(2),
    });
    const list = fc.uniqueArray(node, { selector: (each) => each.nodeId });
    fc.assert(
      fc.property(list, fc.constantFrom(...haveFilters), (members, filter) => {
        const made = members.map((each) => testNode(each.nodeId, each));
        const shown = ids(haveRows(arranged(made), filter, ''));
        expect(new Set(shown).size).toBe(shown.length);
        expect(shown).toHaveLength(filterCounts(made)[filter]);
        const keys = haveRows(arranged(made), filter, '').map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });
});

describe('a cell', () => {
  it('tells all, some and none apart by mark, number and words', () => {
    expect(haveCell(still, 'cache')).toEqual({ mark: 'done', text: '4/4', words: 'all 4' });
    expect(haveCell(testNode(1, { local: 2 }), 'local')).toEqual({
      mark: 'working',
      text: '2/4',
      words: '2 of 4',
    });
    expect(haveCell(still, 'journal')).toEqual({ mark: 'skipped', text: '0/4', words: 'none' });
  });

  it('says what is gone or wrong before what is there', () => {
    expect(haveCell(gone, 'cache')).toEqual({
      mark: 'failed',
      text: '2/4',
      words: '2 of 4, 2 gone or wrong',
    });
    expect(haveCell(gone, 'local').mark).toBe('skipped');
  });
});

describe('the sums', () => {
  it('add up over all nodes', () => {
    expect(haveSums(nodes)).toEqual({
      wanted: 20,
      cache: 10,
      bad: 2,
      local: 4,
      store: 0,
      journal: 0,
      salvaged: 4,
      generations: 6,
    });
    expect(sumsSentence(haveSums(nodes))).toBe(
      '10 of 20 candidates in the workflow, 2 gone or wrong, 4 to be taken without generating, 6 to generate.',
    );
    expect(sumsSentence(haveSums([still]))).toBe('4 of 4 candidates in the workflow, nothing to generate.');
  });
});
