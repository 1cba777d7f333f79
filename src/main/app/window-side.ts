import { createRouterClient } from '@orpc/server';
import type { AppInfo } from '../../shared/contract.ts';
import type { RecoveriesChange, RecoveriesView } from '../../shared/recovery.ts';
import { applyServicesChange, type ServicesChange, type ServicesView } from '../../shared/services.ts';
import type { Database } from '../db/database.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { DataPaths } from '../platform/paths.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { SettingsStore } from '../platform/settings-store.ts';
import { watchFile } from '../platform/watch-file.ts';
import type { Runner } from '../runner/runner-api.ts';
import { type Catalogue, createCatalogue } from './catalogue.ts';
import type { Editing } from './editing.ts';
import { createGlancer } from './glancer.ts';
import { createHeldRuns } from './held-runs.ts';
import type { History } from './history/history-api.ts';
import { pictureIds } from './history/picture-ids.ts';
import { startUpkeep } from './history/upkeep-timer.ts';
import type { Places } from './places.ts';
import { projectRoots, realRoots, withRoot } from './project-roots.ts';
import { openQueue } from './queue.ts';
import type { Recovery } from './recovery-api.ts';
import { goOnByItself } from './recovery-on-start.ts';
import { openRecoveriesTopic } from './recovery-topic.ts';
import { createRepeater } from './repeater.ts';
import { rerollIn } from './rerolls.ts';
import { createRouter, type InProcessClient } from './router.ts';
import type { Notice } from './run-notices.ts';
import { tryStore } from './run-store.ts';
import { createRunTopics } from './run-topics.ts';
import { openRunsTopic } from './runs-topic.ts';
import { provideSample } from './sample.ts';
import type { Services } from './services.ts';
import { createTopic, type Topic } from './topic.ts';
import { createWireServer, type WireServer } from './wire-server.ts';

/** What a window needs and a command does not: topics, the watched folders, the router. */
export interface WindowSide {
  readonly catalogue: Catalogue;
  readonly recoveries: Topic<RecoveriesView, RecoveriesChange>;
  readonly wire: WireServer;
  readonly client: InProcessClient;
  close(): Promise<void>;
}

/** What it is built on: the services of a Flowdeck (flowdeck.ts). */
export interface WindowParts {
  readonly face: 'electron' | 'browser' | 'cli' | 'test';
  readonly paths: DataPaths;
  readonly places: Places;
  readonly settings: SettingsStore;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly db: Database;
  readonly runner: Runner;
  readonly editing: Editing;
  readonly recovery: Recovery;
  readonly history: History;
  services(): Promise<Services>;
  warnings(): string[];
  onFault(error: unknown): { logFile: string };
  /** For a person who looks elsewhere. */
  notice(notice: Notice): void;
}

/** How often outputs are offered again that their store did not take. */
const SEND_LEFT_MS = 60_000;

export async function openWindowSide(flowdeck: WindowParts, clock: Clock): Promise<WindowSide> {
  const { runner, editing, recovery, settings, log, paths, places } = flowdeck;
  const hasSample = await provideSample(places.sampleProject, paths.sampleProject, flowdeck.db).catch(
    (error: unknown) => {
      log.warn('The sample project could not be copied', { err: error });
      return false;
    },
  );

  const services = await flowdeck.services();
  const servicesTopic = createTopic<ServicesView, ServicesChange>({
    initial: services.view(),
    apply: applyServicesChange,
  });
  const stopServices = services.subscribe(servicesTopic.publish);
  const glancer = createGlancer(places.glanceWorker, paths.root);
  const catalogue = createCatalogue({
    clock,
    glance: glancer.glance,
    lastRun: runner.lastRunOf,
    onFault: (error) => log.warn('A workflow could not be looked at', { err: error }),
  });
  const run = createRunTopics(runner, clock);

  const lookThrough = async () => {
    const sample = hasSample ? paths.sampleProject : null;
    catalogue.setRoots(await realRoots(projectRoots(settings.get('projects.roots'), sample)));
  };
  const recoveries = await openRecoveriesTopic(runner.cutShort, flowdeck.db.recoveries);
  const stopRecoveries = recovery.onChanged(recoveries.look);
  const stopHearing = settings.onChange((keys) => {
    if (keys.includes('projects.roots')) lookThrough().catch(flowdeck.onFault);
  });
  await lookThrough();
  const closing = new AbortController();
  const lateUploads = createRepeater(
    clock,
    SEND_LEFT_MS,
    async () => {
      await runner.sendLeft(closing.signal);
    },
    (error) => log.warn('Outputs could not be sent to their store', { err: error }),
  );
  lateUploads.start();
  // Last, since it begins to start runs: nothing may fail after it.
  const queue = await openQueue({ db: flowdeck.db, runner, clock, onFault: flowdeck.onFault });

  const heldRuns = createHeldRuns({
    runner,
    queue,
    clock,
    watch: (file, onChange) => watchFile(file, onChange, flowdeck.onFault),
    onFault: (error) => log.warn('A held run could not go on', { err: error }),
  });
  const runs = await openRunsTopic(runner, clock, (summary) => {
    catalogue.noteRun(summary);
    heldRuns.note(summary);
    recoveries.note(summary);
  });

  const goingOn = goOnByItself(recoveries.topic.state().entries, {
    recovery,
    queue,
    onStart: settings.get('recovery.onStart'),
    tell: flowdeck.notice,
    onFault: (error) => log.warn('An interrupted run could not go on by itself', { err: error }),
    signal: closing.signal,
  }).catch(flowdeck.onFault);

  const upkeep = startUpkeep(flowdeck.history.upkeep, clock, flowdeck.onFault);
  const router = createRouter({
    info: () => appInfo(flowdeck),
    settings,
    testStore: async (name) => {
      const { steps, failure } = await tryStore(name, { settings, secrets: flowdeck.secrets, paths, clock });
      return { ok: failure === null, steps };
    },
    runner: {
      ...runner,
      pick: async (runId, gate, row, candidate) => {
        await runner.pick(runId, gate, row, candidate);
        await run.refresh(runId);
      },
    },
    service: (name) => services[name],
    tellConsumer: async (id) => services.tellConsumer(id),
    services: () => servicesTopic,
    workflows: () => catalogue.topic,
    runs: () => runs.topic,
    run: run.open,
    addRoot: async (path) => {
      const roots = settings.get('projects.roots');
      const next = await withRoot(roots, path);
      if (next !== roots) await settings.set('projects.roots', next);
    },
    editing,
    queue,
    recovery,
    recoveries: () => recoveries.topic,
    history: flowdeck.history,
    pictures: (addresses, beside) => pictureIds(addresses, beside, flowdeck.db.objects),
    reroll: (runId, targets, edits) => rerollIn({ runner, editing, queue }, runId, targets, edits),
    graph: runner.graph,
    onFault: flowdeck.onFault,
  });

  return {
    catalogue,
    recoveries: recoveries.topic,
    wire: createWireServer(router, (error) =>
      log.warn('A page sent what is not of the protocol', { err: error }),
    ),
    client: createRouterClient(router),
    async close() {
      stopHearing();
      lateUploads.stop();
      heldRuns.close();
      closing.abort();
      await upkeep.close();
      await goingOn;
      await queue.close();
      stopServices();
      servicesTopic.close();
      run.close();
      runs.close();
      stopRecoveries();
      recoveries.close();
      await Promise.all([catalogue.close(), glancer.close()]);
    },
  };
}

function appInfo({ face, places, paths, secrets, warnings }: WindowParts): AppInfo {
  return {
    version: places.version,
    platform: process.platform,
    dataDir: paths.root,
    // A window of a command line's `serve` is one in a browser.
    face: face === 'cli' ? 'browser' : face,
    node: process.versions.node,
    secretsInFile: secrets.inFile,
    warnings: warnings(),
  };
}
