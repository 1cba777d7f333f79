import type { VerifyEntry, VerifyMessage } from '../../../shared/history.ts';
import type { Proofs } from './history-api.ts';

/**
 * A verification as lines that are read one after the other: entries are gathered while nobody reads. It ends when its
 * reader leaves, and rejects as `verify` does.
 */
export async function* verifyMessages(
  { verify }: Pick<Proofs, 'verify'>,
  path: string | null,
  left?: AbortSignal,
): AsyncGenerator<VerifyMessage, void, void> {
  const leaving = new AbortController();
  const signal = left === undefined ? leaving.signal : AbortSignal.any([left, leaving.signal]);
  let gathered: VerifyEntry[] = [];
  let total: number | null = null;
  let told = false;
  let wake = Promise.withResolvers<void>();
  const working = verify(
    path,
    (entry, progress) => {
      gathered.push(entry);
      total = progress.total;
      wake.resolve();
    },
    signal,
  );
  // Its end wakes the reader too; how it ended is told below.
  const over = working.then(
    () => 'over' as const,
    () => 'over' as const,
  );
  try {
    for (;;) {
      const ended = await Promise.race([over, wake.promise]);
      wake = Promise.withResolvers();
      if (!told && total !== null) {
        told = true;
        yield { kind: 'begun', total };
      }
      if (gathered.length > 0) {
        const entries = gathered;
        gathered = [];
        yield { kind: 'entries', entries };
      }
      if (ended === 'over' && gathered.length === 0) break;
    }
    const sums = await working;
    if (!told) yield { kind: 'begun', total: sums.checked };
    yield { kind: 'finished', sums };
  } finally {
    leaving.abort();
    await over;
  }
}
