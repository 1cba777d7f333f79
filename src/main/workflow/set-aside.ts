import { fail } from '../../shared/failure.ts';
import { fileName } from './place.ts';

/**
 * What lies in `backups/` is kept as it was: a run, a wipe or a bump would change what somebody counts on. Throws
 * `usage`. `real`: its real path. Pure.
 */
export function assertNotSetAside(real: string): void {
  if (!/[/\\]backups[/\\][^/\\]+$/.test(real)) return;
  throw fail('usage', `${fileName(real)} lies in backups/: it is kept as it was.`, {
    where: real,
    cure: 'Name the version that is there now, or restore this one first.',
  });
}
