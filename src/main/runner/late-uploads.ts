import { RunOptions } from '../../shared/domain.ts';
import { resolveOptions } from './options.ts';
import { openWorkflow, planOpened } from './prepare.ts';
import { type MovedObject, placeUploads } from './resume-uploads.ts';
import type { RunnerDeps } from './runner-deps.ts';
import { placeMoved, sendWhatIsLeft } from './store-at-start.ts';

/** A store that does not answer now is asked again another time. */
const GIVE_UP_MS = 0;

/**
 * Sends what runs left on this machine, of all workflows but those that run just now: they send their own. Resolves
 * with how many outputs still wait. Rejects when a workflow that gets new addresses is held or cannot be read, after the
 * others are done; it is done by the next call then.
 */
export async function sendLateUploads(
  running: (workflow: string) => boolean,
  deps: RunnerDeps,
  signal: AbortSignal,
): Promise<number> {
  const workflows = new Set(deps.db.uploads.list().map(({ workflow }) => workflow));
  let waiting = 0;
  const problems: unknown[] = [];
  for (const workflow of workflows) {
    if (running(workflow)) continue;
    const left = await sendWhatIsLeft(workflow, GIVE_UP_MS, deps, signal);
    waiting += left.waiting;
    try {
      if (left.moved.length > 0) await place(workflow, left.moved, deps);
    } catch (error) {
      signal.throwIfAborted();
      problems.push(error);
    }
  }
  if (problems.length > 0) throw problems[0];
  return waiting;
}

async function place(workflow: string, moved: MovedObject[], deps: RunnerDeps): Promise<void> {
  // Without the file there is nothing to put them in.
  if ((await deps.disk.stat(workflow)) === null) return placeUploads(deps.db, moved);
  const lock = await deps.lock(workflow, `addresses of ${workflow}`);
  try {
    const options = resolveOptions(RunOptions.parse({}), deps.setting);
    const { facts } = await planOpened(await openWorkflow(workflow, deps), options, deps);
    await placeMoved(workflow, { moved }, facts, deps);
  } finally {
    await lock.release();
  }
}
