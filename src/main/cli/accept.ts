import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { numberList } from './values.ts';
import { count } from './words.ts';

/** `flowdeck accept FILE --nodes ID,…`: takes stale output as it is (behaviour.md §4). */
export const addAccept: AddCommand = (work) =>
  new Command('accept')
    .description('takes the output of stale nodes as it is: the plan calls them cached from then on')
    .argument('<file>', 'workflow file (.nbflow)')
    .addOption(
      new Option('--nodes <ids>', 'these nodes, such as 4,13').argParser(numberList).makeOptionMandatory(),
    )
    .action((file: string, { nodes }: { nodes: number[] }, command: Command) =>
      work(command, async ({ output, world, flowdeck }) => {
        const { editing } = await flowdeck();
        const path = resolve(world.cwd, file);
        await editing.accept(path, nodes);
        output.record({ type: 'accepted', path, nodes });
        output.text(
          `Accepted ${count(nodes.length, 'node')} as ${nodes.length === 1 ? 'it is' : 'they are'}.`,
        );
        return exitCodes.done;
      }),
    );
