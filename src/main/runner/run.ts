import { dirname } from 'node:path';
import type { RerollTarget, RunCause } from '../../shared/domain.ts';
import { type Failure, FlowdeckError, fail, toFailure } from '../../shared/failure.ts';
import type { RunEventOf } from '../../shared/run-events.ts';
import { BackendError } from '../backend/backend.ts';
import { timeLimit } from '../platform/clock.ts';
import { startOf, strangerAt } from './admit.ts';
import { concludeRun } from './conclude.ts';
import { createDispatch } from './dispatch.ts';
import { removeLeftBehind } from './left-behind.ts';
import { pickInRun } from './live-pick.ts';
import { rerollInRun } from './live-reroll.ts';
import { makeNode, type Workshop } from './make-node.ts';
import { announce, closeWritten, prepareFile, tellOpenRerolls } from './opening.ts';
import { keepAndTell, openUploads } from './outgoing.ts';
import type { PlannedNode } from './plan.ts';
import { placesToFill } from './plan-offers.ts';
import type { PromptLocks } from './prompt-locks.ts';
import { createPictureLoader } from './references.ts';
import { type AdmittedRun, createRunState } from './run-state.ts';
import type { StartControl } from './runner-api.ts';
import type { RunnerDeps } from './runner-deps.ts';
import { decide } from './schedule.ts';
import { createSourceFile } from './source-file.ts';
import { holdNode, releaseHeld, skipNode, skipTheRest } from './standings.ts';
import { refusal } from './submission.ts';
import { createWriteBack } from './write-back.ts';

export interface RunControl {
  pause(): void;
  resume(): void;
  cancel(): void;
  setConcurrency(nodes: number): void;
  pick(gate: number, row: number, candidate: number): Promise<void>;
  reroll(targets: readonly RerollTarget[]): Promise<void>;
  /** Never rejects. */
  finished: Promise<{ event: RunEventOf<'run.finished'>; failure: Failure | null; cause: RunCause | null }>;
}

/** How long a run that ends waits for the answers to requests that are out. */
const ANSWER_MS = 3000;

/** Carries out steps 4 to 12 of behaviour.md §5. Lock and database row are the caller's. */
export function carryOut(
  admitted: AdmittedRun,
  deps: RunnerDeps,
  prompts: PromptLocks,
  { waitAtGates = false, salvage }: Pick<StartControl, 'waitAtGates' | 'salvage'> = {},
): RunControl {
  const { db, disk, clock } = deps;
  const { opened, options } = admitted;
  const ending = new AbortController();
  const { signal } = ending;
  const run = createRunState(admitted, openUploads(admitted, deps, signal), deps);
  const { planned, backend, standing } = run;
  const inFlight = new Set<string>();
  /** Candidates in the making: when a run ends early, they take a moment longer than their nodes. */
  const making = new Set<Promise<unknown>>();
  const track = <T>(work: Promise<T>): Promise<T> => {
    const over: Promise<unknown> = work.then(
      () => making.delete(over),
      () => making.delete(over),
    );
    making.add(over);
    return work;
  };
  let { backendStart, demo } = admitted;
  const waitS = options.waitMidRunMs / 1000;
  let { concurrency } = options;
  let failure: Failure | null = null;
  let cancelled = false;
  /** Nothing is left to do until a person picks. */
  let waits = false;
  /** Nothing more will be started: the run is being brought to its end. */
  let over = false;
  let wake: () => void = () => undefined;

  const answers = new AbortController();
  let stopAnswers: () => void = () => undefined;
  signal.addEventListener('abort', () => {
    const limit = timeLimit(clock, ANSWER_MS);
    limit.signal.addEventListener('abort', () => answers.abort(signal.reason));
    stopAnswers = limit.clear;
  });
  const abort = (error: FlowdeckError) => {
    failure ??= error.failure;
    ending.abort(error);
  };
  const dispatch = createDispatch({
    clock,
    random: deps.random,
    backend,
    signal,
    prompts,
    maxTasks: options.maxTasks,
    waitForBackendMs: options.waitMidRunMs,
    quotaPauseMs: options.quotaPauseMs,
    abort,
    watch: deps.watchBackend(backend),
    onHealth: (health) => {
      const stranger = strangerAt(backend.server, health, demo);
      if (stranger !== null) return stranger;
      demo = health.demo;
      backendStart = startOf(health, clock);
      return null;
    },
    onDown: (outage) => run.emit({ type: 'backend.down', server: backend.server, waitS, ...outage }),
    onUp: (downMs) => run.emit({ type: 'backend.up', server: backend.server, downMs }),
    onState: () => tellStatus(),
    onNotice: run.notice,
  });
  const tellStatus = () =>
    run.emit({
      type: 'run.status',
      status: signal.aborted ? 'stopping' : waits ? 'held' : dispatch.state(),
      concurrency,
    });
  const source = createSourceFile(opened.workflow, {
    clock,
    signal,
    writer: deps.openSource(opened.workflow),
    alone: deps.alone,
    // The journal has it all, and the last write of the run tries again and then tells.
    onProblem: (error) =>
      run.notice(`The workflow file could not be written yet: ${toFailure(error).message}`),
    onChangedOutside: (now) => {
      const repicked = writeBack.reread(now);
      // Nothing more is made for who picks now: what was held stays held.
      if (!over) releaseHeld(run);
      for (const node of run.nodes.filter((entry) => repicked.includes(entry.nodeId))) {
        writeBack.showGates(node);
        track(writeBack.putInUse(node)).catch((error: unknown) => run.notice(toFailure(error).message));
      }
      wake();
      run.notice('The workflow file was changed by somebody else; only our results are merged into it.');
    },
  });
  const writeBack = createWriteBack(run, source, deps);
  const load = createPictureLoader({
    disk,
    objects: db.objects,
    fetch: deps.fetch,
    clock,
    inspect: deps.inspect,
    hash: deps.hash,
    fit: deps.fit,
    folders: [dirname(opened.path), planned.projectFolder],
  });

  const shop: Workshop = {
    dispatch,
    writeBack,
    keep: keepAndTell(run, track),
    load,
    lookAtFile,
    signal,
    answerSignal: answers.signal,
    backendStart: () => backendStart,
    isDemo,
    salvage,
    inFlight,
    track,
    filesPerTask: { image: 1, video: 1 },
  };

  const finished = (async () => {
    try {
      await closeWritten(run, deps);
      announce(run, deps.setting('costs.table'));
      tellOpenRerolls(run, deps);
      if (placesToFill(planned.plan) > 0) await prepareFile(run, shop, deps);
      await removeLeftBehind(run, deps);
      await generateAll();
      over = true;
      await run.uploads.drain(signal);
    } catch (error) {
      over = true;
      if (!cancelled) failure ??= toFailure(error);
      ending.abort(error);
    }
    dispatch.close();
    stopAnswers();
    return concludeRun(run, { source, inFlight, cancelled, failure }, deps);
  })();

  async function generateAll(): Promise<void> {
    const running = new Set<Promise<void>>();
    /** Made, and on the way to the store: they take no place of what is being made. */
    const storing = new Set<Promise<void>>();
    for (;;) {
      if (signal.aborted) {
        await Promise.all(running);
        await Promise.all(storing);
        while (making.size > 0) await Promise.all(making);
        throw signal.reason;
      }
      const { start, skip } = decide(run.nodes, standing, concurrency - running.size);
      for (const { node, because } of skip) skipNode(run, node, because);
      const held = start.filter((node) => hold(node));
      for (const node of start) {
        if (held.includes(node)) continue;
        standing.set(node.nodeId, 'running');
        const work = endingRun(
          makeNode(run, node, shop, deps).then(({ through }) => {
            const stored = endingRun(through).finally(() => {
              storing.delete(stored);
              wake();
            });
            storing.add(stored);
          }),
        ).finally(() => {
          running.delete(work);
          wake();
        });
        running.add(work);
      }
      // What was skipped or held may leave room, or more to skip.
      if (skip.length + held.length > 0) continue;
      if (running.size + storing.size === 0) {
        if (await mayGoOn()) continue;
        return skipTheRest(run);
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (signal.aborted) resolve();
      });
    }
  }
  signal.addEventListener('abort', () => wake());

  /** A fault in the making of a node ends the run. */
  const endingRun = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => {
      if (signal.aborted) return;
      abort(
        error instanceof FlowdeckError ? error : fail('internal', toFailure(error).message, { cause: error }),
      );
    });

  /** A run that had nothing to order when it began has not asked; what it orders later belongs to one of the two. */
  async function isDemo(order: boolean): Promise<boolean> {
    while (demo === null && order) {
      try {
        demo = (await backend.health(signal)).demo;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof BackendError)) throw error;
        if (error.kind === 'refused') throw refusal(error, backend);
        await dispatch.outage(error);
      }
    }
    demo ??= false;
    return demo;
  }

  /** Waits for a person's pick, in the window or in the file. False: nothing more can come of this run. */
  async function mayGoOn(): Promise<boolean> {
    const held = run.nodes.some((node) => standing.get(node.nodeId) === 'held');
    if (!waitAtGates || !held || over) return false;
    const stopWatching = deps.watch(opened.path, lookAtFile);
    try {
      // A pick made before the watch began is seen by this look.
      await lookAtFile();
      if (run.nodes.some((node) => standing.get(node.nodeId) === 'waiting')) return true;
      waits = true;
      tellStatus();
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (signal.aborted || over) resolve();
      });
      return !over;
    } finally {
      waits = false;
      stopWatching();
      if (!over && !signal.aborted) tellStatus();
    }
  }

  /** What a person saved meanwhile. A file that cannot be read just now is told when it is written. */
  async function lookAtFile(): Promise<void> {
    try {
      await source.look();
    } catch (error) {
      run.notice(`The workflow file cannot be read: ${toFailure(error).message}`);
    }
  }

  function assertGoesOn(): void {
    if (!over && !signal.aborted) return;
    throw fail('usage', 'This run is just coming to its end.', {
      where: opened.path,
      cure: 'Try again when it has ended.',
    });
  }

  function hold(node: PlannedNode): boolean {
    const gateId = holdNode(run, node);
    if (gateId === null) return false;
    const feeder = run.nodes.find((entry) => entry.nodeId === planned.gates.get(gateId)?.feeder.nodeId);
    if (feeder) writeBack.showGates(feeder);
    return true;
  }

  return {
    pause: dispatch.pause,
    resume: dispatch.resume,
    cancel: () => {
      if (signal.aborted) return;
      // Nothing is in the making: it ends as what it is, and its record can be picked from.
      if (waits) {
        over = true;
        wake();
        return;
      }
      cancelled = true;
      ending.abort(fail('interrupted', 'The run was cancelled.'));
      tellStatus();
    },
    setConcurrency: (nodes) => {
      concurrency = nodes;
      tellStatus();
      wake();
    },
    pick: async (gateId, row, candidate) => {
      assertGoesOn();
      await pickInRun(run, writeBack, gateId, row, candidate);
      if (over) return;
      releaseHeld(run);
      wake();
    },
    reroll: async (targets) => {
      assertGoesOn();
      rerollInRun(run, targets);
      wake();
    },
    finished,
  };
}
