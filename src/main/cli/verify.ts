import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import type { Verified } from '../app/history/history-api.ts';
import { noWorkflow } from '../history/backup.ts';
import type { AddCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { count } from './words.ts';

/**
 * `flowdeck verify [FILE]`: re-hashes every stored backup, of all workflows or of all versions of one, and makes whole what
 * has a sound twin (behaviour.md §9). Ends with 9 when it found damage, made whole or not.
 */
export const addVerify: AddCommand = (work) =>
  new Command('verify')
    .description('reads every stored backup again, says which are damaged, and makes whole what can be')
    .argument('[file]', 'workflow file (.nbflow), be it there or not: the backups of all its versions only')
    .action((file: string | undefined, _flags, command: Command) =>
      work(command, async ({ output, world, flowdeck, interruption }) => {
        const { signal } = interruption();
        const { history } = await flowdeck();
        const path = file === undefined ? null : resolve(world.cwd, file);
        const sums = await history.verify(
          path,
          ({ id, ok, problem, repaired }) => {
            output.record({ type: 'verify.entry', id, ok, problem, repaired });
            if (problem !== null)
              output.text(`${output.paint(repaired ? 'yellow' : 'red', id.slice(0, 8))}  ${problem}`);
          },
          signal,
        );
        const { checked, damaged, repaired } = sums;
        // A misspelt path is not to pass for a workflow that is well.
        if (path !== null && checked === 0 && (await history.list(path)).live === null)
          throw noWorkflow(path);
        output.record({ type: 'verify.finished', checked, damaged, repaired });
        output.text(
          path !== null && checked === 0 ? `There are no backups of ${basename(path)}.` : verifiedText(sums),
        );
        return damaged > 0 ? exitCodes.damaged : exitCodes.done;
      }),
    );

/** `41 backups, 212 MB: all sound`. Pure. */
export function verifiedText({
  checked,
  damaged,
  repaired,
  bytes,
  unchecked,
  inDatabaseOnly,
}: Verified): string {
  if (checked === 0) return 'There are no backups yet.';
  const lost = damaged - repaired;
  const found = [
    repaired > 0 ? `${repaired} damaged and made whole` : null,
    lost > 0 ? `${lost} damaged` : null,
    unchecked > 0 ? `${unchecked} with a copy that could not be read` : null,
  ].filter((part) => part !== null);
  const standing = found.length === 0 ? 'all sound' : `${found.join(', ')}, the others sound`;
  const alone =
    inDatabaseOnly === 0
      ? ''
      : ` ${inDatabaseOnly === 1 ? '1 has' : `${inDatabaseOnly} have`} no copy on disk and can be restored all the same.`;
  return `${count(checked, 'backup')}, ${megabytes(bytes)}: ${standing}.${alone}`;
}

const megabytes = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
