import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { entryIn } from './values.ts';

interface Flags {
  reason?: string;
  note?: string;
  adopt?: string;
}

/** `flowdeck backup FILE`: takes a backup now, or takes over one that somebody else made (behaviour.md §9). */
export const addBackup: AddCommand = (work) =>
  new Command('backup')
    .description('takes a backup of a workflow now, which is kept for ever')
    .argument('<file>', 'workflow file (.nbflow)')
    .option('--reason <slug>', 'a word or two for its name; manual unless given')
    .option('--note <text>', 'what to remember of it')
    .addOption(
      new Option(
        '--adopt <copy>',
        'takes this file of backups/, which somebody else put there, into the database',
      ).conflicts(['reason', 'note']),
    )
    .action((file: string, { reason, note, adopt }: Flags, command: Command) =>
      work(command, async ({ output, world, flowdeck }) => {
        const { history } = await flowdeck();
        const path = resolve(world.cwd, file);
        if (adopt !== undefined) {
          const { id } = await history.adopt(path, entryIn(world.cwd, adopt));
          output.record({ type: 'backup.adopted', id });
          output.text(`Adopted as ${id}.`);
          return exitCodes.done;
        }
        const taken = await history.backup(path, { reason, note });
        output.record({ type: 'backup.created', id: taken.id, path: taken.path, sha256: taken.sha256 });
        output.text(taken.path === null ? `Backed up as ${taken.id}.` : `Backed up: ${taken.path}`);
        if (taken.problem !== null) output.note(taken.problem);
        return exitCodes.done;
      }),
    );
