import type { AdmittedRun, RunState } from './run-state.ts';
import type { RunnerDeps } from './runner-deps.ts';
import type { Sending } from './send-queue.ts';
import { createUploader, type Uploader } from './uploader.ts';

/** How long a store may be away before a run no longer waits for it: what is not sent is sent later. */
const STORE_AWAY_MS = 60_000;

/** The way of a run's outputs to its store; `signal` is the end of the run. */
export const openUploads = (
  { store, opened, options }: AdmittedRun,
  { db, here, clock, random }: RunnerDeps,
  signal: AbortSignal,
): Uploader =>
  createUploader({
    db,
    store,
    here,
    clock,
    random,
    workflow: opened.path,
    giveUpMs: Math.min(STORE_AWAY_MS, options.waitMidRunMs),
    signal,
  });

/** `keep` of the run's uploads, with what becomes of each counted and, once, told. */
export function keepAndTell(run: RunState, track: <T>(work: Promise<T>) => Promise<T>): Uploader['keep'] {
  const { uploads, outgoing, options } = run;
  const before = outgoing.waiting;
  uploads.onWaiting((count) => {
    outgoing.waiting = before + count;
    run.recorder.change({});
  });
  let told = false;
  const tell = (sent: Sending) => {
    if (!('problem' in sent)) {
      if (sent.uploaded) run.counts.uploaded++;
      return;
    }
    // What the end of the run cut short says nothing of the store.
    if (told || sent.problem.code === 'interrupted') return;
    told = true;
    run.notice(
      `The store ${options.storage} does not take outputs now: ${sent.problem.message} They are on this machine and are sent later by themselves.`,
    );
  };
  return async (object, key, and) => {
    const kept = await uploads.keep(object, key, and);
    track(kept.sent.then(tell));
    return kept;
  };
}
