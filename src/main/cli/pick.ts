import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { wholeNumber } from './values.ts';

const MOST = Number.MAX_SAFE_INTEGER;

/** `flowdeck pick FILE`: a person's pick at a gate, also while a run waits for it (behaviour.md §2, §5). */
export const addPick: AddCommand = (work) =>
  new Command('pick')
    .description('a person’s pick at a gate, written into the file; a run that waits for it goes on')
    .argument('<file>', 'workflow file (.nbflow)')
    .addOption(
      new Option('--node <gate>', 'id of the gate').argParser(wholeNumber(0, MOST)).makeOptionMandatory(),
    )
    .addOption(
      new Option('--candidate <n>', 'which one, from 1')
        .argParser(wholeNumber(1, MOST))
        .makeOptionMandatory(),
    )
    .option('--row <r>', 'of which row, from 1; needed where there are several', wholeNumber(1, MOST))
    .action((file: string, flags: { node: number; candidate: number; row?: number }, command: Command) =>
      work(command, async ({ output, world, flowdeck }) => {
        const { editing } = await flowdeck();
        const wish = { gate: flags.node, candidate: flags.candidate, row: flags.row };
        const { replaced, ...picked } = await editing.pick(resolve(world.cwd, file), wish);
        output.record({ type: 'picked', ...picked });
        output.text(`Picked candidate ${picked.candidate} of row ${picked.row} at gate ${picked.gate}.`);
        if (replaced !== null) {
          output.text(
            `It takes the place of the pick in row ${replaced.row} (candidate ${replaced.candidate}): the file keeps one pick for a gate.`,
          );
        }
        return exitCodes.done;
      }),
    );
