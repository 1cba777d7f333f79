import { FlowdeckError } from '../../shared/failure.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { putMovedIn } from './moved-addresses.ts';
import type { PlanFacts } from './plan.ts';
import { placeUploads, type ResumedUploads, resumeUploads } from './resume-uploads.ts';
import type { RunnerDeps } from './runner-deps.ts';

const PROBE_MS = 1000;

/**
 * A bucket that takes nothing is told before anything is bought. Waits as long for one that does not answer as for a
 * backend (cli.md, `--wait-backend`). An upload endpoint is not tried: everything sent there stays there.
 * Rejects with `store-unreachable` or `store-refused`.
 */
export async function awaitStore(
  store: ObjectStore,
  waitMs: number,
  { clock, tryStore }: Pick<RunnerDeps, 'clock' | 'tryStore'>,
  signal: AbortSignal,
): Promise<void> {
  if (store.kind !== 's3') return;
  const deadline = clock.monotonic() + waitMs;
  for (;;) {
    try {
      return await tryStore(store, signal);
    } catch (error) {
      signal.throwIfAborted();
      const left = deadline - clock.monotonic();
      const away = error instanceof FlowdeckError && error.failure.code === 'store-unreachable';
      if (!away || left <= 0) throw error;
      await clock.sleep(Math.min(PROBE_MS, left), signal);
    }
  }
}

/** Sends what earlier runs of a workflow left here (behaviour.md §7). Rejects only when the database does. */
export const sendWhatIsLeft = (
  workflow: string,
  giveUpMs: number,
  deps: RunnerDeps,
  signal: AbortSignal,
): Promise<ResumedUploads> => resumeUploads({ ...deps, giveUpMs, signal }, { workflow });

/** Addresses that a store gave out only now go into the workflow and into the export of its last run. */
export async function placeMoved(
  workflow: string,
  { moved }: Pick<ResumedUploads, 'moved'>,
  facts: PlanFacts,
  deps: RunnerDeps,
): Promise<void> {
  const { db } = deps;
  const addresses = new Map(moved.map(({ localUrl, url }) => [localUrl, url]));
  await putMovedIn(workflow, addresses, facts, deps);
  const last = db.runs.lastOf(workflow);
  const output = last && db.runs.find(last.runId)?.summary.output;
  if (output) await replaceIn(output, addresses, deps);
  await placeUploads(db, moved);
}

/** The export is Flowdeck's own file, written by nobody else. */
async function replaceIn(
  file: string,
  addresses: ReadonlyMap<string, string>,
  { disk }: RunnerDeps,
): Promise<void> {
  const bytes = await disk.read(file);
  if (bytes === null) return;
  let text = Buffer.from(bytes).toString('utf8');
  for (const [from, to] of addresses) text = text.replaceAll(JSON.stringify(from), JSON.stringify(to));
  await disk.write(file, text);
}
