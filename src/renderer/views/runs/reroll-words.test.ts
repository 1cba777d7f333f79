import { describe, expect, it } from 'vitest';
import type { RunNodeView } from '../../../shared/run-view.ts';
import { amountWords, candidatesOf, sumUp, targetsOf, whatWords, whyNoReroll } from './reroll-words.ts';
import { candidate, node, unmade } from './test-nodes.ts';

const live = { live: true, finishedAt: null, status: 'running' } as const;
const over = { live: false, finishedAt: '2026-05-12T14:30:21Z', status: 'completed' } as const;
const elsewhere = { live: false, finishedAt: null, status: 'running' } as const;

const byId = (...nodes: RunNodeView[]) => new Map(nodes.map((each) => [each.nodeId, each]));
const four = [1, 2, 3, 4].map((number) => candidate(1, number));

describe('a node', () => {
  it.each(['done', 'cached', 'failed'] as const)('that is %s can be re-rolled', (state) => {
    const one = node(1, { state });
    expect(whyNoReroll(one, byId(one), live)).toBeNull();
    expect(whyNoReroll(one, byId(one), over)).toBeNull();
  });

  it.each([
    ['generating', 'It is being made just now.'],
    ['storing', 'It is being made just now.'],
    ['waiting', 'Its turn in this run is still to come.'],
    ['held', 'It waits for your pick first.'],
  ] as const)('that is %s cannot, and says why', (state, why) => {
    const one = node(1, { state });
    expect(whyNoReroll(one, byId(one), live)).toBe(why);
  });

  it('of a run that another Flowdeck drives cannot be re-rolled here', () => {
    const one = node(1, { state: 'done' });
    expect(whyNoReroll(one, byId(one), elsewhere)).toMatch(/another Flowdeck/);
  });

  it('that was never reached can be made once what it needs is there', () => {
    const image = node(1, { scene: 3, state: 'failed' });
    const clip = node(2, { scene: 3, kind: 'video', state: 'skipped', needs: [1] });
    expect(whyNoReroll(clip, byId(image, clip), over)).toMatch(/needs Scene 3 image, which has no output/);
    const made = { ...image, state: 'done' as const, candidates: four };
    expect(whyNoReroll(clip, byId(made, clip), over)).toBeNull();
  });
});

describe('what is made again', () => {
  const rows = [...four, unmade(2, 1, { state: 'failed' }), unmade(2, 2), candidate(2, 3), unmade(2, 4)];
  const done = node(1, { state: 'done', candidates: four });
  const failed = node(2, { state: 'failed', rows: 2, candidates: rows });

  it('is all of a node that is done, and only what a failed one lacks: the rest is paid for', () => {
    expect(candidatesOf(done)).toBe(4);
    expect(candidatesOf(failed)).toBe(3);
  });

  it('asks for failed nodes as a whole, so that what waits for them follows', () => {
    expect(targetsOf([failed])).toEqual([{ nodeId: 2 }]);
    expect(targetsOf([done])).toEqual([{ nodeId: 1 }]);
  });

  it('names what a failed node lacks when others are made with it, so that nothing is made twice', () => {
    expect(targetsOf([done, failed])).toEqual([
      { nodeId: 1 },
      { nodeId: 2, row: 2, candidate: 1 },
      { nodeId: 2, row: 2, candidate: 2 },
      { nodeId: 2, row: 2, candidate: 4 },
    ]);
  });

  it('is named by scene, by candidate, or by number', () => {
    const one = node(1, { scene: 3, rows: 2 });
    expect(whatWords([one], [{ nodeId: 1 }])).toBe('Scene 3 image');
    expect(whatWords([one], [{ nodeId: 1, row: 2, candidate: 4 }])).toBe(
      'Candidate 4 of Scene 3 image, row 2',
    );
    expect(whatWords([one, node(2)], [{ nodeId: 1 }, { nodeId: 2 }])).toBe('2 nodes');
  });
});

describe('the sum of a selection', () => {
  const done = node(1, { state: 'done', candidates: four });
  const busy = node(2, { state: 'generating' });
  const clip = node(3, { kind: 'video', state: 'done', perRow: 2 });
  const nodes = byId(done, busy, clip);

  it('counts what can be made now, and says how many are left out', () => {
    const prices = new Map([
      [1, 0.04],
      [3, 0.4],
    ]);
    const sum = sumUp([done, busy, clip], nodes, live, prices);
    expect(sum).toMatchObject({ leftOut: 1, candidates: 6, targets: [{ nodeId: 1 }, { nodeId: 3 }] });
    expect(sum.costUSD).toBeCloseTo(0.96);
    expect(amountWords(null, sum.candidates, sum.costUSD)).toBe('6 candidates, about $0.96');
  });

  it('gives no price where one is not known, rather than too low a one', () => {
    const sum = sumUp([done, clip], nodes, live, new Map([[1, 0.04]]));
    expect(sum.costUSD).toBeNull();
    expect(amountWords('video', sum.candidates, sum.costUSD)).toBe('6 clips');
  });
});
