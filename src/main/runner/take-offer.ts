import type { Intent } from '../db/journal.ts';
import type { Salvage } from './runner-api.ts';
import { type Started, type SubmissionDeps, upTime } from './submission.ts';

/** Asks for what recovery found for one place. */
export type Offer = (signal: AbortSignal) => ReturnType<Salvage['take']>;

/**
 * Takes an output that recovery found for a place the journal knows nothing of: it goes into the journal as one that was
 * fetched, and from there the way of all. Null: it cannot be taken after all, which is told; the place is generated.
 */
export async function takeOffer(
  offer: Offer,
  place: Omit<Intent, 'attempt'>,
  deps: Pick<SubmissionDeps, 'db' | 'clock' | 'signal' | 'self'> & { onNotice: (message: string) => void },
): Promise<Extract<Started, { kind: 'salvaged' }> | null> {
  const { db, clock } = deps;
  const found = await offer(deps.signal);
  deps.signal.throwIfAborted();
  if ('why' in found) {
    deps.onNotice(found.why);
    return null;
  }
  const { file, sha256, url } = found;
  const journalId = await db.commits.write(() => {
    const now = clock.now();
    const id = db.journal.intend({ ...place, attempt: 0 }, now, upTime(deps));
    db.journal.step(id, { state: 'downloaded', file, sha256, ...(url === null ? {} : { url }) }, now);
    return id;
  });
  return { kind: 'salvaged', journalId, file, sha256, url };
}
