import { resolve } from 'node:path';
import type { FixResult } from '../../shared/contract.ts';
import { type Plan, RunOptions } from '../../shared/domain.ts';
import { fail, toFailure } from '../../shared/failure.ts';
import { isCutShort } from '../../shared/recovery.ts';
import type { RunEvent } from '../../shared/run-events.ts';
import type { JournalEntry, RunSummary } from '../../shared/run-view.ts';
import { betweenRuns } from '../platform/held-file.ts';
import { findProjectFolder } from '../platform/project-folder.ts';
import { generationNodes } from '../workflow/generation.ts';
import { repairWorkflow } from '../workflow/repair.ts';
import { assertNotSetAside } from '../workflow/set-aside.ts';
import { admitRun } from './admit.ts';
import { deadReferences } from './dead-references.ts';
import { drawingOf } from './drawing.ts';
import { editFile } from './file-edit.ts';
import { gatePicks, picksAreMade } from './gate-picks.ts';
import { createGoneFinder } from './gone-addresses.ts';
import { pickAfterEnd } from './late-pick.ts';
import { sendLateUploads } from './late-uploads.ts';
import { resolveOptions } from './options.ts';
import { askNobody, openWorkflow, planOpened } from './prepare.ts';
import { createPromptLocks } from './prompt-locks.ts';
import { carryOut } from './run.ts';
import type { RunHandle, Runner } from './runner-api.ts';
import type { RunnerDeps } from './runner-deps.ts';
import { createStoredRuns } from './stored-runs.ts';

/** How long the first events of a run are kept for who asks for them. */
const EARLY_MS = 5000;

/** The runner of one process. */
export function createRunner(deps: RunnerDeps): Runner {
  const { db, disk, clock } = deps;
  const live = new Map<string, RunHandle>();
  const prompts = createPromptLocks();
  const findGone = createGoneFinder(deps);
  const stored = createStoredRuns(deps);
  /** Picks at runs that have ended, by run. */
  const latePicks = new Map<string, Promise<unknown>>();
  const listeners = new Set<(handle: RunHandle) => void>();

  /** A run of this process as it is at this instant. */
  const asNow = (summary: RunSummary): RunSummary => live.get(summary.runId)?.view().summary ?? summary;

  const start: Runner['start'] = async (path, options, control = {}) => {
    const signal = control.signal ?? new AbortController().signal;
    const real = (await disk.realPath(resolve(path))) ?? resolve(path);
    const lock = await deps.lock(real, `run ${real}`);
    try {
      const run = await admitRun(real, options, control, deps, signal, findGone);
      const first = run.recorder.view();
      const [drawing, firstView] = await Promise.all([
        deps.pack(drawingOf(run.opened.workflow)),
        deps.pack(first),
      ]);
      const { summary } = first;
      await db.commits.write(() => {
        db.runs.insert(
          {
            id: run.runId,
            workflow: summary.workflow,
            name: summary.name,
            mode: summary.mode,
            options: JSON.stringify(options),
            server: summary.server,
            demo: summary.demo,
            pid: deps.self.pid,
            processStarted: deps.self.started,
            startedAt: clock.now(),
            boot: deps.self.boot,
          },
          // What is known of the whole before anything begins: it is all there is to see if the process dies.
          {
            ...summary,
            counts: { ...summary.counts, nodes: summary.plan.nodes, cached: summary.plan.cached },
          },
        );
        db.runs.setGraph(run.runId, drawing);
        db.runs.setFirstView(run.runId, firstView);
      });
      const ended = new AbortController();
      const early: RunEvent[] = [];
      let stopEarly = run.recorder.onEvent((event) => early.push(event));
      // Who wants the first events asks at once; a window asks for changes only, and must not pay for them.
      clock.sleep(EARLY_MS, ended.signal).then(
        () => {
          stopEarly();
          early.length = 0;
        },
        () => undefined,
      );
      run.recorder.emit({
        type: 'run.started',
        at: summary.startedAt,
        runId: run.runId,
        workflow: summary.workflow,
        name: summary.name,
        mode: summary.mode,
        server: summary.server,
        demo: summary.demo,
        concurrency: summary.concurrency,
        plan: summary.plan,
      });
      const work = carryOut(run, deps, prompts, control);
      const finished = work.finished.then(async ({ event, failure, cause }) => {
        let problem = failure;
        const atLast = async (step: () => unknown) => {
          try {
            await step();
          } catch (error) {
            problem ??= toFailure(error);
          }
        };
        await atLast(() => run.recorder.emit(event));
        await atLast(() => run.recorder.change({ summary: { ...run.recorder.view().summary, cause } }));
        await atLast(run.recorder.flush);
        await atLast(async () => {
          const view = run.recorder.view();
          const packed = await deps.pack(view);
          await db.commits.write(() => db.runs.finish(view.summary, packed, clock.now()));
        });
        live.delete(run.runId);
        ended.abort();
        await atLast(() => lock.release());
        return { event, failure: problem };
      });
      const handle: RunHandle = {
        runId: run.runId,
        workflow: summary.workflow,
        view: run.recorder.view,
        onEvent: (listener) => {
          stopEarly();
          stopEarly = () => undefined;
          for (const event of early.splice(0)) listener(event);
          return run.recorder.onEvent(listener);
        },
        onChange: run.recorder.onChange,
        pause: work.pause,
        resume: work.resume,
        cancel: work.cancel,
        setConcurrency: work.setConcurrency,
        pick: work.pick,
        reroll: work.reroll,
        finished,
      };
      live.set(run.runId, handle);
      return handle;
    } catch (error) {
      await lock.release();
      throw error;
    }
  };

  return {
    start: async (path, options, control) => {
      const handle = await start(path, options, control);
      for (const listener of listeners) listener(handle);
      return handle;
    },
    check: async (path, { askReferences = true } = {}) => {
      const { workflow, findings, path: real } = await openWorkflow(path, deps);
      if (!askReferences) return findings;
      const projectFolder = await findProjectFolder(real, disk);
      const dead = await deadReferences(workflow, { ...deps, projectFolder }, new AbortController().signal);
      return [...findings, ...dead];
    },
    fix: (path) =>
      betweenRuns(
        path,
        'check --fix',
        (real) =>
          editFile<FixResult>(
            real,
            'check --fix',
            async (opened) => {
              const { text, fixed } = repairWorkflow(opened.workflow);
              if (text === opened.workflow.text)
                return { text, result: { fixed: [], backup: null, backupId: null, problem: null } };
              assertNotSetAside(opened.path);
              const backup = await deps.backup(opened.path, opened.bytes, 'pre-fix');
              const { id: backupId, path: copy, problem } = backup;
              return { text, result: { fixed, backup: copy, backupId, problem } };
            },
            deps,
          ),
        deps,
      ),
    plan: async (path, options, { askStores = true } = {}): Promise<Plan> => {
      const opened = await openWorkflow(path, deps);
      const resolved = resolveOptions(options, deps.setting);
      const { plan } = await planOpened(opened, resolved, deps, askStores ? findGone : askNobody);
      return {
        nodes: plan.nodes.map(
          ({ nodeId, tab, title, kind, scene, rows, candidates, reason, generations, costUSD, trusted }) => ({
            nodeId,
            tab,
            title,
            kind,
            scene,
            rows,
            candidates,
            reason,
            generations,
            costUSD,
            trusted,
          }),
        ),
        totals: plan.totals,
      };
    },
    pick: async (runId, gate, row, candidate) => {
      const handle = live.get(runId);
      if (handle) return handle.pick(gate, row, candidate);
      // One after the other: each starts from the record that the one before has left.
      const before = latePicks.get(runId) ?? Promise.resolve();
      const picking = before.then(async () => {
        const view = db.runs.find(runId)?.view;
        if (!view) throw fail('not-found', `There is no run ${runId}.`);
        await pickAfterEnd(view, gate, row, candidate, deps);
      });
      const settled = picking.catch(() => undefined);
      latePicks.set(runId, settled);
      settled.then(() => {
        if (latePicks.get(runId) === settled) latePicks.delete(runId);
      });
      return picking;
    },
    recentRuns: async (limit) => (await stored.told(db.runs.recent(limit))).map(asNow),
    runsOf: async (workflow, limit) => (await stored.told(db.runs.ofWorkflow(workflow, limit))).map(asNow),
    cutShort: async () => {
      const summaries = await stored.told(db.runs.cutShort());
      return summaries.filter(({ runId, status }) => !live.has(runId) && isCutShort(status));
    },
    view: async (runId) => live.get(runId)?.view() ?? stored.view(runId),
    handle: (runId) => live.get(runId) ?? null,
    journal: (runId, nodeId) =>
      db.journal.ofNode(runId, nodeId).map(
        (row): JournalEntry => ({
          row: row.row,
          candidate: row.candidate,
          attempt: row.attempt,
          state: row.state,
          taskId: row.taskId,
          at: new Date(row.changedAt).toISOString(),
          message: row.message,
        }),
      ),
    picksMade: async (runId) => {
      const view = db.runs.find(runId)?.view;
      if (!view) throw fail('not-found', `There is no record of a run ${runId}.`);
      const { workflow } = await openWorkflow(view.summary.workflow, deps);
      return picksAreMade(view, gatePicks(workflow, generationNodes(workflow)));
    },
    optionsOf: (runId) => {
      const options = db.runs.optionsOf(runId);
      return options === null ? null : RunOptions.parse(JSON.parse(options));
    },
    graph: (runId) => db.runs.graphOf(runId),
    lastRunOf: (path) => {
      const last = db.runs.lastOf(path);
      return last && { ...last, at: new Date(last.at).toISOString() };
    },
    sendLeft: (signal) =>
      sendLateUploads(
        (workflow) => [...live.values()].some((handle) => handle.workflow === workflow),
        deps,
        signal,
      ),
    onStarted: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      const handles = [...live.values()];
      for (const handle of handles) handle.cancel();
      await Promise.all(handles.map((handle) => handle.finished));
    },
  };
}
