import { galleryOf, type PlannedNode } from './plan.ts';

/**
 * The number under which the candidate at a place is known in the journal, in `Assets/` and in the store; both count
 * from 1. With several rows they are the same. The list of a single row closes up where a candidate could not be had
 * (node-edits.ts): the third of four may stand second, and what is lacking then is not the fourth but the second. Only
 * under its own number is found what was ordered for it. `knownAs`: the number of an address, null if nobody knows. Pure.
 */
export function candidateNumbers(
  planned: Pick<PlannedNode, 'rows' | 'keep' | 'extra' | 'todo'>,
  knownAs: (url: string) => number | null,
): (candidate: number) => number {
  if (planned.rows !== 1) return (candidate) => candidate;
  const taken = new Set<number>();
  const numbers = new Map<number, number>();
  const give = (candidate: number) => {
    let number = candidate;
    if (taken.has(number)) for (number = 1; taken.has(number); ) number += 1;
    taken.add(number);
    numbers.set(candidate, number);
  };
  // What is known first, then what has lain there from elsewhere, then what is to be made.
  const there = galleryOf(planned).flatMap((url, index) =>
    url === null ? [] : [{ url, candidate: index + 1 }],
  );
  for (const { url, candidate } of there) {
    const number = knownAs(url);
    if (number === null || taken.has(number)) continue;
    taken.add(number);
    numbers.set(candidate, number);
  }
  for (const { candidate } of there) if (!numbers.has(candidate)) give(candidate);
  for (const { candidate } of planned.todo) give(candidate);
  return (candidate) => numbers.get(candidate) ?? candidate;
}
