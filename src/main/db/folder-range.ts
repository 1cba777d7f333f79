import { sep } from 'node:path';

/** Bounds between which SQLite finds all paths below a folder, by an index on the path. */
export const below = (folder: string): { low: string; high: string } => {
  const low = folder.endsWith(sep) ? folder : `${folder}${sep}`;
  return { low, high: `${low}\u{10FFFF}` };
};
