import { dirname, join, resolve } from 'node:path';
import type { RunOptions } from '../../shared/domain.ts';
import { emptyCounts } from '../../shared/domain.ts';
import { fail } from '../../shared/failure.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import { type Backend, BackendError, type BackendHealth } from '../backend/backend.ts';
import { type Clock, isoTime } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import { findProjectFolder } from '../platform/project-folder.ts';
import { assertNotSetAside } from '../workflow/set-aside.ts';
import { roundUSD } from './costs.ts';
import { noteDangling } from './errors-file.ts';
import type { FindGone } from './gone-addresses.ts';
import { initialView } from './initial-view.ts';
import { type ResolvedOptions, resolveOptions } from './options.ts';
import { assertInside, placesFor } from './places.ts';
import { placesToFill, withOffers } from './plan-offers.ts';
import { assertChecked, type OpenedWorkflow, openWorkflow, planOpened } from './prepare.ts';
import { createRecorder } from './recorder.ts';
import type { AdmittedRun } from './run-state.ts';
import type { StartControl } from './runner-api.ts';
import type { RunnerDeps } from './runner-deps.ts';
import { awaitStore, placeMoved, sendWhatIsLeft } from './store-at-start.ts';

/**
 * Steps 2 and 3 of behaviour.md §5, and all that can be refused before anything is changed: the check, the folder,
 * the store, the backend and its key. Rejects with the Failure a person can act on. `sentBefore` counts what was sent
 * to the store before it had to begin again.
 */
export async function admitRun(
  path: string,
  options: RunOptions,
  control: Pick<StartControl, 'salvage' | 'asked'>,
  deps: RunnerDeps,
  signal: AbortSignal,
  findGone: FindGone,
  sentBefore = 0,
): Promise<AdmittedRun> {
  const { db, disk, clock } = deps;
  const resolved = resolveOptions(options, deps.setting);
  if (options.qa === 'on') {
    throw fail('usage', 'Visual review (--qa on) is not built yet.', {
      where: '--qa',
      cure: 'Run without it, and look at the pictures in the run screen.',
    });
  }
  const opened = await openWorkflow(path, deps);
  assertNotSetAside(opened.path);
  await assertSound(opened, resolved, deps);
  const store = await deps.openStore(resolved.storage);
  const left = await sendWhatIsLeft(opened.path, resolved.waitAtStartMs, deps, signal);
  const uploaded = sentBefore + left.uploaded;
  const cold = await planOpened(opened, resolved, deps, (urls) => findGone(urls, signal));
  const planned = { ...cold, plan: withOffers(cold.plan, control, cold.facts) };
  if (left.moved.length > 0) {
    await placeMoved(opened.path, left, planned.facts, deps);
    return admitRun(path, options, control, deps, signal, findGone, uploaded);
  }
  const { totals } = planned.plan;
  const places = placesToFill(planned.plan);
  await assertInside(placesFor(planned.projectFolder, opened.workflow, planned.nodes), disk);
  if (places > 0) {
    await assertFolders(opened.path, planned.projectFolder, disk);
    await awaitStore(store, resolved.waitAtStartMs, deps, signal);
  }
  const server = await deps.server(options);
  const backend = await deps.openBackend(server);
  const health =
    totals.generations > 0
      ? await awaitBackend(backend, resolved.waitAtStartMs, deps, signal)
      : places > 0
        ? await askOnce(backend, signal)
        : null;
  // That may have taken minutes: what was edited meanwhile is what gets made and backed up.
  const now = await disk.read(opened.path);
  if (now === null || Buffer.compare(now, opened.bytes) !== 0)
    return admitRun(path, options, control, deps, signal, findGone, uploaded);

  const runId = deps.newId();
  const counts = { ...emptyCounts(), uploaded };
  const money = { spent: 0, saved: savedBy(planned) };
  const outgoing = { waiting: left.waiting };
  const summary: RunSummary = {
    runId,
    workflow: opened.path,
    name: opened.workflow.baseName,
    mode: resolved.mode,
    status: 'running',
    demo: health?.demo ?? false,
    server: backend.server,
    concurrency: resolved.concurrency,
    startedAt: isoTime(clock),
    finishedAt: null,
    counts,
    plan: totals,
    done: 0,
    total: places,
    etaS: null,
    costUSD: 0,
    savedUSD: money.saved,
    picksOpen: 0,
    uploadsWaiting: left.waiting,
    output: null,
    errorsFile: null,
    message: null,
    cause: null,
    live: true,
  };
  const mediaOf = (url: string) => {
    const object = db.objects.byUrl(url);
    return object
      ? { media: deps.media(object.sha256, object.file), file: object.file, sha256: object.sha256 }
      : { media: null, file: null, sha256: null };
  };
  const recorder = createRecorder(
    initialView(summary, opened.workflow, planned.plan, planned.gates, mediaOf),
    {
      clock,
      media: deps.media,
      sums: () => ({
        counts: { ...counts },
        costUSD: money.spent,
        savedUSD: money.saved,
        uploadsWaiting: outgoing.waiting,
      }),
    },
  );
  const backendStart = health && startOf(health, clock);
  return {
    runId,
    opened,
    planned,
    options: resolved,
    backend,
    backendStart,
    demo: health?.demo ?? null,
    store,
    recorder,
    counts,
    money,
    outgoing,
  };
}

/** Throws `check-failed`. Dangling links are noted in errors.json too: the manual has people look there. */
async function assertSound(
  opened: OpenedWorkflow,
  options: ResolvedOptions,
  deps: RunnerDeps,
): Promise<void> {
  const { path, findings } = opened;
  if (findings.every((finding) => finding.severity !== 'error')) return;
  try {
    const project = options.outRoot ?? (await findProjectFolder(path, deps.disk));
    const generations = join(resolve(project), 'Generations');
    await deps.alone(join(generations, 'errors.json'), 'errors.json', () =>
      noteDangling(generations, path, findings, isoTime(deps.clock), deps.disk),
    );
  } finally {
    assertChecked(path, findings);
  }
}

/** Every folder the run will write to, before anything is bought. Folders that are not there yet are made later. */
async function assertFolders(workflow: string, projectFolder: string, disk: Disk): Promise<void> {
  await disk.assertWritable(projectFolder);
  const later = [dirname(workflow), join(projectFolder, 'Generations'), join(projectFolder, 'Assets')];
  for (const folder of later) if ((await disk.stat(folder)) !== null) await disk.assertWritable(folder);
}

const savedBy = ({ plan, facts }: AdmittedRun['planned']): number =>
  roundUSD(
    plan.nodes.reduce(
      (sum, node) => sum + node.keep.filter((url) => url !== null).length * facts.priceOf(node.node),
      0,
    ),
  );

/** All that is wanted was found: whose it is, the backend is asked if it is there. It need not be. */
async function askOnce(backend: Backend, signal: AbortSignal): Promise<BackendHealth | null> {
  try {
    return await backend.health(signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BackendError)) throw error;
    return null;
  }
}

const PROBE_MS = 1000;

/** When a backend began, by what it says of itself; milliseconds, by `clock.sinceBoot`. */
export const startOf = (health: BackendHealth, clock: Clock): number | null =>
  health.uptimeS === null ? null : clock.sinceBoot() - health.uptimeS * 1000;

/** The demo and a real G-Labs never stand in for each other (behaviour.md §10): why a run does not go on, else null. */
export function strangerAt(server: string, { demo }: BackendHealth, expected: boolean | null): string | null {
  if (expected === null || demo === expected) return null;
  return demo
    ? `The demo answers at ${server}, and the run began with a real G-Labs.`
    : `A real G-Labs answers at ${server}, and the run began with the demo.`;
}

/** Waits for a backend that answers, then looks whether it takes our key. */
async function awaitBackend(
  backend: Backend,
  waitMs: number,
  deps: RunnerDeps,
  signal: AbortSignal,
): Promise<BackendHealth> {
  const deadline = deps.clock.monotonic() + waitMs;
  for (;;) {
    try {
      const health = await backend.health(signal);
      await backend.checkKey(signal);
      return health;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BackendError)) throw error;
      const { message, cure } = error;
      if (error.kind === 'refused' || error.kind === 'quota')
        throw fail('backend-refused', message, { where: backend.server, cure, cause: error });
      const left = deadline - deps.clock.monotonic();
      if (left <= 0 || error.kind === 'wrong-service') {
        throw fail('backend-unreachable', message, { where: backend.server, cure, cause: error });
      }
      await deps.clock.sleep(Math.min(PROBE_MS, left), signal);
    }
  }
}
