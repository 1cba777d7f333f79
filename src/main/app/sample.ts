import { constants } from 'node:fs';
import { cp, stat } from 'node:fs/promises';

/** Small facts that outlive the process; the database keeps them. */
export interface Marks {
  mark(name: string): string | null;
  setMark(name: string, value: string): void;
}

const MARK = 'sample-project-copied';

/**
 * Copies the sample project into a new data folder, once in its life: a sample that was deleted stays deleted, and
 * nothing that is there is written over. Tells whether there is a sample folder now.
 */
export async function provideSample(from: string, to: string, marks: Marks): Promise<boolean> {
  if (marks.mark(MARK) === null && !(await isFolder(to)) && (await isFolder(from))) {
    await cp(from, to, {
      recursive: true,
      force: false,
      errorOnExist: false,
      mode: constants.COPYFILE_FICLONE,
    });
    marks.setMark(MARK, to);
  }
  return isFolder(to);
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
