import { dirname } from 'node:path';
import type { RerollTarget } from '../../shared/domain.ts';
import { type Failure, FlowdeckError, fail, toFailure } from '../../shared/failure.ts';
import type { RunEventOf } from '../../shared/run-events.ts';
import { startOf } from './admit.ts';
import { concludeRun } from './conclude.ts';
import { roundUSD } from './costs.ts';
import { createDispatch } from './dispatch.ts';
import type { NodeFailure } from './keep-candidate.ts';
import { pickInRun } from './live-pick.ts';
import { rerollInRun } from './live-reroll.ts';
import { type NodeOutcome, runNode } from './node-run.ts';
import { announce, closeWritten, prepareFile } from './opening.ts';
import { timeoutOf } from './options.ts';
import type { PlannedNode } from './plan.ts';
import type { PromptLocks } from './prompt-locks.ts';
import { addressesOf, createPictureLoader } from './references.ts';
import { type AdmittedRun, createRunState } from './run-state.ts';
import type { StartControl } from './runner-api.ts';
import type { RunnerDeps } from './runner-deps.ts';
import { decide } from './schedule.ts';
import { createSourceFile } from './source-file.ts';
import {
  failNode,
  finishNode,
  holdNode,
  releaseHeld,
  skipNode,
  skipTheRest,
  tellStayed,
} from './standings.ts';
import { createWriteBack } from './write-back.ts';

export interface RunControl {
  pause(): void;
  resume(): void;
  cancel(): void;
  setConcurrency(nodes: number): void;
  pick(gate: number, row: number, candidate: number): Promise<void>;
  reroll(targets: readonly RerollTarget[]): Promise<void>;
  /** Never rejects. */
  finished: Promise<{ event: RunEventOf<'run.finished'>; failure: Failure | null }>;
}

/** How long a run that ends waits for the answers to requests that are out. */
const ANSWER_MS = 3000;

const noPrompt: NodeFailure = {
  class: 'api_error',
  message: 'The node has no prompt.',
  attempts: 0,
  row: 1,
};

/** Carries out steps 4 to 12 of behaviour.md §5. Lock and database row are the caller's. */
export function carryOut(
  admitted: AdmittedRun,
  deps: RunnerDeps,
  prompts: PromptLocks,
  { waitAtGates = false }: Pick<StartControl, 'waitAtGates'> = {},
): RunControl {
  const run = createRunState(admitted, deps);
  const { opened, planned, options, backend, money, standing } = run;
  const { db, disk, clock } = deps;
  const ending = new AbortController();
  const { signal } = ending;
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
  const filesPerTask = { image: 1, video: 1 };
  let { backendStart } = admitted;
  let { concurrency } = options;
  let failure: Failure | null = null;
  let cancelled = false;
  /** Nothing is left to do until a person picks. */
  let waits = false;
  /** Nothing more will be started: the run is being brought to its end. */
  let over = false;
  let wake: () => void = () => undefined;

  const answers = new AbortController();
  signal.addEventListener('abort', () => {
    AbortSignal.timeout(ANSWER_MS).addEventListener('abort', () => answers.abort(signal.reason));
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
    onHealth: (health) => {
      backendStart = startOf(health, clock);
    },
    onDown: (message) => run.emit({ type: 'backend.down', server: backend.server, message }),
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
    disk,
    clock,
    signal,
    // The journal has it all, and the last write of the run tries again and then tells.
    onProblem: (error) =>
      run.notice(`The workflow file could not be written yet: ${toFailure(error).message}`),
    onChangedOutside: (now) => {
      const repicked = writeBack.reread(now);
      releaseHeld(run);
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
    folders: [dirname(opened.path), planned.projectFolder],
  });

  const finished = (async () => {
    try {
      await closeWritten(run, deps);
      announce(run);
      if (planned.plan.totals.generations > 0)
        await prepareFile(run, writeBack, { load, dispatch, signal }, deps);
      await generateAll();
      over = true;
    } catch (error) {
      over = true;
      if (!cancelled) failure ??= toFailure(error);
      ending.abort(error);
    }
    return concludeRun(run, { source, inFlight, cancelled, failure }, deps);
  })();

  async function generateAll(): Promise<void> {
    const running = new Set<Promise<void>>();
    for (;;) {
      if (signal.aborted) {
        await Promise.all(running);
        while (making.size > 0) await Promise.all(making);
        throw signal.reason;
      }
      const { start, skip } = decide(run.nodes, standing, concurrency - running.size);
      for (const { node, because } of skip) skipNode(run, node, because);
      const held = start.filter((node) => hold(node));
      for (const node of start) {
        if (held.includes(node)) continue;
        standing.set(node.nodeId, 'running');
        const work = runOne(node)
          .catch((error: unknown) => {
            if (!signal.aborted)
              abort(
                error instanceof FlowdeckError
                  ? error
                  : fail('internal', toFailure(error).message, { cause: error }),
              );
          })
          .finally(() => {
            running.delete(work);
            wake();
          });
        running.add(work);
      }
      // What was skipped or held may leave room, or more to skip.
      if (skip.length + held.length > 0) continue;
      if (running.size === 0 && !(await mayGoOn())) return skipTheRest(run);
      if (running.size === 0) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (signal.aborted) resolve();
      });
    }
  }
  signal.addEventListener('abort', () => wake());

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

  function hold(node: PlannedNode): boolean {
    const gateId = holdNode(run, node);
    if (gateId === null) return false;
    const feeder = run.nodes.find((entry) => entry.nodeId === planned.gates.get(gateId)?.feeder.nodeId);
    if (feeder) writeBack.showGates(feeder);
    return true;
  }

  async function runOne(node: PlannedNode): Promise<void> {
    run.tell(node, 'ready');
    if (node.rows === 0) return failNode(run, node, noPrompt, clock);
    // A pick that was made in the file since counts for what starts now.
    if (node.node.inputs.some(({ source: from }) => from.kind === 'output' && from.gateId !== null))
      await lookAtFile();
    if (node.node.inputs.length + node.references.length > 0) run.tell(node, 'uploading-refs');
    const frames = run.framesOf(node);
    const outcome = await runNode(node, {
      ...run,
      ...deps,
      workflow: opened.path,
      dispatch,
      signal,
      answerSignal: answers.signal,
      pollMs: options.pollMs,
      timeoutMs: timeoutOf(node.node, options),
      retries: options.retries,
      reuse: node.reuse,
      gone: planned.facts.gone,
      load,
      places: run.places.of(node.nodeId),
      picturesOfRow: (row) => addressesOf(run.picturesOf(node, row)),
      backendStart: () => backendStart,
      inFlight,
      track,
      filesPerTask,
      on: {
        step: (state, { row, candidate }, attempt, why) =>
          run.tell(node, state, { row, candidate, attempt, ...(why === undefined ? {} : { reason: why }) }),
        task: (taskId, how, { row, candidate }, attempt) =>
          run.emit({
            type: how === 'submitted' ? 'task.submitted' : 'task.reattached',
            nodeId: node.nodeId,
            taskId,
            row,
            candidate,
            attempt,
          }),
        stored: ({ row, candidate, index }, { url, file, sha256 }) => {
          const gallery = run.galleries.get(node.nodeId);
          if (gallery) gallery[index] = url;
          run.emit({ type: 'candidate.stored', nodeId: node.nodeId, row, candidate, url, file, sha256 });
        },
        notice: (message) => run.notice(message, node.nodeId),
        paid: () => {
          money.spent = roundUSD(money.spent + planned.facts.priceOf(node.node));
        },
      },
    });
    await settleNode(node, outcome, frames);
  }

  /** A node is through. What it has goes into the file, also when it failed: it was paid for. */
  async function settleNode(node: PlannedNode, outcome: NodeOutcome, frames: string[]): Promise<void> {
    run.galleries.set(node.nodeId, outcome.gallery);
    tellStayed(run, node, outcome.stayed);
    const anything = outcome.gallery.some((url) => url !== null);
    // Of a re-roll that made nothing, all is as it was.
    if (anything && (outcome.journalIds.length > 0 || outcome.stayed.length === 0)) {
      writeBack.output(node, outcome, frames);
      await writeBack.putInUse(node);
      writeBack.showGates(node);
    }
    if (outcome.failure) failNode(run, node, outcome.failure, clock);
    else finishNode(run, node, outcome.short);
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
      await pickInRun(run, writeBack, gateId, row, candidate);
      wake();
    },
    reroll: async (targets) => {
      if (over || signal.aborted) {
        throw fail('usage', 'This run is just coming to its end.', {
          where: opened.path,
          cure: 'Try again when it has ended.',
        });
      }
      rerollInRun(run, targets);
      wake();
    },
    finished,
  };
}
