import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { tellOfBump } from './bump-words.ts';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { numberList } from './values.ts';
import { quoted } from './version-commands.ts';
import { count } from './words.ts';

/** `flowdeck wipe FILE`: clears cached output, everywhere or in the chosen places (behaviour.md §4). */
export const addWipe: AddCommand = (work) =>
  new Command('wipe')
    .description('clears cached output after a backup; picks, prompts and references stay')
    .argument('<file>', 'workflow file (.nbflow)')
    .addOption(
      new Option('--nodes <ids>', 'of these nodes only, such as 4,13')
        .argParser(numberList)
        .conflicts('scenes'),
    )
    .addOption(new Option('--scenes <numbers>', 'of these scenes only, in every tab').argParser(numberList))
    .action((file: string, flags: { nodes?: number[]; scenes?: number[] }, command: Command) =>
      work(command, async (session) => {
        const { output, world, flowdeck } = session;
        const { editing } = await flowdeck();
        const { nodes, scenes } = flags;
        const { path, images, videos, tabs, backup } = await editing.wipe(resolve(world.cwd, file), {
          nodes,
          scenes,
        });
        if (backup !== null) {
          const { id, path: copy, sha256, problem } = backup;
          output.record({ type: 'backup.created', id, path: copy, sha256 });
          if (problem !== null) output.note(problem);
        }
        output.record({ type: 'wiped', path, images, videos, nodes: images + videos, tabs });
        output.text(
          backup === null
            ? 'Nothing to wipe: there is no cached output.'
            : `Wiped ${count(images, 'image node')} and ${count(videos, 'video node')} in ${count(tabs, 'tab')} (${count(images + videos, 'node')}).\nThe file as it was: ${backup.path ?? `backup ${backup.id}`}\nTo undo: flowdeck restore ${quoted(path)} --backup ${backup.id}`,
        );
        if (backup !== null) await tellOfBump(session, path);
        return exitCodes.done;
      }),
    );
