import { resolve } from 'node:path';
import { Command } from 'commander';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { entryIn } from './values.ts';

interface Flags {
  off?: boolean;
  note?: string;
}

/** `flowdeck pin ID`: an entry of a history that is kept for ever; with a note, if wanted (behaviour.md §9). */
export const addPin: AddCommand = (work) =>
  new Command('pin')
    .description('pins an entry of a history, so that it is kept for ever')
    .argument('<id>', 'its id, the beginning of that, or the path of a file; history lists them')
    .option('--off', 'unpins it')
    .option('--note <text>', 'what to remember of it; an empty text removes what was there')
    .action((entry: string, { off, note }: Flags, command: Command) =>
      work(command, async ({ output, world, flowdeck }) => {
        const { history, db } = await flowdeck();
        const pinned = off !== true;
        const named = /\.nbflow/i.test(entry) ? resolve(world.cwd, entry) : entryIn(world.cwd, entry);
        const { id } = await history.annotate(named, { pinned, note });
        output.record({ type: 'pinned', id, ...db.annotations.of(id) });
        output.text(pinned ? `Pinned ${id}.` : `Not pinned any more: ${id}.`);
        return exitCodes.done;
      }),
    );
