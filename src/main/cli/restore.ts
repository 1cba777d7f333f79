import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import { fail } from '../../shared/failure.ts';
import type { RestoreDone } from '../history/restore.ts';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { quoted } from './version-commands.ts';
import { count } from './words.ts';

interface Flags {
  backup?: string;
  wipeCache?: boolean;
  to?: string;
}

/** `flowdeck restore FILE --backup ID`: puts a backup back, or writes it elsewhere (behaviour.md §9). */
export const addRestore: AddCommand = (work) =>
  new Command('restore')
    .description('puts a backup back, after backing up what is there; or writes it elsewhere')
    .argument('<file>', 'workflow file (.nbflow), be it there or not')
    .option(
      '--backup <id>',
      'which one: its id, the beginning of that, the path or name of a copy, or a version such as V0-2',
    )
    .option('--wipe-cache', 'without its cached output: the next run makes all of it anew')
    .option('--to <path>', 'writes it there, where nothing may be yet; the workflow stays as it is')
    .action((file: string, { backup, wipeCache, to }: Flags, command: Command) =>
      work(command, async ({ output, world, flowdeck, interruption }) => {
        if (backup === undefined || backup === '') {
          throw fail('usage', 'Which backup is to be restored?', {
            where: file,
            cure: `flowdeck history ${quoted(file)} lists them; name one with --backup ID.`,
          });
        }
        const { signal } = interruption();
        const { history } = await flowdeck();
        const path = resolve(world.cwd, file);
        const done = await history.restore(path, {
          entry: /[/\\]/.test(backup) ? resolve(world.cwd, backup) : backup,
          wipeCache: wipeCache === true,
          to: to === undefined ? null : resolve(world.cwd, to),
          signal,
        });
        const { backupId, undoBackupId, undo } = done;
        if (undo !== null) {
          output.record({ type: 'backup.created', id: undo.id, path: undo.path, sha256: undo.sha256 });
          if (undo.problem !== null) output.note(undo.problem);
        }
        output.record({ type: 'restored', backupId, path: done.path, undoBackupId });
        output.text(restoredText(path, to !== undefined, done));
        return exitCodes.done;
      }),
    );

/** What was done, and the way back. `path`: the workflow it was asked for. Pure. */
function restoredText(
  path: string,
  isCopy: boolean,
  done: Pick<RestoreDone, 'label' | 'name' | 'path' | 'renamed' | 'wiped' | 'undoBackupId'>,
): string {
  const { label, name, renamed, wiped, undoBackupId } = done;
  const written = nameWithin(done.path);
  const what = /^backup /.test(label) ? `the ${label}` : label;
  return [
    isCopy ? `Wrote ${what} to ${done.path}.` : `Restored ${what} to ${done.path}.`,
    ...(isCopy && written !== name ? [`The name inside is as it was in ${name}.`] : []),
    ...(renamed ? [`The name inside is ${written} now.`] : []),
    ...(wiped === null ? [] : [wipedText(wiped)]),
    ...wayBack(path, isCopy, undoBackupId),
  ].join('\n');
}

const wipedText = ({ images, videos }: { images: number; videos: number }): string =>
  images + videos === 0
    ? 'There was no cached output in it to wipe.'
    : `Wiped ${count(images, 'image node')} and ${count(videos, 'video node')} of it.`;

function wayBack(path: string, isCopy: boolean, undoBackupId: string | null): string[] {
  if (isCopy) return [];
  if (undoBackupId === null) return ['There was no file before.'];
  return [`To undo: flowdeck restore ${quoted(path)} --backup ${undoBackupId}`];
}

const nameWithin = (path: string): string => basename(path).replace(/\.nbflow$/i, '');
