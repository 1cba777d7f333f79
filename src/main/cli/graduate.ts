import { versionCommand } from './version-commands.ts';

/** `flowdeck graduate FILE`: a version under test becomes the approved one. */
export const addGraduate = versionCommand(
  'graduate',
  'approves a version under test: V0-5 becomes V1, V2-0-4 becomes V2, in approved/; the old one goes to backups/',
);
