import type { NodeDiff } from '../../../../shared/workflow-diff.ts';
import { counted } from '../../../components/format.ts';

/** What became of a node's cached output. Pure. */

type Cache = NonNullable<NodeDiff['cache']>;

/** A place in a node's output that is other than it was; null: nothing is there. */
export interface OutputPair {
  /** From 1, over all rows. */
  place: number;
  before: string | null;
  after: string | null;
}

/** Places that differ, in order. */
export function outputPairs({ before, after }: Cache): OutputPair[] {
  const length = Math.max(before.length, after.length);
  return Array.from({ length }, (_, index) => ({
    place: index + 1,
    before: before[index] ?? null,
    after: after[index] ?? null,
  })).filter((pair) => pair.before !== pair.after);
}

/** `4 outputs are other ones, 2 are gone, 1 is new.` */
export function outputWords(cache: Cache): string {
  const pairs = outputPairs(cache);
  const other = pairs.filter(({ before, after }) => before !== null && after !== null).length;
  const gone = pairs.filter(({ after }) => after === null).length;
  const fresh = pairs.length - other - gone;
  const be = (count: number) => (count === 1 ? 'is' : 'are');
  const parts = [
    ...(other > 0 ? [{ count: other, words: other === 1 ? 'is another one' : 'are other ones' }] : []),
    ...(gone > 0 ? [{ count: gone, words: `${be(gone)} gone` }] : []),
    ...(fresh > 0 ? [{ count: fresh, words: `${be(fresh)} new` }] : []),
  ];
  if (parts.length === 0) return 'The same outputs, in places that are counted otherwise.';
  const [first, ...rest] = parts;
  const begin = first === undefined ? '' : `${counted(first.count, 'output')} ${first.words}`;
  return `${[begin, ...rest.map(({ count, words }) => `${count} ${words}`)].join(', ')}.`;
}
