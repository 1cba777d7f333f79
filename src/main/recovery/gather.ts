import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FlowdeckError } from '../../shared/failure.ts';
import { checkWorkflow } from '../workflow/check.ts';
import { baseNameOf, decodeWorkflow, parseWorkflow } from '../workflow/read.ts';
import { assembleNodes, type Strange } from './assemble.ts';
import type {
  BackupEvidence,
  Evidence,
  JournalEvidence,
  NodeEvidence,
  ServiceEvidence,
  SourceEvidence,
} from './evidence.ts';
import { createFileLook, type FileLook } from './file-look.ts';
import { gatherBackups, type SeenBackup } from './gather-backups.ts';
import { askWeb, gatherAddresses, type SeenAddress } from './gather-cache.ts';
import {
  type GatherDeps,
  type GatherLimits,
  isWanted,
  type OpenedSource,
  type SeenPlan,
  usualLimits,
  wantedOf,
} from './gather-deps.ts';
import { gatherErrors } from './gather-errors.ts';
import { gatherExport } from './gather-export.ts';
import { gatherFiles, noFiles } from './gather-files.ts';
import { gatherFormer } from './gather-former.ts';
import { gatherJournal } from './gather-journal.ts';
import { gatherRuns } from './gather-runs.ts';
import { gatherStore, type SeenObject } from './gather-store.ts';
import { inTime, type TimeDeps } from './in-time.ts';
import { nodeAges } from './node-ages.ts';
import { HASH_DIGITS, placeId } from './place-names.ts';

/**
 * Looks at all that tells how a workflow's run ended and what is left of it (behaviour.md §8); changes nothing. The
 * parts go side by side, each with a time limit of its own; what could not be seen is told in `unseen`. Rejects with
 * the signal's reason, and when the database does.
 */
export async function gatherEvidence(path: string, deps: GatherDeps, signal: AbortSignal): Promise<Evidence> {
  const limits = { ...usualLimits, ...deps.limits };
  const unseen: string[] = [];
  const time: TimeDeps = { clock: deps.clock, signal, unseen };
  const real = (await deps.disk.realPath(resolve(path))) ?? resolve(path);

  const asked = inTime('G-Labs', limits.servicesMs, deps.backend, unknownService, time);
  const [backend, tunnel, rest] = await Promise.all([
    asked,
    inTime('tunnel', limits.servicesMs, deps.tunnel, unknownService, time),
    gatherWorkflow(real, asked, limits, deps, time),
  ]);
  return { path: real, name: baseNameOf(real), ...rest, backend, tunnel, unseen };
}

/** All but the services; `backend`: as far as it is asked yet. */
async function gatherWorkflow(
  path: string,
  backend: Promise<ServiceEvidence>,
  limits: GatherLimits,
  deps: GatherDeps,
  time: TimeDeps,
): Promise<Omit<Evidence, 'path' | 'name' | 'backend' | 'tunnel' | 'unseen'>> {
  const backups: SeenBackup[] = [];
  const [{ run, passes }, { source, opened }] = await Promise.all([
    gatherRuns(path, deps),
    openSource(path, deps),
    inTime(
      'backups',
      limits.backupsMs,
      async (limited) => {
        const left = await gatherBackups(path, backups, deps, limited);
        if (left > 0) time.unseen.push(`backups: ${left} older ones were not looked into`);
      },
      undefined,
      time,
    ),
  ]);
  const standIn = opened === null ? await openStandIn(path, backups, deps) : null;
  const basis = opened ?? standIn?.opened ?? null;
  await setImmediate();
  const plan = basis === null ? null : await deps.plan(basis, new Set());
  // What goes on goes on there, whatever the run of before went to.
  const demo = (await backend).demo ?? run?.demo ?? false;
  const seen =
    plan === null || basis === null
      ? NOTHING
      : await look({ path, basis, plan, backups, demo }, limits, deps, time);
  return {
    source,
    run,
    passes,
    nodes: seen.nodes,
    nodesFrom: standIn === null ? 'source' : { backup: standIn.backup },
    export: seen.export,
    backups: backups.map((backup) => backupEvidence(backup, plan, seen.addresses)),
    errors: seen.errors,
  };
}

const unknownService: ServiceEvidence = { state: 'unknown', address: null, message: null, cure: null };

async function openSource(
  path: string,
  { disk, fields }: Pick<GatherDeps, 'disk' | 'fields'>,
): Promise<{ source: SourceEvidence; opened: OpenedSource | null }> {
  try {
    const bytes = await disk.read(path);
    if (bytes === null) return { source: { state: 'missing' }, opened: null };
    const opened = await openBytes(path, bytes, fields);
    return { source: { state: 'sound', findings: opened.findings }, opened };
  } catch (error) {
    if (!(error instanceof FlowdeckError)) throw error;
    const { message, where = path } = error.failure;
    return { source: { state: 'unreadable', message, where }, opened: null };
  }
}

async function openBytes(
  path: string,
  bytes: Uint8Array,
  fields: GatherDeps['fields'],
): Promise<OpenedSource> {
  const workflow = parseWorkflow(decodeWorkflow(bytes, path), path, fields);
  // Each of these holds the thread: others have their turn in between.
  await setImmediate();
  return { path, bytes, workflow, findings: checkWorkflow(workflow) };
}

/** The newest sound backup, in place of a source that cannot be read. */
async function openStandIn(
  path: string,
  backups: readonly SeenBackup[],
  { fields }: Pick<GatherDeps, 'fields'>,
): Promise<{ opened: OpenedSource; backup: string } | null> {
  for (const backup of backups) {
    const bytes = (await backup.content?.read()) ?? null;
    const name = backup.path ?? backup.id;
    if (bytes !== null && name !== null)
      return { opened: await openBytes(path, bytes, fields), backup: name };
  }
  return null;
}

interface Looked extends Pick<Evidence, 'nodes' | 'export' | 'errors'> {
  addresses: ReadonlyMap<string, SeenAddress>;
}

const NOTHING: Looked = { nodes: [], export: null, errors: null, addresses: new Map() };

/** Everything that is looked for by the nodes of a plan. */
async function look(
  {
    path,
    basis,
    plan,
    backups,
    demo,
  }: {
    path: string;
    basis: OpenedSource;
    plan: SeenPlan;
    backups: readonly SeenBackup[];
    demo: boolean;
  },
  limits: GatherLimits,
  deps: GatherDeps,
  time: TimeDeps,
): Promise<Looked> {
  const { unseen } = time;
  const now = deps.clock.now();
  const today = plan.nodes.map(({ node }) => node);
  const former = backups.flatMap(({ at, reason, content }) =>
    content === null ? [] : [{ at, reason, nodes: content.nodes }],
  );
  const ages = nodeAges(today, former, now);
  const addresses = new Map<string, SeenAddress>();
  const files = noFiles();
  const objects = new Map<string, SeenObject[]>();
  const journal = new Map<string, JournalEvidence>();
  const fileLook = createFileLook(deps);

  await inTime(
    'files of addresses',
    limits.filesMs,
    (limited) => gatherAddresses(path, plan, addresses, deps, limited),
    undefined,
    time,
  );
  const asked = askWeb(addresses, deps, limits, unseen, time.signal);
  const carried = new Set<string>();
  const [exported, errors] = await Promise.all([
    inTime('export', limits.filesMs, () => gatherExport(plan, deps), null, time),
    inTime('errors.json', limits.filesMs, () => gatherErrors(path, plan, deps), null, time),
    inTime(
      'former versions',
      limits.backupsMs,
      (limited) => gatherFormer(path, plan, carried, deps, limited),
      undefined,
      time,
    ),
    inTime('store', limits.storeMs, (limited) => gatherStore(plan, objects, deps, limited), undefined, time),
    inTime(
      'Assets',
      limits.filesMs,
      (limited) =>
        hurried(fileLook, limits.decodeMs, deps, () =>
          gatherFiles(plan, addresses, asked, fileLook, files, deps, unseen, limited),
        ),
      undefined,
      time,
    ),
    inTime(
      'files of the journal',
      limits.filesMs,
      (limited) => gatherJournal(path, demo, plan, ages, fileLook, journal, deps, limited),
      undefined,
      time,
    ),
    asked,
  ]);
  const gone = new Set([...addresses].flatMap(([url, { state }]) => (state === 'gone' ? [url] : [])));
  // A clip whose picture has lost its address is made anew by a run: the plan knows which picture that is.
  const told = gone.size === 0 ? plan : await deps.plan(basis, gone);
  await setImmediate();
  const strange = strangeTo(path, demo, deps);
  const nodes: NodeEvidence[] = assembleNodes({
    ...{ plan: told, ages, addresses, files, objects, journal, strange, carried, now },
  });
  return { nodes, export: exported, errors, addresses };
}

/** The demo and a real G-Labs never stand in for each other (behaviour.md §10), and neither does what they made. */
const strangeTo = (path: string, demo: boolean, { db }: Pick<GatherDeps, 'db'>): Strange => ({
  contents: new Set(db.journal.contents(path, !demo).map((hash) => hash.slice(0, HASH_DIGITS))),
  since: new Map(
    db.journal
      .withoutContent(path, !demo)
      .map(({ nodeId, row, candidate, at }) => [placeId(nodeId, row, candidate), at]),
  ),
  why: demo ? 'it was made by a real G-Labs, and this is the demo' : 'it was made by the demo',
});

/** Does the work, and stops decoding after a while: what was not decoded is looked at again before it is taken. */
async function hurried(
  look: FileLook,
  afterMs: number,
  { clock }: Pick<GatherDeps, 'clock'>,
  work: () => Promise<void>,
): Promise<void> {
  const done = new AbortController();
  clock.sleep(afterMs, done.signal).then(
    () => look.hurry(),
    (ended: unknown) => ended,
  );
  await work().finally(() => done.abort());
}

/** What a backup holds, of what is wanted; an address that is gone today is of no use in it either. */
function backupEvidence(
  { id, path, at, reason, content }: SeenBackup,
  plan: SeenPlan | null,
  addresses: ReadonlyMap<string, SeenAddress>,
): BackupEvidence {
  const unwanted = new Set(plan?.nodes.filter((seen) => !isWanted(seen)).map(({ node }) => node.nodeId));
  const lacking = { image: 0, video: 0 };
  let cached = 0;
  for (const node of content?.nodes ?? []) {
    if (unwanted.has(node.nodeId)) continue;
    for (let index = 0; index < wantedOf(node); index++) {
      const url = node.saved[index] ?? null;
      if (url !== null && addresses.get(url)?.state !== 'gone') cached++;
      else lacking[node.kind]++;
    }
  }
  const sound = content !== null;
  return { id, path, at, reason, sound, cached, images: lacking.image, videos: lacking.video };
}
