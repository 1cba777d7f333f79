import { dirname, resolve } from 'node:path';
import type { Finding } from '../../shared/domain.ts';
import { fail } from '../../shared/failure.ts';
import type { SettingKey, Settings } from '../../shared/settings.ts';
import { videoModel } from '../backend/models.ts';
import type { Database } from '../db/database.ts';
import type { Disk } from '../platform/disk.ts';
import { findProjectFolder } from '../platform/project-folder.ts';
import { checkWorkflow } from '../workflow/check.ts';
import { type GenerationNode, generationNodes } from '../workflow/generation.ts';
import { decodeWorkflow, parseWorkflow, type Workflow } from '../workflow/read.ts';
import { strangeScheme } from '../workflow/url-list.ts';
import { priceOf } from './costs.ts';
import { type GatePick, gatePicks, pickIn } from './gate-picks.ts';
import type { FindGone } from './gone-addresses.ts';
import type { ResolvedOptions } from './options.ts';
import { byNode } from './place.ts';
import { type PlanFacts, planRun, type RunPlan, referencesOf } from './plan.ts';
import { addressOf } from './reference-address.ts';
import { readLocal } from './reference-bytes.ts';
import { assertTargets } from './reroll.ts';

export interface PrepareDeps {
  db: Database;
  disk: Disk;
  /** SHA-256 in hex; off this thread for what may be large (platform/content-hash.ts). */
  hash: (bytes: Uint8Array) => Promise<string>;
  setting: <K extends SettingKey>(key: K) => Settings[K];
}

/** Asks nobody: addresses elsewhere count as there. */
export const askNobody: FindGone = async () => new Set();

export interface OpenedWorkflow {
  /** Links resolved: two names of one file are one workflow. */
  path: string;
  bytes: Uint8Array;
  workflow: Workflow;
  findings: Finding[];
}

/** Reads and checks a workflow. Rejects with `workflow-missing`, `workflow-unreadable` or what the disk says. */
export async function openWorkflow(path: string, deps: PrepareDeps): Promise<OpenedWorkflow> {
  const real = await deps.disk.realPath(resolve(path));
  const bytes = real === null ? null : await deps.disk.read(real);
  if (real === null || bytes === null) {
    throw fail('workflow-missing', `There is no workflow file ${path}.`, {
      where: path,
      cure: 'Check the path.',
    });
  }
  const workflow = parseWorkflow(decodeWorkflow(bytes, real), real, deps.setting('workflow.fields'));
  return { path: real, bytes, workflow, findings: checkWorkflow(workflow) };
}

/** Throws `check-failed`, naming the worst finding, when the sanity check found an error. */
export function assertChecked(path: string, findings: readonly Finding[]): void {
  const errors = findings.filter((finding) => finding.severity === 'error');
  const [first] = errors;
  if (!first) return;
  const more = errors.length > 1 ? ` and ${errors.length - 1} more` : '';
  const node =
    first.nodeId === null ? '' : ` (node ${first.nodeId}${first.tab === null ? '' : `, ${first.tab}`})`;
  throw fail(
    'check-failed',
    `The sanity check found ${errors.length === 1 ? 'an error' : `${errors.length} errors`}: ${first.message}${node}${more}`,
    {
      where: `${path}: ${first.where}`,
      cure: errors.some((finding) => finding.fixable)
        ? `${first.cure} "flowdeck check --fix" repairs what is safe.`
        : first.cure,
    },
  );
}

export interface Planned {
  plan: RunPlan;
  nodes: GenerationNode[];
  gates: Map<number, GatePick>;
  facts: PlanFacts;
  projectFolder: string;
}

/** The plan of an opened workflow, with the few facts it needs from disk and database. */
export async function planOpened(
  opened: OpenedWorkflow,
  options: ResolvedOptions,
  deps: PrepareDeps,
  findGone: FindGone = askNobody,
): Promise<Planned> {
  const { workflow, path } = opened;
  const { db, disk, hash, setting } = deps;
  const projectFolder =
    options.outRoot === null ? await findProjectFolder(path, disk) : resolve(options.outRoot);
  const nodes = generationNodes(workflow);
  if (options.reroll !== null) assertTargets(nodes, options.reroll, path);
  const gates = gatePicks(workflow, nodes);
  const refImage = options.refImage === null ? null : resolve(options.refImage);
  const hashes = await hashLocal(
    nodes.flatMap((node) => referencesOf(node, refImage)),
    [dirname(path), projectFolder],
    { disk, hash },
  );
  // Their store does not have them yet; this machine does.
  const onTheWay = new Set(db.uploads.list(path).map(({ url }) => url));
  const table = setting('costs.table');
  const fallback = setting('runner.videoModel');
  const modelOf = (node: GenerationNode) =>
    node.kind === 'image' ? node.model : videoModel(node.model, fallback);
  const facts: PlanFacts = {
    mode: options.mode,
    reroll: options.reroll === null ? null : byNode(options.reroll),
    storedKeys: db.fingerprints.of(path),
    referenceHash: (value) => hashes.get(value) ?? db.objects.byUrl(value)?.sha256 ?? null,
    pickAt: (gateId) => {
      const gate = gates.get(gateId);
      return gate ? pickIn(gate.pick, gate.feeder.saved) : null;
    },
    gone: new Set([
      ...(await goneFiles(nodes, disk)),
      ...(await findGone(savedAddresses(nodes).filter((url) => !onTheWay.has(url)))),
    ]),
    refImage,
    modelOf,
    priceOf: (node) => priceOf(table, node.kind, modelOf(node)),
    concurrency: options.concurrency,
    maxTasks: options.maxTasks,
  };
  return { plan: planRun(nodes, facts), nodes, gates, facts, projectFolder };
}

const AT_ONCE = 32;

/** Content hashes of references that lie on this machine, each read once. A missing one has none: the run tells. */
async function hashLocal(
  values: readonly string[],
  folders: readonly string[],
  { disk, hash }: Pick<PrepareDeps, 'disk' | 'hash'>,
): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const local = [...new Set(values)].filter((value) => !/^(https?|data):/i.test(value));
  await inBatches(local, async (value) => {
    const address = addressOf(value, folders);
    if (address.kind !== 'local') return;
    const read = await readLocal(address.paths, disk);
    if (read.ok) hashes.set(value, await hash(read.bytes));
  });
  return hashes;
}

const savedAddresses = (nodes: readonly GenerationNode[]): string[] =>
  nodes.flatMap((node) => node.saved.filter((url) => url !== null));

/**
 * Cached outputs of a store on this machine whose file is not there any more, and addresses nobody can ask for (of a
 * browser tab, of another machine's disk). Addresses elsewhere are not asked.
 */
async function goneFiles(nodes: readonly GenerationNode[], disk: Disk): Promise<Set<string>> {
  const gone = new Set<string>();
  const urls = savedAddresses(nodes).filter((url) => /^file:/i.test(url) || strangeScheme(url) !== null);
  await inBatches(urls, async (url) => {
    const address = addressOf(url, []);
    const [path] = address.kind === 'local' ? address.paths : [];
    if (path === undefined || (await disk.stat(path)) === null) gone.add(url);
  });
  return gone;
}

async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < items.length; i += AT_ONCE) await Promise.all(items.slice(i, i + AT_ONCE).map(work));
}
