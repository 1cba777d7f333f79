import { resolve } from 'node:path';
import { Command } from 'commander';
import { noWorkflow } from '../history/backup.ts';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { historyTable } from './history-words.ts';
import { count } from './words.ts';

/** `flowdeck history FILE`: everything there is of a workflow's versions, newest first (behaviour.md §9). */
export const addHistory: AddCommand = (work) =>
  new Command('history')
    .description('versions, backups, runs and restores of a workflow, newest first')
    .argument('<file>', 'workflow file (.nbflow) of any version, be it there or not')
    .action((file: string, _flags: unknown, command: Command) =>
      work(command, async ({ output, world, flowdeck }) => {
        const { history } = await flowdeck();
        const { path, code, live, entries, problems } = await history.list(resolve(world.cwd, file));
        if (entries.length === 0 && live === null) throw noWorkflow(path);
        for (const { kind, id, at, version, reason, path, sha256, size, pinned, note, ...more } of entries) {
          const { workflow, name, live, backup, run, restore } = more;
          output.record({
            ...{ type: 'history.entry', kind, id, at, version, reason, path, sha256, size, pinned, note },
            ...{ workflow, name, live, backup, run, restore },
          });
        }
        for (const lines of historyTable(entries)) output.text(lines);
        if (live === null) output.note(`The file itself is not there: ${path}`);
        for (const problem of problems) output.note(problem);
        output.note(`${code}: ${count(entries.length, 'entry', 'entries')}.`);
        return exitCodes.done;
      }),
    );
