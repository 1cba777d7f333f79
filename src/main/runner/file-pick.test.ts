import { describe, expect, it } from 'vitest';
import { toFailure } from '../../shared/failure.ts';
import { dynamic, gate, image, media, testWorkflow, type Wire } from '../workflow/test-workflow.ts';
import { choosePick, type PickWish } from './file-pick.ts';

const urls = (n: number, name = 'c') => Array.from({ length: n }, (_, i) => `https://s/${name}${i + 1}.png`);
const wires: Wire[] = [
  [2, 4, 'prompt'],
  [4, 5, 'input'],
];
/** Gate 5 behind image 4, with these rows and galleries. */
const workflow = (rows: string[], saved: unknown[], more: Record<string, unknown> = {}) =>
  testWorkflow(
    [dynamic(2, 'x', rows), image(4, { properties: { _savedImages: saved } }), gate(5, more)],
    wires,
  );
const failureOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return toFailure(error);
  }
  return null;
};
const wish = (candidate: number, row?: number): PickWish => ({ gate: 5, candidate, row });

describe('a pick', () => {
  it('is a place in the gate’s gallery, else in what the node above has', () => {
    const shown = workflow(['one'], urls(4), { candidates: urls(3, 'g') });
    expect(choosePick(shown, wish(2))).toMatchObject({
      index: 1,
      picked: { row: 1, url: 'https://s/g2.png' },
    });
    expect(choosePick(workflow(['one'], urls(4)), wish(4))).toMatchObject({
      index: 3,
      picked: { url: 'https://s/c4.png' },
    });
  });

  it('counts candidates within the row', () => {
    const { index, picked } = choosePick(workflow(['one', 'two'], urls(8)), wish(2, 2));
    expect([index, picked.url, picked.replaced]).toEqual([5, 'https://s/c6.png', null]);
  });

  it('in another row takes the place of the earlier one, whose row falls back to its first picture', () => {
    const before = workflow(['one', 'two'], urls(8), { approvedIndex: 2 });
    const { picked, inUse } = choosePick(before, wish(1, 2));
    expect(picked.replaced).toEqual({ row: 1, candidate: 3 });
    expect(inUse).toEqual([
      { nodeId: 4, row: 1, url: 'https://s/c1.png' },
      { nodeId: 4, row: 2, url: 'https://s/c5.png' },
    ]);
    expect(choosePick(before, wish(4, 1)).picked.replaced).toBeNull();
  });

  it('needs no node that makes pictures above the gate', () => {
    const shown = testWorkflow(
      [media(1, 'https://s/a.png'), gate(5, { images: urls(2) })],
      [[1, 5, 'input']],
    );
    expect(choosePick(shown, wish(2))).toMatchObject({ index: 1, inUse: [] });
  });
});

describe('refused', () => {
  it('is a gate of several rows without one named', () => {
    expect(failureOf(() => choosePick(workflow(['one', 'two'], urls(8)), wish(1)))).toMatchObject({
      code: 'usage',
      cure: 'Add --row, from 1 to 2.',
    });
  });

  it.each([
    ['beyond the gallery', workflow(['one'], urls(4)), wish(5)],
    ['in a row that is not there', workflow(['one', 'two'], urls(8)), wish(1, 3)],
    ['of the next row', workflow(['one', 'two'], urls(8)), wish(5, 1)],
    ['a hole', workflow(['one', 'two'], [...urls(4), '', ...urls(3)]), wish(1, 2)],
    ['of an empty gallery', workflow(['one'], []), wish(1)],
    ['at what is no gate', workflow(['one'], urls(4)), { gate: 4, candidate: 1 }],
    ['at a node that is not there', workflow(['one'], urls(4)), { gate: 77, candidate: 1 }],
  ])('is a candidate %s', (_, file, asked) => {
    expect(failureOf(() => choosePick(file, asked))).toMatchObject({ code: 'not-found' });
  });

  it('at what is no gate names the gates there are: nothing else on the command line tells their numbers', () => {
    const asked = { gate: 4, candidate: 1 };
    const ofGates = (ids: number[]) => testWorkflow([image(4), ...ids.map((id) => gate(id))], []);
    const cures = [[], [5], Array.from({ length: 30 }, (_, i) => i + 10)].map(
      (ids) => failureOf(() => choosePick(ofGates(ids), asked))?.cure,
    );
    expect(cures).toEqual([
      'The workflow has no gate (Approve node) to pick at.',
      expect.stringMatching(/^Its gates: 5( \(.+\))?\.$/),
      expect.stringMatching(/^Its gates: 10.*, 33.* and 6 more\.$/),
    ]);
  });
});
