import { describe, expect, it } from 'vitest';
import { emptyCounts } from '../../../shared/domain.ts';
import { runEnd, takenWords } from './carry-out-words.ts';

const counts = (over: Partial<ReturnType<typeof emptyCounts>>) => ({ ...emptyCounts(), ...over });

describe('what was taken without paying', () => {
  it('is told by where it came from', () => {
    const taken = counts({ cached: 5, salvaged: 4, reattached: 2, adopted: 1 });
    expect(takenWords({ counts: taken, savedUSD: 1.2 })).toBe(
      'Taken without paying again: 5 nodes from the workflow, 4 candidates from files, the store or the journal, 3 tasks G-Labs had already. The cache saved $1.20.',
    );
  });

  it('is nothing so far at the beginning', () => {
    expect(takenWords({ counts: counts({}), savedUSD: 0 })).toBe(
      'So far nothing was taken that is paid for already.',
    );
  });
});

describe('the end of a recovery', () => {
  const end = (status: 'completed' | 'held' | 'failed-nodes' | 'interrupted' | 'aborted', over = {}) =>
    runEnd({ status, counts: counts(over), cause: null, message: null });

  it('is well when all is there, or only picks are missing', () => {
    expect(end('completed', { generated: 3, submitted: 12 })).toEqual({
      isWell: true,
      words: 'Recovered: 12 new requests.',
    });
    // Nodes whose output was found count as generated, and cost nothing.
    expect(end('completed', { generated: 3 }).words).toBe('Recovered: nothing had to be ordered.');
    expect(end('held').isWell).toBe(true);
  });

  it('is not well when nodes failed or it was cut short', () => {
    expect(end('failed-nodes', { failed: 1 })).toEqual({ isWell: false, words: '1 node failed.' });
    expect(end('interrupted').isWell).toBe(false);
    expect(end('aborted').words).toBe('The recovery ended before it was through.');
    expect(runEnd({ status: 'aborted', counts: counts({}), cause: 'cancelled', message: null }).words).toBe(
      'The recovery was cancelled.',
    );
  });
});
