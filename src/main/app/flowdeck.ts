import type { RecoveriesChange, RecoveriesView } from '../../shared/recovery.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { readBoot } from '../platform/boot.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { type OpenLog, openLog } from '../platform/log.ts';
import { makeThumbnail } from '../platform/media.ts';
import {
  type DataPaths,
  dataDirDefault,
  dataPaths,
  type Environment,
  ensureDataDir,
} from '../platform/paths.ts';
import { processStartTime } from '../platform/process-identity.ts';
import { openSecrets, type Secrets } from '../platform/secrets.ts';
import { openSettings, type SettingsStore } from '../platform/settings-store.ts';
import type { Runner } from '../runner/runner-api.ts';
import type { Catalogue } from './catalogue.ts';
import { type Editing, openEditing } from './editing.ts';
import type { History } from './history/history-api.ts';
import { openHistory } from './history/open-history.ts';
import { createMedia, type Media } from './media.ts';
import { mendIfDamaged } from './mending.ts';
import { findPlaces, type Places } from './places.ts';
import { openRecovery } from './recovery.ts';
import type { Recovery } from './recovery-api.ts';
import type { InProcessClient } from './router.ts';
import type { Notice } from './run-notices.ts';
import { openRunner } from './runner.ts';
import { openServices, type Services } from './services.ts';
import { superviseHere } from './supervision.ts';
import type { Topic } from './topic.ts';
import { openWindowSide } from './window-side.ts';
import type { WireServer } from './wire-server.ts';

export type Face = 'electron' | 'browser' | 'cli' | 'test';

export interface FlowdeckOptions {
  face: Face;
  env: Environment;
  /** Default: `FLOWDECK_DATA_DIR`, else the platform's application data folder (cli.md). */
  dataDir?: string;
  clock?: Clock;
}

/**
 * Every service of one process, built once (architecture.md, rule 3). What costs something is built when it is first
 * asked for: a command that only checks a file opens no watcher, starts no probe and speaks to nobody.
 */
export interface Flowdeck {
  readonly face: Face;
  readonly paths: DataPaths;
  readonly places: Places;
  readonly settings: SettingsStore;
  readonly secrets: Secrets;
  readonly log: OpenLog;
  readonly db: Database;
  readonly runner: Runner;
  /** What changes a workflow file between two runs. */
  readonly editing: Editing;
  /** What becomes of interrupted runs (behaviour.md §8). */
  readonly recovery: Recovery;
  /** Backups, versions and restores (behaviour.md §9). */
  readonly history: History;
  readonly media: Media;
  /**
   * G-Labs and the tunnel; from the first call on they are probed, and G-Labs is adopted if it runs. `demo` of the
   * first call: the built-in simulator is G-Labs, whatever the settings say.
   */
  services(options?: { demo?: boolean }): Promise<Services>;
  /** The workflows of the project folders; from the first call on they are watched. */
  catalogue(): Promise<Catalogue>;
  /** Interrupted runs and how far people are with them, kept up to date. */
  recoveries(): Promise<Topic<RecoveriesView, RecoveriesChange>>;
  /** Speaks the contract with pages. */
  wire(): Promise<WireServer>;
  /** The contract in-process. */
  client(): Promise<InProcessClient>;
  /** What a person should be told once: damaged settings or a damaged database that were set aside, secrets kept in a file. */
  warnings(): string[];
  /** Writes a fault of ours to the log. */
  onFault(error: unknown): { logFile: string };
  /** Passes words on to whoever hears them now. */
  notice(notice: Notice): void;
  /** Hears what a person should be told who looks elsewhere. */
  onNotice(listener: (notice: Notice) => void): () => void;
  /** Ends everything this Flowdeck started, and only that. Twice is once. */
  close(): Promise<void>;
}

/** The data folder this environment means. Absolute. */
export const dataDirFor = (env: Environment): string => dataDirDefault(env, process.platform);

/**
 * Opens a data folder. Rejects with `folder` or `store-unreachable` when it cannot be had; nothing is left running
 * then.
 */
export async function openFlowdeck(options: FlowdeckOptions): Promise<Flowdeck> {
  const { face, env, clock = systemClock } = options;
  const paths = dataPaths(options.dataDir ?? dataDirFor(env));
  await ensureDataDir(paths.root);
  const secrets = await openSecrets({ dataDir: paths.root, env });
  const settings = await openSettings(paths.settings);
  const log = openLog(paths.logs, { secrets: secrets.seen });
  const places = findPlaces();
  const started = await processStartTime(process.pid);
  const mendWarnings = await mendIfDamaged({ settings, secrets, clock, log, paths, places }).catch(
    async (error: unknown) => {
      await log.close();
      throw error;
    },
  );
  const boot = await readBoot(clock.now(), clock.sinceBoot());

  const db = lazily(() => openDatabase(paths.database));
  let demo = false;
  const services = lazily(() =>
    openServices({
      dataDir: paths.root,
      db: db.get(),
      clock,
      log,
      supervise: (again) =>
        superviseHere(
          {
            settings: demo ? withDemo(settings) : settings,
            secrets,
            clock,
            log,
            places,
            dataDir: paths.root,
            logs: paths.logs,
            env,
            db: db.get(),
          },
          again,
        ),
    }),
  );
  const runner = lazily(() =>
    openRunner({
      db: db.get(),
      settings,
      secrets,
      clock,
      paths,
      log,
      services: services.made,
      sourceWorker: places.sourceWorker,
      started,
      boot,
    }),
  );
  const editing = lazily(() => openEditing({ db: db.get(), settings, clock }));
  const recovery = lazily(() =>
    openRecovery({
      db: db.get(),
      settings,
      secrets,
      clock,
      paths,
      runner: runner.get(),
      editing: editing.get(),
      services: services.made,
    }),
  );
  const history = lazily(() =>
    openHistory({
      db: db.get(),
      settings,
      clock,
      runner: runner.get(),
      editing: editing.get(),
      places,
      onFault: (error) => log.warn('A history could not be looked at', { err: error }),
      tell: (notice) => flowdeck.notice(notice),
      warn: (problem) => log.warn(problem),
    }),
  );
  const windowSide = lazily(() => openWindowSide(flowdeck, clock));

  /** In this order: first what asks, then what works, then what was started, then what remembers. */
  const close = () =>
    inTurn([
      // One that could not be opened has told so already, and has nothing to close.
      async () => (await windowSide.made()?.catch(() => null))?.close(),
      async () => history.made()?.close(),
      async () => runner.made()?.close(),
      async () => (await services.made()?.catch(() => null))?.close(),
      async () => settings.close(),
      async () => db.made()?.close(),
      async () => log.close(),
    ]);
  let closing: Promise<void> | null = null;
  const noticing = new Set<(notice: Notice) => void>();

  const flowdeck: Flowdeck = {
    face,
    paths,
    places,
    settings,
    secrets,
    log,
    get db() {
      return db.get();
    },
    get runner() {
      return runner.get();
    },
    get editing() {
      return editing.get();
    },
    get recovery() {
      return recovery.get();
    },
    get history() {
      return history.get();
    },
    media: createMedia({ objects: () => db.get().objects, thumbnails: paths.thumbnails, makeThumbnail }),
    services: (asked) => {
      if (services.made() === null) demo = asked?.demo === true;
      return services.get();
    },
    catalogue: async () => (await windowSide.get()).catalogue,
    recoveries: async () => (await windowSide.get()).recoveries,
    wire: async () => (await windowSide.get()).wire,
    client: async () => (await windowSide.get()).client,
    warnings: () => [...settings.warnings, ...secrets.warnings, ...mendWarnings],
    onFault(error) {
      log.error('A fault of ours', { err: error });
      return { logFile: log.file };
    },
    notice: (notice) => {
      for (const listener of [...noticing]) listener(notice);
    },
    onNotice: (listener) => {
      noticing.add(listener);
      return () => noticing.delete(listener);
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
  return flowdeck;
}

/** Does all, one after the other, whatever goes wrong with one; rejects at the end with what went wrong first. */
async function inTurn(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}

/** Something made at its first use; `made` gives it only if it was. */
function lazily<T>(make: () => T): { get(): T; made(): T | null } {
  let made: { value: T } | null = null;
  return {
    get() {
      made ??= { value: make() };
      return made.value;
    },
    made: () => made?.value ?? null,
  };
}

/** The settings, but for what starts G-Labs. */
function withDemo(settings: SettingsStore): SettingsStore {
  return { ...settings, all: () => ({ ...settings.all(), 'glabs.command': 'demo' }) };
}
