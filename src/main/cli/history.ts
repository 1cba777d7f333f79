import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { noWorkflow } from '../history/backup.ts';
import { codeOfCopy } from '../history/foreign-names.ts';
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
        const asked = resolve(world.cwd, file);
        const wanted = lineagePath(asked);
        const { path, code, live, entries, problems } = await history.list(wanted);
        if (entries.length === 0 && live === null) throw noWorkflow(wanted === asked ? path : asked);
        for (const { kind, id, at, version, reason, path, sha256, size, pinned, note, ...more } of entries) {
          const { workflow, name, live, backup, run, restore } = more;
          output.record({
            ...{ type: 'history.entry', kind, id, at, version, reason, path, sha256, size, pinned, note },
            ...{ workflow, name, live, backup, run, restore },
          });
        }
        for (const lines of historyTable(entries)) output.text(lines);
        if (live === null && wanted === asked) output.note(`The file itself is not there: ${path}`);
        for (const problem of problems) output.note(problem);
        output.note(`${code}: ${count(entries.length, 'entry', 'entries')}.`);
        return exitCodes.done;
      }),
    );

/** Of a copy in `backups/` the history is that of its workflow, which need not be there. */
function lineagePath(asked: string): string {
  const folder = dirname(asked);
  const code = basename(folder) === 'backups' ? codeOfCopy(basename(asked)) : null;
  return code === null ? asked : join(dirname(folder), `${code}.nbflow`);
}
