import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { fail } from '../../shared/failure.ts';
import type { PromptSource } from '../../shared/prompts.ts';
import { choosePrompt } from '../workflow/prompt-choice.ts';
import type { AddCommand } from './command.ts';
import { runToItsEnd } from './run.ts';
import { absoluteRunOptions, withRunOptions } from './run-options.ts';
import type { Session } from './session.ts';
import { numberList, wholeNumber } from './values.ts';

interface Flags extends Record<string, unknown> {
  nodes: number[];
  prompt?: string;
  row?: number;
}

/**
 * `flowdeck regen FILE --nodes ID,…`: makes exactly these nodes anew and leaves the cache of all others alone. With
 * `--prompt` their prompt is edited first, in the next version of the file (behaviour.md §4, §9).
 */
export const addRegen: AddCommand = (work) =>
  withRunOptions(
    new Command('regen')
      .description(
        'makes exactly these nodes anew, whatever their cache says; every other node is left alone',
      )
      .argument('<file>', 'workflow file (.nbflow)')
      .addOption(
        new Option('--nodes <ids>', 'which nodes, such as 4,13').argParser(numberList).makeOptionMandatory(),
      )
      .option('--prompt <text>', 'a new prompt first, in the next version of the file; one node only')
      .option('--row <r>', 'which row the prompt is for, from 1', wholeNumber(1, 100_000)),
  ).action((file: string, flags: Flags, command: Command) =>
    work(command, async (session) => {
      const { cwd } = session.world;
      const { apiKey, options } = absoluteRunOptions(flags, cwd);
      assertTogether(flags);
      const { nodes, prompt, row } = flags;
      const reroll = { ...options, reroll: nodes.map((nodeId) => ({ nodeId })) };
      const path = resolve(cwd, file);
      const [nodeId] = nodes;
      if (prompt === undefined || nodeId === undefined) return runToItsEnd(session, path, reroll, apiKey);

      const next = await editPrompt(session, path, { nodeId, row, text: prompt }, apiKey);
      try {
        return await runToItsEnd(session, next, reroll, apiKey);
      } catch (error) {
        session.output.note(`The new prompt is in ${next}: go on with regen there, without --prompt.`);
        throw error;
      }
    }),
  );

/** Throws `usage` for options that contradict each other. */
function assertTogether({ nodes, prompt, row, mode }: Flags): void {
  const wrong = (message: string, cure: string) => fail('usage', message, { cure });
  if (prompt !== undefined && nodes.length > 1)
    throw wrong('--prompt is for one node.', 'Regenerate the nodes one by one, each with its prompt.');
  if (prompt?.trim() === '') throw wrong('--prompt is empty.', 'Say the new prompt, or leave --prompt out.');
  if (prompt === undefined && row !== undefined)
    throw wrong(
      '--row says which row --prompt is for.',
      'Leave it out: regen makes all rows of a node anew.',
    );
  if (mode === 'clean')
    throw wrong('regen leaves other nodes alone; --mode clean would not.', 'Use run --mode clean.');
}

/** Gives the path of the version that has the new prompt. */
async function editPrompt(
  { output, flowdeck }: Session,
  path: string,
  { nodeId, row, text }: { nodeId: number; row: number | undefined; text: string },
  apiKey: string | undefined,
): Promise<string> {
  const { editing } = await flowdeck({ apiKey });
  const source = choosePrompt(await editing.prompts(path, nodeId), nodeId, row);
  const { problems, ...bumped } = await editing.editPrompts(path, [
    { nodeId: source.nodeId, row: source.row, text },
  ]);
  output.record({ type: 'bumped', ...bumped });
  output.text(`${bumped.from} is ${bumped.to} now: ${bumped.path}\nThe old version: ${bumped.movedTo}`);
  for (const problem of problems) output.note(problem);
  if (source.alsoUsedBy.length > 0) output.text(sharedWords(source));
  return bumped.path;
}

function sharedWords({ alsoUsedBy }: PromptSource): string {
  return alsoUsedBy.length === 1
    ? `Node ${alsoUsedBy[0]} has this prompt too: it is stale now, and the next run makes it anew.`
    : `Nodes ${alsoUsedBy.join(', ')} have this prompt too: they are stale now, and the next run makes them anew.`;
}
