import { describe, expect, it } from 'vitest';
import { type BoardFilter, filterCounts, matchingRows, nodesWantingPick } from './board-filter.ts';
import { layoutBoard } from './board-layout.ts';
import { gate, node } from './test-nodes.ts';

const image = node(10, { scene: 1, state: 'done', gates: [gate(12)] });
const clip = node(11, { scene: 1, kind: 'video', state: 'held', needs: [10] });
const failed = node(20, { scene: 2, state: 'failed', title: 'The kitchen' });
const working = node(130, { scene: 13, state: 'generating' });
const nodes = [image, clip, failed, working];
const byId = new Map(nodes.map((each) => [each.nodeId, each]));
const { rows } = layoutBoard(['Account A'], nodes);

const scenes = (filter: BoardFilter, search = '') =>
  matchingRows(rows, byId, nodesWantingPick(nodes), { filter, search }).map((row) => row.scene);

describe('a pick that is wanted', () => {
  it('is one thing to do, at the gate above the node that is held', () => {
    expect([...nodesWantingPick(nodes)]).toEqual([10]);
  });

  it('is none once a person has picked', () => {
    const picked = { ...image, gates: [gate(12, { picks: [{ row: 1, candidate: 2 }] })] };
    expect([...nodesWantingPick([picked, node(11, { state: 'waiting', needs: [10] })])]).toEqual([]);
  });

  it('is not one at gates where the machine picks', () => {
    const auto = node(10, { gates: [gate(12, { machinePicks: [{ row: 1, candidate: 1 }] })] });
    expect(nodesWantingPick([auto, node(11, { state: 'generating', needs: [10] })]).size).toBe(0);
  });

  it('is told of a held node whose gate is not known', () => {
    expect([...nodesWantingPick([clip])]).toEqual([11]);
  });
});

describe('a filter', () => {
  it('finds the scenes with such a node', () => {
    expect(scenes('needs-you')).toEqual([1]);
    expect(scenes('failed')).toEqual([2]);
    expect(scenes('working')).toEqual([13]);
    expect(scenes('done')).toEqual([1]);
  });

  it('counts nodes', () => {
    expect(filterCounts(nodes, nodesWantingPick(nodes))).toEqual({
      all: 4,
      'needs-you': 1,
      failed: 1,
      working: 1,
      done: 1,
    });
  });

  it('keeps the very same lines when nothing is asked', () => {
    expect(matchingRows(rows, byId, new Set(), { filter: 'all', search: '  ' })).toBe(rows);
  });
});

describe('a search', () => {
  it('takes a number for a scene, not for a part of one', () => {
    expect(scenes('all', '1')).toEqual([1]);
    expect(scenes('all', 'scene 13')).toEqual([13]);
    expect(scenes('all', '03')).toEqual([]);
  });

  it('finds words of a title in any order and case, together with the filter', () => {
    expect(scenes('all', 'KITCHEN the')).toEqual([2]);
    expect(scenes('working', 'kitchen')).toEqual([]);
  });
});
