import { implement, ORPCError, type RouterClient } from '@orpc/server';
import {
  type AppInfo,
  contract,
  type Rerolled,
  type RunsChange,
  type RunsView,
} from '../../shared/contract.ts';
import type { RerollTarget } from '../../shared/domain.ts';
import { type Failure, fail, toFailure } from '../../shared/failure.ts';
import type { PromptEdit } from '../../shared/prompts.ts';
import type { RecoveriesChange, RecoveriesView } from '../../shared/recovery.ts';
import type { RunGraph } from '../../shared/run-graph.ts';
import type { RunChange, RunView } from '../../shared/run-view.ts';
import type { ServiceName, ServicesChange, ServicesView } from '../../shared/services.ts';
import type { StoreTest } from '../../shared/store-test.ts';
import type { WorkflowsChange, WorkflowsView } from '../../shared/workflows.ts';
import type { SettingsStore } from '../platform/settings-store.ts';
import type { RunHandle, Runner } from '../runner/runner-api.ts';
import type { Editing } from './editing.ts';
import type { History } from './history/history-api.ts';
import { verifyMessages } from './history/verify-messages.ts';
import type { Queue } from './queue.ts';
import type { Recovery } from './recovery-api.ts';
import type { Topic } from './topic.ts';

/** What the router hands questions on to. */
export interface RouterParts {
  info(): AppInfo;
  settings: Pick<SettingsStore, 'list' | 'set' | 'unset'>;
  testStore(name: string): Promise<StoreTest>;
  runner: Pick<
    Runner,
    'check' | 'fix' | 'plan' | 'start' | 'handle' | 'view' | 'journal' | 'optionsOf' | 'pick'
  >;
  service(name: ServiceName): { start(): Promise<void>; stop(): Promise<void>; restart(): Promise<void> };
  /** Tells a pending consumer of the tunnel's address at once; rejects with `not-found`. */
  tellConsumer(id: string): Promise<void>;
  services(): Topic<ServicesView, ServicesChange>;
  workflows(): Topic<WorkflowsView, WorkflowsChange>;
  runs(): Topic<RunsView, RunsChange>;
  /** Null: there is no such run. */
  run(runId: string): Promise<Topic<RunView, RunChange> | null>;
  addRoot(path: string): Promise<void>;
  editing: Editing;
  queue: Queue;
  recovery: Recovery;
  recoveries(): Topic<RecoveriesView, RecoveriesChange>;
  history: History;
  /** Media ids of addresses; null where there is no copy here. */
  pictures(addresses: readonly string[], beside: readonly string[]): Promise<(string | null)[]>;
  reroll(runId: string, targets: RerollTarget[], edits: PromptEdit[]): Promise<Rerolled>;
  /** Null: there is no such run, or nothing was drawn down for it. */
  graph(runId: string): RunGraph | null;
  /** Writes a fault of ours to the log and says where that is. */
  onFault(error: unknown): { logFile: string };
}

export type FlowdeckRouter = ReturnType<typeof createRouter>;
export type InProcessClient = RouterClient<FlowdeckRouter>;

/**
 * The contract, implemented: names are mapped to services and nothing is decided here. Inputs and outputs are parsed
 * by oRPC; whatever goes wrong leaves as the typed error of its Failure.
 */
export function createRouter(parts: RouterParts) {
  const os = implement(contract).use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw typedError(error, parts);
    }
  });
  const { runner, settings, editing, queue, recovery, history } = parts;

  return os.router({
    app: { info: os.app.info.handler(() => parts.info()) },
    settings: {
      list: os.settings.list.handler(() => settings.list()),
      set: os.settings.set.handler(({ input }) => settings.set(input.key, input.value)),
      unset: os.settings.unset.handler(({ input }) => settings.unset(input.key)),
      testStore: os.settings.testStore.handler(({ input }) => parts.testStore(input.name)),
    },
    services: {
      watch: os.services.watch.handler(({ signal }) => parts.services().subscribe(signal)),
      start: os.services.start.handler(({ input }) => parts.service(input.service).start()),
      stop: os.services.stop.handler(({ input }) => parts.service(input.service).stop()),
      restart: os.services.restart.handler(({ input }) => parts.service(input.service).restart()),
      tellConsumer: os.services.tellConsumer.handler(({ input }) => parts.tellConsumer(input.id)),
    },
    workflows: {
      watch: os.workflows.watch.handler(({ signal }) => parts.workflows().subscribe(signal)),
      check: os.workflows.check.handler(({ input }) => runner.check(input.path)),
      fix: os.workflows.fix.handler(({ input }) => runner.fix(input.path)),
      plan: os.workflows.plan.handler(({ input }) => runner.plan(input.path, input.options)),
      addRoot: os.workflows.addRoot.handler(({ input }) => parts.addRoot(input.path)),
      wipe: os.workflows.wipe.handler(({ input: { path, ...which } }) => editing.wipe(path, which)),
      accept: os.workflows.accept.handler(({ input }) => editing.accept(input.path, input.nodes)),
      prompts: os.workflows.prompts.handler(({ input }) => editing.prompts(input.path, input.nodeId)),
      restore: os.workflows.restore.handler(({ input }) => editing.restore(input.path, input.backupId)),
    },
    runs: {
      watch: os.runs.watch.handler(({ signal }) => parts.runs().subscribe(signal)),
      start: os.runs.start.handler(async ({ input }) => {
        // A run belongs to Flowdeck, not to the page that began it: the page's signal is not passed on.
        const handle = await runner.start(input.path, input.options, { waitAtGates: true });
        return { runId: handle.runId };
      }),
      watchOne: os.runs.watchOne.handler(async ({ input, signal }) => {
        const topic = await parts.run(input.runId);
        if (topic === null) throw noSuchRun(input.runId);
        return topic.subscribe(signal);
      }),
      pause: os.runs.pause.handler(async ({ input }) => (await liveRun(runner, input.runId)).pause()),
      resume: os.runs.resume.handler(async ({ input }) => (await liveRun(runner, input.runId)).resume()),
      cancel: os.runs.cancel.handler(async ({ input }) => (await liveRun(runner, input.runId)).cancel()),
      setConcurrency: os.runs.setConcurrency.handler(async ({ input }) =>
        (await liveRun(runner, input.runId)).setConcurrency(input.concurrency),
      ),
      pick: os.runs.pick.handler(({ input }) =>
        runner.pick(input.runId, input.gate, input.row, input.candidate),
      ),
      reroll: os.runs.reroll.handler(({ input }) => parts.reroll(input.runId, input.targets, input.edits)),
      graph: os.runs.graph.handler(({ input }) => {
        const graph = parts.graph(input.runId);
        if (graph === null) throw noSuchRun(input.runId);
        return graph;
      }),
      options: os.runs.options.handler(({ input }) => {
        const options = runner.optionsOf(input.runId);
        if (options === null) throw noSuchRun(input.runId);
        return options;
      }),
      journal: os.runs.journal.handler(async ({ input }) => {
        if ((await runner.view(input.runId)) === null) throw noSuchRun(input.runId);
        return runner.journal(input.runId, input.nodeId);
      }),
    },
    recovery: {
      watch: os.recovery.watch.handler(({ signal }) => parts.recoveries().subscribe(signal)),
      diagnose: os.recovery.diagnose.handler(({ input, signal }) =>
        recovery.diagnose(input.path, signal === undefined ? {} : { signal }),
      ),
      keep: os.recovery.keep.handler(({ input }) => recovery.keep(input.path, input.step, input.action)),
      apply: os.recovery.apply.handler(async ({ input: { path, ...wish } }) => {
        // As a run, a recovery belongs to Flowdeck and not to the page that began it.
        const { handle, backupId } = await recovery.apply(path, wish, { waitAtGates: true });
        return { runId: handle?.runId ?? null, backupId };
      }),
      afterCare: os.recovery.afterCare.handler(({ input }) => recovery.afterCare(input.path)),
      doAfterCare: os.recovery.doAfterCare.handler(({ input: { path, ...wish } }) =>
        recovery.doAfterCare(path, wish),
      ),
      dismiss: os.recovery.dismiss.handler(({ input }) => recovery.dismiss(input.path)),
    },
    history: {
      watch: os.history.watch.handler(async ({ input, signal }) =>
        (await history.watch(input.path)).subscribe(signal),
      ),
      backup: os.history.backup.handler(({ input: { path, ...wish } }) => history.backup(path, wish)),
      adopt: os.history.adopt.handler(({ input }) => history.adopt(input.path, input.entry)),
      annotate: os.history.annotate.handler(({ input: { entry, ...what } }) => history.annotate(entry, what)),
      preview: os.history.preview.handler(({ input }) => history.preview(input.path, input.entry)),
      restore: os.history.restore.handler(({ input: { path, ...wish }, signal }) =>
        history.restore(path, { ...wish, signal }),
      ),
      advice: os.history.advice.handler(({ input }) => history.advice(input.path)),
      bump: os.history.bump.handler(({ input }) => history.bump(input.path, input.note)),
      graduate: os.history.graduate.handler(({ input }) => history.graduate(input.path, input.note)),
      undoVersion: os.history.undoVersion.handler(({ input }) => history.undoVersion(input.path)),
      compare: os.history.compare.handler(({ input }) => history.compare(input.before, input.after)),
      pictures: os.history.pictures.handler(({ input }) => parts.pictures(input.addresses, input.beside)),
      verify: os.history.verify.handler(({ input, signal }) => verifyMessages(history, input.path, signal)),
    },
    queue: {
      watch: os.queue.watch.handler(({ signal }) => queue.topic.subscribe(signal)),
      add: os.queue.add.handler(({ input }) => queue.add(input.path, input.options, input)),
      move: os.queue.move.handler(({ input }) => queue.move(input.id, input.to)),
      hold: os.queue.hold.handler(({ input }) => queue.hold(input.id)),
      release: os.queue.release.handler(({ input }) => queue.release(input.id)),
      remove: os.queue.remove.handler(({ input }) => queue.remove(input.id)),
      pause: os.queue.pause.handler(() => queue.pause()),
      resume: os.queue.resume.handler(() => queue.resume()),
    },
  });
}

const noSuchRun = (runId: string) =>
  fail('not-found', 'There is no such run.', { where: runId, cure: 'List the runs to see which there are.' });

async function liveRun(runner: RouterParts['runner'], runId: string): Promise<RunHandle> {
  const handle = runner.handle(runId);
  // Its last event is out a moment before it is let go of.
  if (handle && handle.view().summary.finishedAt === null) return handle;
  const view = await runner.view(runId);
  if (view === null) throw noSuchRun(runId);
  throw view.summary.finishedAt === null
    ? fail('not-found', 'This run is driven by another Flowdeck.', {
        where: runId,
        cure: 'Use the window or terminal that began it.',
      })
    : fail('not-found', 'This run has ended.', { where: runId, cure: 'Start a new run of the workflow.' });
}

/** Every error that leaves is one of the contract's, with its Failure as data; never a stack. */
function typedError(error: unknown, parts: RouterParts): ORPCError<Failure['code'], Failure> {
  const failure = readFailure(error, parts);
  return new ORPCError(failure.code, { defined: true, message: failure.message, data: failure });
}

function readFailure(error: unknown, parts: RouterParts): Failure {
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') return badInput(error);
  const failure = toFailure(error);
  if (failure.code !== 'internal') return failure;
  const { logFile } = parts.onFault(error);
  return {
    code: 'internal',
    message: 'Flowdeck made a mistake and could not do this.',
    where: logFile,
    cure: 'Look at the end of the log for the reason.',
  };
}

/** oRPC's input issues in one sentence, each with its place. */
function badInput(error: ORPCError<string, unknown>): Failure {
  const issues =
    (error.data as { issues?: readonly { message: string; path?: readonly unknown[] }[] }).issues ?? [];
  const words = issues.slice(0, 3).map(({ message, path }) => {
    const place = (path ?? [])
      .map((key) => String(key instanceof Object && 'key' in key ? key.key : key))
      .join('.');
    return place === '' ? message : `${place}: ${message}`;
  });
  return {
    code: 'usage',
    message: `This cannot be asked so: ${words.join('; ') || 'the input has another shape'}.`,
    cure: 'Correct the value and try again.',
  };
}
