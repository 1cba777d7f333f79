import type { ErrorClass } from '../../shared/domain.ts';
import type { GenerationRequest, ResultFile } from '../backend/backend.ts';
import type { Intent, JournalRow } from '../db/journal.ts';
import { type FollowDeps, follow } from './follow.ts';
import { createLosses } from './losses.ts';
import { PARKED_CURE, type Started, submit, type Verdict } from './submission.ts';
import { type Offer, takeOffer } from './take-offer.ts';
import { type TakeUpDeps, takeUp } from './take-up.ts';

/** A result of a task, not yet fetched, and the journal row it belongs to. */
export interface Generated {
  kind: 'generated';
  journalId: number;
  taskId: string | null;
  result: ResultFile;
  /** Further files of the same task (glabs-api.md A4): they serve places not yet submitted. */
  more: ResultFile[];
  attempts: number;
}

/** An output an earlier run had already fetched. */
export interface Salvaged {
  kind: 'salvaged';
  journalId: number;
  file: string;
  sha256: string;
  url: string | null;
  attempts: number;
}

export interface NotGenerated {
  kind: 'failed';
  class: ErrorClass;
  /** HTTP status or task code, 0 if there was none. */
  code: number;
  message: string;
  attempts: number;
  /** Where it is another than that of its class. */
  cure?: string;
}

export type CandidateOutcome = Generated | Salvaged | NotGenerated;

export interface CandidateDeps extends TakeUpDeps, FollowDeps {
  retries: number;
  /** A task gave its result, or may have been paid for and is gone. What was refused costs nothing. */
  onPaid: () => void;
  /** Its task is gone, and it is made again. */
  onLost: () => void;
  /** May an output of an earlier run be taken? Not for nodes that are to be made anew. */
  reuse: boolean;
  /** What recovery found for this place; null: nothing. */
  offer: Offer | null;
  onNotice: (message: string) => void;
}

/** A request that bounces this often in a row, though the backend says it is well, will not get through. */
const BOUNCES = 20;
const RETRY_MS = 1000;
const LOST_FOR_GOOD = 'G-Labs lost this task again and again.';

/**
 * Makes one candidate, from the intent to a completed task, every step committed before the next begins
 * (behaviour.md §7): intent → submit once → task id → completed. Retries by behaviour.md §5. `before` counts the
 * submissions made for it in this run whose result was lost. Rejects only when the run as a whole is aborted.
 */
export async function makeCandidate(
  place: Omit<Intent, 'attempt'>,
  request: GenerationRequest,
  deps: CandidateDeps,
  before = 0,
): Promise<CandidateOutcome> {
  const { db, clock, signal } = deps;
  let attempts = before;
  let retries = 0;
  const losses = createLosses(deps);
  let bounces = 0;
  let { offer } = deps;
  let earlier = deps.reuse ? db.journal.latest(place) : null;

  for (;;) {
    signal.throwIfAborted();
    if (earlier === null && offer !== null) {
      const found = await takeOffer(offer, place, deps);
      offer = null;
      if (found) return { ...found, attempts };
    }
    const order = losses.order();
    const started: Started = earlier
      ? await takeUp(earlier, deps)
      : await submit(place, request, attempts + 1, deps);
    // What is taken up was submitted as often as its row says.
    const submissions = earlier?.attempt ?? 1;
    const isOnOtherBill = earlier !== null && isPaidByItsRun(earlier);
    earlier = null;
    if (started.kind === 'nothing') continue;
    if (started.kind === 'salvaged') return { ...started, attempts };
    if (started.kind === 'again') {
      if (started.reached) attempts++;
      if (++bounces > BOUNCES) return failed('connection refused', started.message, attempts);
      continue;
    }
    bounces = 0;
    if (started.kind !== 'failed' || started.reached) attempts += submissions;
    if (started.kind === 'lost') {
      deps.onPaid();
      if (!(await losses.mayTryAgain(order))) return failed('api_error', LOST_FOR_GOOD, attempts);
      deps.onLost();
      continue;
    }
    if (started.kind === 'failed') {
      if (!(await mayRetry(started))) return failed(started.class, started.message, attempts, started.code);
      continue;
    }
    if (started.kind === 'parked')
      return { ...failed('api_error', started.message, attempts), cure: PARKED_CURE };
    if (started.kind === 'results') {
      if (!isOnOtherBill) deps.onPaid();
      return generated(started.journalId, started.taskId, started.results);
    }

    const ended = await follow(started, deps);
    if (ended.kind === 'completed') {
      if (!isOnOtherBill) deps.onPaid();
      return generated(started.journalId, started.taskId, ended.results);
    }
    if (ended.kind === 'lost') {
      deps.counts.lost++;
      if (!isOnOtherBill) deps.onPaid();
      if (!(await losses.mayTryAgain(order))) return failed('api_error', LOST_FOR_GOOD, attempts);
      deps.onLost();
      continue;
    }
    // A task of an earlier run that failed there: asked for anew, as if it had never been. One that still runs is not.
    if (started.reattached && ended.kind === 'failed') continue;
    if (!(await mayRetry(ended))) return failed(ended.class, ended.message, attempts, ended.code);
  }

  /**
   * An order is on the bill of the run that made it. Where that died, its bill is told by the journal, so what is fetched
   * now is on it; where it ended by itself, its bill has what had completed by then.
   */
  function isPaidByItsRun({ runId, state }: JournalRow): boolean {
    if (runId === place.runId) return false;
    return state === 'completed' || state === 'downloaded' || state === 'stored' || db.runs.isOpen(runId);
  }

  /** Every submission counts as an attempt; a quota answer is one, but uses up no retry (behaviour.md §5). */
  async function mayRetry(verdict: Verdict): Promise<boolean> {
    if (!verdict.again) return false;
    if (!verdict.budget) return true;
    if (++retries > deps.retries) return false;
    await clock.sleep(RETRY_MS * 2 ** (retries - 1) * (0.75 + deps.random() * 0.5), signal);
    return true;
  }

  function generated(journalId: number, taskId: string | null, results: ResultFile[]): CandidateOutcome {
    const [result, ...more] = results;
    if (!result) return failed('api_error', 'G-Labs completed the task without a result.', attempts);
    deps.dispatch.progress();
    return { kind: 'generated', journalId, taskId, result, more, attempts: Math.max(1, attempts) };
  }
}

const failed = (errorClass: ErrorClass, message: string, attempts: number, code = 0): NotGenerated => ({
  kind: 'failed',
  class: errorClass,
  code,
  message,
  attempts,
});
