import type { ConsumerView } from '../../../shared/services.ts';
import { counted } from '../../components/format.ts';
import type { Marked } from '../../components/marks.ts';

/** Who uses the tunnel's address, in words. Pure. */

/** What is changed in the target; of the runner there is nothing to add. */
export const kindWords: Record<Exclude<ConsumerView['kind'], 'runner'>, string> = {
  'env-file': 'a line of an .env file',
  'json-file': 'a value of a JSON file',
  'text-file': 'a place in a text file',
  webhook: 'a webhook',
};

/** Whether it has the current address. */
export function consumerMark({ state, attempts }: Pick<ConsumerView, 'state' | 'attempts'>): Marked {
  if (state === 'confirmed') return { mark: 'done', word: 'confirmed' };
  if (state === 'none') return { mark: 'waiting', word: 'no address yet' };
  return attempts === 0
    ? { mark: 'working', word: 'pending' }
    : { mark: 'needs-you', word: `pending, ${counted(attempts, 'try', 'tries')} failed` };
}

/** All of them in a sentence; `revision` is that of the current address. */
export function consumerSummary(consumers: readonly ConsumerView[], revision: number | null): string {
  if (revision === null) return 'There was no address to tell yet.';
  const confirmed = consumers.filter(({ state }) => state === 'confirmed').length;
  return confirmed === consumers.length
    ? `${confirmed === 1 ? 'It has' : `All ${confirmed} have`} confirmed revision ${revision}.`
    : `${confirmed} of ${consumers.length} ${confirmed === 1 ? 'has' : 'have'} confirmed revision ${revision}.`;
}
