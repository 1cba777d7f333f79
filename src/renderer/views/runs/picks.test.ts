import { describe, expect, it } from 'vitest';
import { candidateRows, nextOpenPick, pickedFor, withPick } from './picks.ts';
import { candidate, gate, node, unmade } from './test-nodes.ts';

describe('what a gate passes on', () => {
  const both = gate(9, { picks: [{ row: 1, candidate: 3 }], machinePicks: [{ row: 2, candidate: 1 }] });

  it('tells a person’s pick from the machine’s', () => {
    expect(pickedFor(both, 1, false)).toEqual({ candidate: 3, by: 'person' });
    expect(pickedFor(both, 2, false)).toEqual({ candidate: 1, by: 'machine' });
    expect(pickedFor(both, 3, false)).toBeNull();
  });

  it('is not the machine’s choice while the run waits for a person', () => {
    expect(pickedFor(both, 2, true)).toBeNull();
    expect(pickedFor(both, 1, true)).toEqual({ candidate: 3, by: 'person' });
  });
});

describe('a pick that is shown before it is confirmed', () => {
  const image = node(5, {
    rows: 2,
    perRow: 2,
    gates: [gate(8), gate(9, { picks: [{ row: 1, candidate: 1 }] })],
    candidates: [candidate(1, 1), candidate(1, 2), unmade(2, 1), candidate(2, 2)],
  });

  it('is the gate’s only one; the other rows get the first candidate that is there', () => {
    const [, picked] = withPick(image, 9, { row: 1, candidate: 2 }).gates;
    expect(picked?.picks).toEqual([{ row: 1, candidate: 2 }]);
    expect(picked?.machinePicks).toEqual([{ row: 2, candidate: 2 }]);
  });

  it('gives the row it left back to the machine', () => {
    const [, picked] = withPick(image, 9, { row: 2, candidate: 2 }).gates;
    expect(picked?.picks).toEqual([{ row: 2, candidate: 2 }]);
    expect(picked?.machinePicks).toEqual([{ row: 1, candidate: 1 }]);
  });

  it('changes no other gate', () => {
    expect(withPick(image, 9, { row: 1, candidate: 2 }).gates[0]).toBe(image.gates[0]);
  });
});

describe('the candidates of a node', () => {
  it('stand in rows and in order, however they arrived', () => {
    const rows = candidateRows(
      node(1, { rows: 3, candidates: [candidate(2, 2), candidate(2, 1), candidate(1, 1)] }),
    );
    expect(rows.map(({ row, candidates }) => [row, candidates.map((each) => each.candidate)])).toEqual([
      [1, [1]],
      [2, [1, 2]],
      [3, []],
    ]);
  });
});

describe('the next open pick', () => {
  const nodes = [
    node(30, { scene: 3, gates: [gate(300)] }),
    node(10, { scene: 1, gates: [gate(100)] }),
    node(20, { scene: 2, gates: [gate(200)] }),
    node(21, { scene: 2, tabIndex: 1, gates: [gate(210)] }),
  ];
  const next = (afterId: number | null, ...open: number[]) =>
    nextOpenPick(nodes, new Set(open), afterId)?.nodeId ?? null;

  it('goes scene by scene and tab by tab, whatever the order of the file', () => {
    expect([next(null, 10, 20, 21, 30), next(10, 10, 20, 21, 30), next(20, 10, 20, 21, 30)]).toEqual([
      10, 20, 21,
    ]);
  });

  it('begins again after the last, and stays where only one is open', () => {
    expect(next(30, 10, 30)).toBe(10);
    expect(next(30, 30)).toBe(30);
  });

  it('goes on from a node that needs none', () => {
    expect(next(20, 10, 30)).toBe(30);
  });

  it('is not at a clip that was held for the pick made just now', () => {
    const clip = node(11, { scene: 1, kind: 'video', state: 'held', gates: [gate(110)] });
    expect(nextOpenPick([...nodes, clip], new Set([11, 20]), 10)?.nodeId).toBe(20);
  });

  it('is none when nothing is open', () => {
    expect(next(20)).toBeNull();
  });
});
