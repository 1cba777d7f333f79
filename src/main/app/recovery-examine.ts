import { join } from 'node:path';
import { RunOptions } from '../../shared/domain.ts';
import { FlowdeckError } from '../../shared/failure.ts';
import type { Diagnosis } from '../../shared/recovery.ts';
import { backupFolder, noWorkflow } from '../history/backup.ts';
import { hashOf } from '../platform/content-hash.ts';
import { nodeDisk } from '../platform/disk.ts';
import { inspectMedia, measureMedia } from '../platform/media.ts';
import { diagnose } from '../recovery/diagnose.ts';
import type { Evidence, SalvageOffer } from '../recovery/evidence.ts';
import { gatherEvidence } from '../recovery/gather.ts';
import type { OpenedSource, SeenPlan } from '../recovery/gather-deps.ts';
import { createSalvage, salvageOffers } from '../recovery/salvage.ts';
import { resolveOptions } from '../runner/options.ts';
import { placesFor } from '../runner/places.ts';
import { openWorkflow, planOpened } from '../runner/prepare.ts';
import { generationNodes } from '../workflow/generation.ts';
import type { DiagnoseHow, RecoveryParts } from './recovery-api.ts';
import type { Examined } from './recovery-apply.ts';
import { type MadePlace, optionsToGoOn } from './recovery-options.ts';
import { backendEvidence, tunnelEvidence } from './recovery-services.ts';
import { refuseSuperseded } from './recovery-successor.ts';
import { openBackends } from './run-backends.ts';
import { openStore } from './run-store.ts';
import { TUNNEL } from './run-tunnel.ts';
import { supervisedAddress } from './supervision.ts';

/** Passes at recovering one workflow that are looked at. */
const MOST_RUNS = 50;

export type Examine = (workflow: string, how?: DiagnoseHow) => Promise<Examined>;

/** Gathers what there is of a workflow and judges it, as a run like its newest one would find it. */
export function createExaminer(parts: RecoveryParts): Examine {
  const { db, settings, secrets, clock, paths, runner } = parts;
  const backends = openBackends(parts);
  const plans = { db, disk: nodeDisk, setting: settings.get, hash: hashOf };

  /** As a run of this workflow has to be asked for that goes on with the newest one. */
  const optionsFor = async (workflow: string, over: Partial<RunOptions>): Promise<RunOptions> => {
    const last = runner.lastRunOf(workflow);
    const asked = last === null ? null : runner.optionsOf(last.runId);
    if (last === null || asked === null) return { ...RunOptions.parse({}), ...over };
    if (asked.reroll === undefined) return { ...optionsToGoOn(asked, [], new Map()), ...over };
    const { sizes, made } = await placesOf(workflow, (await startOf(last.runId)) ?? 0);
    return { ...optionsToGoOn(asked, made, sizes), ...over };
  };

  const startOf = async (runId: string): Promise<number | null> => {
    const view = await runner.view(runId);
    return view === null ? null : Date.parse(view.summary.startedAt);
  };

  /** What the file's nodes have, and which places got new output since then. Nothing for a file that cannot be read. */
  const placesOf = async (workflow: string, since: number) => {
    const opened = await openWorkflow(workflow, plans).catch((error: unknown) => {
      if (error instanceof FlowdeckError) return null;
      throw error;
    });
    const nodes = opened === null ? [] : generationNodes(opened.workflow);
    const saved = new Map(nodes.map((node) => [node.nodeId, new Set(node.saved)]));
    const made: MadePlace[] = db.journal
      .cameSince(workflow, since)
      .filter(({ nodeId, url }) => saved.get(nodeId)?.has(url));
    const sizes = new Map(
      nodes.map(({ nodeId, prompts, perRow }) => [nodeId, { rows: prompts.length, perRow }]),
    );
    return { made, sizes };
  };

  const planOf = async (
    opened: OpenedSource,
    options: RunOptions,
    gone: ReadonlySet<string>,
  ): Promise<SeenPlan> => {
    const planned = await planOpened(
      opened,
      resolveOptions(options, settings.get),
      plans,
      async (urls) => new Set(urls.filter((url) => gone.has(url))),
    );
    return {
      nodes: planned.plan.nodes.map(({ node, reason, trusted, needs, references, todo }) => ({
        ...{ node, reason, trusted, needs, references },
        ...(options.reroll === undefined ? {} : { reroll: todo }),
        priceUSD: planned.facts.priceOf(node),
      })),
      places: placesFor(planned.projectFolder, opened.workflow, planned.nodes),
    };
  };

  return async (workflow, { signal, options: over = {} } = {}) => {
    await refuseSuperseded(workflow, { db, disk: nodeDisk });
    const options = await optionsFor(workflow, over);
    const server = await backends.serverOf(options);
    const store = () =>
      openStore(options.storage ?? settings.get('storage.default'), { settings, secrets, paths, clock });
    const evidence: Evidence = await gatherEvidence(
      workflow,
      {
        db,
        disk: nodeDisk,
        clock,
        fetch,
        fields: settings.get('workflow.fields'),
        plan: (opened, gone) => planOf(opened, options, gone),
        runs: (path) => runner.runsOf(path, MOST_RUNS),
        record: runner.view,
        openStore: store,
        backend: async (limit) => {
          // Through a tunnel that is down nothing can be asked; G-Labs itself may be there all the same.
          const here = (await supervisedAddress(db.serviceState)) ?? settings.get('glabs.url');
          return backendEvidence(await backends.open(server === TUNNEL ? here : server), limit);
        },
        tunnel: () => tunnelEvidence(server, backends.throughTunnel),
        backupFolder,
        inspect: inspectMedia,
        measure: measureMedia,
      },
      signal ?? new AbortController().signal,
    );
    if (evidence.source.state === 'missing' && evidence.nodesFrom === 'source') throw noWorkflow(workflow);
    const diagnosis: Diagnosis = diagnose(evidence, clock.now());
    return {
      path: diagnosis.path,
      diagnosis,
      options,
      found: foundIn(evidence),
      salvage: ({ without = NO_NODES, among = null } = {}) =>
        createSalvage(
          salvageOffers(evidence).filter(
            (offer) => !without.has(offer.nodeId) && (among === null || among.has(sourceOf(offer))),
          ),
          { disk: nodeDisk, fetch, clock, inspect: inspectMedia, scratch: join(paths.cache, 'salvage') },
        ),
    };
  };
}

const NO_NODES: ReadonlySet<number> = new Set();

/** Every file and object that was found under the name of a candidate. */
const foundIn = ({ nodes }: Evidence): Set<string> =>
  new Set(
    nodes.flatMap(({ places }) =>
      places.flatMap(({ local, store }) => [local?.file, store?.key].filter((name) => name !== undefined)),
    ),
  );

const sourceOf = ({ from }: SalvageOffer): string => (from.kind === 'file' ? from.file : from.key);
