import type { Rerolled } from '../../shared/contract.ts';
import type { NodeState, RerollTarget, RunOptions } from '../../shared/domain.ts';
import { fail, toFailure } from '../../shared/failure.ts';
import type { PromptEdit } from '../../shared/prompts.ts';
import type { RunView } from '../../shared/run-view.ts';
import type { Runner } from '../runner/runner-api.ts';
import type { Editing } from './editing.ts';
import type { Queue } from './queue.ts';

/**
 * A person does not like what came. In the run that goes on, if this process drives it; else in a new run of its
 * file, with the options it had. Edited prompts make the next version of the file first.
 */
export async function rerollIn(
  { runner, editing, queue }: { runner: Runner; editing: Editing; queue: Queue },
  runId: string,
  targets: RerollTarget[],
  edits: PromptEdit[],
): Promise<Rerolled> {
  const live = runner.handle(runId);
  if (live) {
    if (edits.length > 0) {
      throw fail('locked', 'This run holds the file: its prompts cannot be edited now.', {
        where: live.workflow,
        cure: 'Edit them when the run has ended, or cancel it first.',
      });
    }
    await live.reroll(targets);
    return { runId, path: live.workflow, problems: [] };
  }
  const options = runner.optionsOf(runId);
  const view = await runner.view(runId);
  if (options === null || view === null) throw fail('not-found', 'There is no such run.', { where: runId });
  const { workflow } = view.summary;
  // What failed gets what it lacks, and what only waits for it is made too; nothing else is bought.
  if (edits.length === 0 && targets.every((target) => failedWhole(view, target))) {
    const again = { ...theRest(options, view), reroll: whatFailedLacks(view, targets, options) };
    return { runId: (await queue.add(workflow, again)).runId, path: workflow, problems: [] };
  }
  const asked: RunOptions = { ...options, mode: 'full', reroll: targets };
  if (edits.length === 0)
    return { runId: (await queue.add(workflow, asked)).runId, path: workflow, problems: [] };
  const edited = await editing.editPrompts(workflow, edits);
  const added = await queue.add(edited.path, asked).catch((error: unknown) => {
    const failure = toFailure(error);
    throw fail(
      failure.code,
      `The prompts are saved as ${edited.to}, but it could not be run: ${failure.message}`,
      {
        where: edited.path,
        ...(failure.cure === undefined ? {} : { cure: failure.cure }),
        cause: error,
      },
    );
  });
  return { runId: added.runId, path: edited.path, problems: edited.problems };
}

/** What to ask of the next run of a file, to go on where one was held: of a re-roll, only what it had not come to. */
export function theRest(options: RunOptions, view: RunView | null): RunOptions {
  const mode = options.mode === 'clean' ? 'full' : options.mode;
  const open = new Set(view?.nodes.flatMap(({ nodeId, state }) => (UNMADE.has(state) ? [nodeId] : [])));
  const reroll = options.reroll?.filter(({ nodeId }) => open.has(nodeId));
  return { ...options, mode, reroll };
}

/** A failed node with a place that holds nothing, asked for as a whole. */
function failedWhole(view: RunView, { nodeId, row, candidate }: RerollTarget): boolean {
  const node = view.nodes.find((entry) => entry.nodeId === nodeId);
  const whole = row === undefined && candidate === undefined;
  return whole && node?.state === 'failed' && node.candidates.some((entry) => entry.url === null);
}

/** The empty places of failed nodes, and the nodes that the run passed over for want of nothing else. */
function whatFailedLacks(
  view: RunView,
  targets: readonly RerollTarget[],
  { reroll }: RunOptions,
): RerollTarget[] {
  const failed = view.nodes.filter((node) => targets.some(({ nodeId }) => nodeId === node.nodeId));
  const lacking = failed.flatMap(({ nodeId, candidates }) =>
    candidates.flatMap(({ url, row, candidate }) => (url === null ? [{ nodeId, row, candidate }] : [])),
  );
  const coming = new Set(failed.map(({ nodeId }) => nodeId));
  const isThere = (id: number) =>
    coming.has(id) || view.nodes.some(({ nodeId, state }) => nodeId === id && !UNMADE.has(state));
  const waits = ({ nodeId, state, needs }: RunView['nodes'][number]) =>
    state === 'skipped' &&
    !coming.has(nodeId) &&
    needs.some((id) => coming.has(id)) &&
    needs.every(isThere) &&
    (reroll === undefined || reroll.some((target) => target.nodeId === nodeId));
  const below: RerollTarget[] = [];
  // What waits for something that waits comes in a later round.
  for (let next = view.nodes.filter(waits); next.length > 0; next = view.nodes.filter(waits)) {
    for (const { nodeId } of next) {
      coming.add(nodeId);
      below.push({ nodeId });
    }
  }
  return [...lacking, ...below];
}

const UNMADE: ReadonlySet<NodeState> = new Set(['failed', 'skipped', 'held', 'waiting']);
