import type { RunSummary } from '../../../shared/run-view.ts';
import { counted, money } from '../../components/format.ts';

/** How a recovery's run went, in words. Pure. */

/** What did not have to be made, because it was there, or had been ordered already. */
export function takenWords({ counts, savedUSD }: Pick<RunSummary, 'counts' | 'savedUSD'>): string {
  const { cached, salvaged, reattached, adopted } = counts;
  const parts = [
    ...(cached > 0 ? [`${counted(cached, 'node')} from the workflow`] : []),
    ...(salvaged > 0 ? [`${counted(salvaged, 'candidate')} from files, the store or the journal`] : []),
    ...(reattached + adopted > 0 ? [`${counted(reattached + adopted, 'task')} G-Labs had already`] : []),
  ];
  if (parts.length === 0) return 'So far nothing was taken that is paid for already.';
  return `Taken without paying again: ${parts.join(', ')}${savedUSD > 0 ? `. The cache saved ${money(savedUSD)}` : ''}.`;
}

/** How it ended; `isWell`: after-care is next. */
export function runEnd(run: Pick<RunSummary, 'status' | 'counts' | 'cause' | 'message'>): {
  isWell: boolean;
  words: string;
} {
  const { status, counts, cause } = run;
  switch (status) {
    case 'completed':
      return {
        isWell: true,
        words:
          counts.submitted === 0
            ? 'Recovered: nothing had to be ordered.'
            : `Recovered: ${counted(counts.submitted, 'new request')}.`,
      };
    case 'held':
      return { isWell: true, words: 'Recovered as far as it goes without your picks.' };
    case 'failed-nodes':
      return { isWell: false, words: `${counted(counts.failed, 'node')} failed.` };
    case 'interrupted':
      return { isWell: false, words: 'The recovery was interrupted, too.' };
    default:
      return {
        isWell: false,
        words:
          cause === 'cancelled' ? 'The recovery was cancelled.' : 'The recovery ended before it was through.',
      };
  }
}
