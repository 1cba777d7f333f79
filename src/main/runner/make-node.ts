import { roundUSD } from './costs.ts';
import type { Dispatch } from './dispatch.ts';
import type { NodeFailure } from './keep-candidate.ts';
import { type NodeOutcome, runNode } from './node-run.ts';
import { timeoutOf } from './options.ts';
import type { KeptOutput } from './outputs.ts';
import type { Place } from './place.ts';
import type { PlannedNode } from './plan.ts';
import { addressesOf, type LoadedPicture } from './references.ts';
import type { RunState } from './run-state.ts';
import type { Salvage } from './runner-api.ts';
import type { RunnerDeps } from './runner-deps.ts';
import { failNode, finishNode, tellStayed } from './standings.ts';
import type { Uploader } from './uploader.ts';
import type { WriteBack } from './write-back.ts';

/** What the nodes of a run share. */
export interface Workshop {
  dispatch: Dispatch;
  writeBack: WriteBack;
  keep: Uploader['keep'];
  load: (value: string, signal: AbortSignal) => Promise<LoadedPicture>;
  /** Reads the workflow file again, if somebody changed it. */
  lookAtFile: () => Promise<void>;
  signal: AbortSignal;
  /** Aborted a little later: answers to requests that are out. */
  answerSignal: AbortSignal;
  backendStart: () => number | null;
  /** Whether the backend is the demo; `order`: something is to be ordered there, so that it must be known for sure. */
  isDemo: (order: boolean) => Promise<boolean>;
  salvage: Salvage | undefined;
  inFlight: Set<string>;
  track: <T>(work: Promise<T>) => Promise<T>;
  filesPerTask: { image: number; video: number };
}

const noPrompt: NodeFailure = {
  class: 'api_error',
  message: 'The node has no prompt.',
  attempts: 0,
  row: 1,
};

const LOST = 'its task is gone at G-Labs, and may have been paid for';

/**
 * Makes a node. Resolves when all that could be made is on this machine: its place is free then, and what needs its
 * pictures can start. `through` resolves when the store has them too (or is given up for now) and they are written.
 * Rejects only when the run as a whole ends; so does `through`.
 */
export async function makeNode(
  run: RunState,
  node: PlannedNode,
  shop: Workshop,
  deps: RunnerDeps,
): Promise<{ through: Promise<void> }> {
  const { options, money, planned } = run;
  const { signal } = shop;
  run.tell(node, 'ready');
  if (node.rows === 0) {
    failNode(run, node, noPrompt, deps.clock);
    return { through: Promise.resolve() };
  }
  // A pick that was made in the file since counts for what starts now.
  if (node.node.inputs.some(({ source }) => source.kind === 'output' && source.gateId !== null))
    await shop.lookAtFile();
  if (node.node.inputs.length + node.references.length > 0) run.tell(node, 'uploading-refs');
  const frames = run.framesOf(node);
  const kept: Promise<{ index: number; url: string }>[] = [];
  const demo = await shop.isDemo(node.generations > 0);
  const outcome = await runNode(node, {
    ...run,
    ...deps,
    ...shop,
    workflow: run.opened.path,
    pollMs: options.pollMs,
    timeoutMs: timeoutOf(node.node, options),
    retries: options.retries,
    reuse: node.reuse,
    asked: node.asked,
    demo,
    priceUSD: planned.facts.priceOf(node.node),
    gone: planned.facts.gone,
    places: run.places.of(node.nodeId),
    picturesOfRow: (row) => addressesOf(run.picturesOf(node, row)),
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
      kept: (place, output, journalId) => {
        const gallery = run.galleries.get(node.nodeId);
        if (gallery) gallery[place.index] = output.url;
        // Tracked, since a node that ends early does not look after it.
        kept.push(shop.track(whenSent(run, node, { place, output, journalId }, signal, deps)));
      },
      notice: (message) => run.notice(message, node.nodeId),
      paid: () => {
        money.spent = roundUSD(money.spent + planned.facts.priceOf(node.node));
      },
      lost: ({ row, candidate }, attempt) =>
        run.tell(node, 'waiting', { row, candidate, attempt, lost: true, reason: LOST }),
    },
  });
  run.galleries.set(node.nodeId, outcome.gallery);
  if (outcome.failure === null && run.store.kind !== 'endpoint') run.standing.set(node.nodeId, 'storing');
  const through = Promise.all(kept).then((stored) => {
    // A store that gives out its addresses itself may have been away at first.
    for (const { index, url } of stored) outcome.gallery[index] = url;
    return settle(run, node, outcome, frames, shop, deps);
  });
  return { through };
}

/** An output is stored when the store has it; when it is away, or the run ends, it is on this machine and in the books. */
async function whenSent(
  run: RunState,
  { nodeId }: PlannedNode,
  { place, output, journalId }: { place: Place; output: KeptOutput; journalId: number },
  signal: AbortSignal,
  { db, clock }: RunnerDeps,
): Promise<{ index: number; url: string }> {
  const { row, candidate, index } = place;
  const { file, sha256 } = output;
  run.showKept(nodeId, { row, candidate, url: output.url, file, sha256 });
  const sent = await untilAborted(output.sent, signal);
  const url = sent && 'url' in sent ? sent.url : output.url;
  if (url !== output.url)
    await db.commits.write(() => db.journal.step(journalId, { state: 'stored', url }, clock.now()));
  run.emit({ type: 'candidate.stored', nodeId, row, candidate, url, file, sha256 });
  return { index, url };
}

/** A node is through. What it has goes into the file, also when it failed: it was paid for. */
async function settle(
  run: RunState,
  node: PlannedNode,
  outcome: NodeOutcome,
  frames: string[],
  { writeBack }: Workshop,
  { clock }: RunnerDeps,
): Promise<void> {
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

/** Null: the run ended first. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  const ended = Promise.withResolvers<null>();
  const stop = () => ended.resolve(null);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
