import { toFailure } from '../../shared/failure.ts';
import { type Diagnosis, isStillRunning, type RecoveryEntry } from '../../shared/recovery.ts';
import type { Queue } from './queue.ts';
import type { Recovery } from './recovery-api.ts';
import { isNews } from './recovery-words.ts';
import type { Notice } from './run-notices.ts';

interface OnStartParts {
  recovery: Pick<Recovery, 'look'>;
  queue: Pick<Queue, 'add' | 'resume' | 'topic'>;
  /** The setting `recovery.onStart`. */
  onStart: 'tell' | 'resume';
  tell(notice: Notice): void;
  onFault(error: unknown): void;
  signal: AbortSignal;
}

/**
 * With `recovery.onStart: resume`, goes on with what was interrupted, in its turn in the queue: only where nothing is to be
 * decided. A queue that a crash stopped goes on when all that was interrupted does. With `tell` nothing begins.
 */
export async function goOnByItself(
  entries: readonly RecoveryEntry[],
  { recovery, queue, onStart, tell, onFault, signal }: OnStartParts,
): Promise<void> {
  if (onStart !== 'resume') return;
  const interrupted = entries.filter(isNews);
  let all = interrupted.length > 0;
  for (const { path, name } of interrupted) {
    if (signal.aborted) return;
    try {
      const { diagnosis, options } = await recovery.look(path, { signal });
      if (!goesOn(diagnosis)) {
        all = false;
        tell({ title: name, body: `It was interrupted and waits for you: ${diagnosis.headline}` });
        continue;
      }
      await queue.add(path, options, { to: 0 });
      tell({ title: name, body: `It was interrupted, and goes on by itself. ${diagnosis.headline}` });
    } catch (error) {
      all = false;
      if (signal.aborted) return;
      // Another window of this data folder was quicker.
      if (toFailure(error).code !== 'locked') onFault(error);
    }
  }
  const { paused, pausedWhy } = queue.topic.state();
  if (all && paused && pausedWhy !== null) await queue.resume();
}

/** Nothing has to be decided: what is paid for is taken, what is missing is made. Pure. */
const goesOn = (diagnosis: Diagnosis): boolean =>
  (diagnosis.verdict === 'resume' || diagnosis.verdict === 'export only') &&
  (diagnosis.plan.action === 'resume' || diagnosis.plan.action === 'export') &&
  !isStillRunning(diagnosis);
