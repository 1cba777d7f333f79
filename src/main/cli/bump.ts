import { versionCommand } from './version-commands.ts';

/** `flowdeck bump FILE`: the next version of the file. */
export const addBump = versionCommand(
  'bump',
  'the next version of the file: V0-1 to V0-2, V1 to V1-1; the old one goes to backups/',
);
